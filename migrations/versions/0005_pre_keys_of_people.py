"""Keys of people: what opens their sessions, and how they get it back; their profile, and links that work once."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TEXTS = ("country", "subdivision_first", "subdivision_second", "subdivision_third", "organization")


def upgrade() -> None:
    op.add_column("sessions", sa.Column("tags", sa.Text(), server_default="", nullable=False))
    op.create_index("ix_sessions_owner_id_modified", "sessions", ["owner_id", "modified"], unique=False)
    op.add_column("session_keys", sa.Column("until", sa.DateTime(), nullable=True))
    op.create_index("ix_session_keys_until", "session_keys", ["until"], unique=False)
    for name in _TEXTS:
        op.add_column("users", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.add_column("users", sa.Column("secret_by_password", sa.LargeBinary(), nullable=True))
    op.add_column("users", sa.Column("secret_by_recovery", sa.LargeBinary(), nullable=True))
    op.add_column("logins", sa.Column("secret", sa.LargeBinary(), nullable=True))
    op.create_table(
        "privilege_names",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_privilege_names"),
    )
    op.create_table(
        "tickets",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("email", sa.String(length=254), server_default="", nullable=False),
        sa.Column("privileges", sa.Text(), server_default="", nullable=False),
        sa.Column("expires", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_tickets_user_id_users", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest", name="pk_tickets"),
    )
    op.create_index("ix_tickets_user_id", "tickets", ["user_id"], unique=False)
    op.create_index("ix_tickets_expires", "tickets", ["expires"], unique=False)
    _add_cron_user()


def _add_cron_user() -> None:
    """On whose behalf scheduled tasks run. The address is none, and so nobody can sign in with it."""
    users = sa.table("users", *(sa.column(name) for name in ("id", "email", "email_key", "password_hash", "active", "created")))
    privileges = sa.table("privileges", sa.column("user_id"), sa.column("name"))
    connection = op.get_bind()
    row = {"email": "cron", "email_key": "cron", "password_hash": "", "active": False, "created": sa.func.current_timestamp()}
    connection.execute(sa.insert(users).values(**row))
    cron_id = connection.scalar(sa.select(users.c.id).where(users.c.email_key == "cron"))
    connection.execute(sa.insert(privileges).values(user_id=cron_id, name="cron"))


def downgrade() -> None:
    op.drop_table("tickets")
    op.drop_table("privilege_names")
    op.execute("DELETE FROM users WHERE email_key = 'cron'")
    op.drop_index("ix_session_keys_until", table_name="session_keys")
    op.drop_index("ix_sessions_owner_id_modified", table_name="sessions")
    columns = [("users", name) for name in (*_TEXTS, "secret_by_password", "secret_by_recovery")]
    for table, name in (*columns, ("sessions", "tags"), ("session_keys", "until"), ("logins", "secret")):
        op.drop_column(table, name)
