"""Holds the place of the migration that adds files, which is made elsewhere; to be dropped when that one comes."""

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
