"""Scheduled tasks: for which slots of time they were run, and finding the sessions that they are for."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ALLOWING_CRON = sa.text("multi_user AND allow_cron")


def upgrade() -> None:
    op.create_index("ix_sessions_modified", "sessions", ["modified"], unique=False)
    op.create_index(
        "ix_sessions_allowing_cron",
        "sessions",
        ["interview", "id"],
        unique=False,
        sqlite_where=_ALLOWING_CRON,
        postgresql_where=_ALLOWING_CRON,
    )
    op.create_table(
        "cron_runs",
        sa.Column("event", sa.String(length=128), nullable=False),
        sa.Column("slot", sa.String(length=40), nullable=False),
        sa.Column("ended", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("event", name="pk_cron_runs"),
    )
    op.create_table(
        "cron_claims",
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("event", sa.String(length=128), nullable=False),
        sa.Column("slot", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_cron_claims_session_id_sessions", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_id", "event", name="pk_cron_claims"),
    )


def downgrade() -> None:
    for table in ("cron_claims", "cron_runs"):
        op.drop_table(table)
    for index in ("ix_sessions_allowing_cron", "ix_sessions_modified"):
        op.drop_index(index, table_name="sessions")
