"""The tables' version, and bringing them up to date.

Alembic does the work. It is imported only where there is some: a store that is up to date costs one question.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, NullPool, create_engine, inspect, text

from docassemble_lite.settings import Settings
from docassemble_lite.store.connections import KEEPALIVES_OF_SERVER, connect_args, set_all

# any number, as long as every migration of every version uses the same
_MIGRATION_LOCK = 0x0DA_117E


def migrate(settings: Settings) -> None:
    """Bring the tables to the newest version; when two do it at once, one waits for the other."""
    if is_current(settings):
        return
    import alembic.command

    with _connected(settings) as connection, _only_migration(settings, connection):
        alembic.command.upgrade(_alembic_config(connection), "head")
        connection.commit()


def is_current(settings: Settings) -> bool:
    """Whether the tables have the version that this program needs."""
    found = version(settings)
    # tables of a later version are made so that this one works on them
    return found is not None and found >= newest_version()


def version(settings: Settings) -> str | None:
    """The version of the tables, None if there are none."""
    with _connected(settings) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.scalar(text("SELECT version_num FROM alembic_version"))


def newest_version() -> str:
    """The version that this program needs: the number with which the name of the newest migration begins."""
    return max(path.name[:4] for path in (_migrations_folder() / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))


@contextmanager
def _connected(settings: Settings) -> Iterator[Connection]:
    settings.data.mkdir(parents=True, exist_ok=True)
    engine = create_engine(settings.database_url, poolclass=NullPool, connect_args=connect_args(settings))
    with engine.connect() as connection:
        yield connection


@contextmanager
def _only_migration(settings: Settings, connection: Connection) -> Iterator[None]:
    if connection.dialect.name == "postgresql":
        connection.execute(text(set_all(KEEPALIVES_OF_SERVER)))
        # it ends with the transaction, in which the migration runs too
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _MIGRATION_LOCK})
        yield
        return
    with (settings.data / "migration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield


def _alembic_config(connection: Connection) -> Any:
    import alembic.config

    config = alembic.config.Config()
    config.set_main_option("script_location", str(_migrations_folder()))
    config.attributes["connection"] = connection
    return config


def _migrations_folder() -> Path:
    """`migrations`: inside the package where it is installed, beside it where it is developed."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "migrations"
    return installed if installed.is_dir() else package.parent / "migrations"
