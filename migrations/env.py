"""Alembic's way in. The connection comes from `docassemble_lite.store.schema`, or from the settings of the server."""

from alembic import context
from sqlalchemy import Connection, NullPool, create_engine

from docassemble_lite.settings import load_settings
from docassemble_lite.store.tables import db


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        transactional_ddl=True,
        render_as_batch=connection.dialect.name == "sqlite",
        # SQLite doesn't give defaults back as they were written
        compare_server_default=connection.dialect.name == "postgresql",
    )
    context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with create_engine(load_settings().database_url, poolclass=NullPool).begin() as own:
        run(own)
