"""Keys of files, and who may see a file besides its session."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # SQLite makes the table anew for it
    with op.batch_alter_table("files") as files:
        files.alter_column("session_id", existing_type=sa.String(length=32), nullable=True)
        files.add_column(sa.Column("wrapped_key", sa.LargeBinary(), nullable=True))
        files.add_column(sa.Column("sealed_key", sa.LargeBinary(), nullable=True))
        files.add_column(sa.Column("origin", sa.BigInteger(), nullable=True))
        files.add_column(sa.Column("private", sa.Boolean(), server_default=sa.true(), nullable=False))
        files.add_column(sa.Column("persistent", sa.Boolean(), server_default=sa.false(), nullable=False))
        files.create_index("ix_files_origin", ["origin"], unique=False)
    op.create_table(
        "file_users",
        sa.Column("file_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="fk_file_users_file_id_files", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_file_users_user_id_users", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("file_id", "user_id", name="pk_file_users"),
    )
    op.create_index("ix_file_users_user_id", "file_users", ["user_id"], unique=False)
    op.create_table(
        "file_privileges",
        sa.Column("file_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="fk_file_privileges_file_id_files", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("file_id", "name", name="pk_file_privileges"),
    )


def downgrade() -> None:
    for table in ("file_privileges", "file_users"):
        op.drop_table(table)
    op.execute("DELETE FROM files WHERE session_id IS NULL")
    with op.batch_alter_table("files") as files:
        files.drop_index("ix_files_origin")
        for column in ("persistent", "private", "origin", "sealed_key", "wrapped_key"):
            files.drop_column(column)
        files.alter_column("session_id", existing_type=sa.String(length=32), nullable=False)
