"""Contents of files that have no row of a file, so that none is left behind."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "loose_contents",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_loose_contents"),
    )
    op.create_index("ix_loose_contents_since", "loose_contents", ["since"], unique=False)


def downgrade() -> None:
    op.drop_table("loose_contents")
