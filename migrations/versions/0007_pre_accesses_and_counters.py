"""Who was in a session when, and counters that going back in an interview doesn't touch."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "session_people",
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_access", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_session_people_session_id_sessions", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_id", "user_id", name="pk_session_people"),
    )
    op.create_index("ix_session_people_user_id", "session_people", ["user_id"], unique=False)
    op.create_table(
        "counters",
        sa.Column("what_digest", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name="fk_counters_session_id_sessions", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("what_digest", name="pk_counters"),
    )
    op.create_index("ix_counters_session_id", "counters", ["session_id"], unique=False)


def downgrade() -> None:
    for table in ("counters", "session_people"):
        op.drop_table(table)
