"""Indices by which nothing that is done again and again reads a whole table."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# SQLite uses it only for statements that say it in the same words
_ALLOWING_CRON = sa.text("multi_user = 1 AND allow_cron = 1")
_OLD_ALLOWING_CRON = sa.text("multi_user AND allow_cron")
_KEPT_KEYS = sa.text("sealed_key IS NOT NULL")


def upgrade() -> None:
    _index_allowing_cron(_ALLOWING_CRON)
    op.create_index("ix_sessions_interview_modified", "sessions", ["interview", "modified"], unique=False)
    op.create_index("ix_tasks_state_created", "tasks", ["state", "created"], unique=False)
    op.create_index(
        "ix_tasks_kept_keys", "tasks", ["state", "ended"], unique=False, sqlite_where=_KEPT_KEYS, postgresql_where=_KEPT_KEYS
    )


def downgrade() -> None:
    for table, index in (
        ("tasks", "ix_tasks_kept_keys"),
        ("tasks", "ix_tasks_state_created"),
        ("sessions", "ix_sessions_interview_modified"),
    ):
        op.drop_index(index, table_name=table)
    _index_allowing_cron(_OLD_ALLOWING_CRON)


def _index_allowing_cron(condition: sa.TextClause) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.drop_index("ix_sessions_allowing_cron", table_name="sessions")
        op.create_index("ix_sessions_allowing_cron", "sessions", ["interview", "id"], unique=False, sqlite_where=condition)
