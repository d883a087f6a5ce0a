"""Tasks know whom to tell of their end, and what to do when they fail."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tasks", sa.Column("starter", sa.String(length=64), server_default="", nullable=False))
    op.add_column("tasks", sa.Column("told", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("tasks", sa.Column("handed_out", sa.DateTime(), nullable=True))
    op.add_column("tasks", sa.Column("error_action", sa.LargeBinary(), nullable=True))
    op.create_index("ix_tasks_created", "tasks", ["created"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_tasks_created", "tasks")
    for column in ("error_action", "handed_out", "told", "starter"):
        op.drop_column("tasks", column)
