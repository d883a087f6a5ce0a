"""E-mail addresses of sessions, and the e-mails that came to them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mailboxes",
        sa.Column("local_part", sa.String(length=16), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("label_digest", sa.String(length=64), nullable=True),
        sa.Column("label", sa.LargeBinary(), nullable=False),
        sa.Column("owner", sa.LargeBinary(), nullable=False),
        sa.Column("slot", sa.LargeBinary(), nullable=False),
        sa.Column("opener", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("closed", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name="fk_mailboxes_session_id_sessions", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("local_part", name="pk_mailboxes"),
        sa.UniqueConstraint("session_id", "label_digest", name="uq_mailboxes_session_id_label_digest"),
    )
    op.create_index("ix_mailboxes_session_id", "mailboxes", ["session_id"], unique=False)
    op.create_table(
        "emails",
        sa.Column("file_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("local_part", sa.String(length=16), nullable=False),
        sa.Column("message_digest", sa.String(length=64), nullable=False),
        sa.Column("received", sa.DateTime(), nullable=False),
        sa.Column("task_id", sa.String(length=64), nullable=True),
        sa.Column("reading", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="fk_emails_file_id_files", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["local_part"], ["mailboxes.local_part"], name="fk_emails_local_part_mailboxes", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("file_id", name="pk_emails"),
        sa.UniqueConstraint("local_part", "message_digest", name="uq_emails_local_part_message_digest"),
    )


def downgrade() -> None:
    for table in ("emails", "mailboxes"):
        op.drop_table(table)
