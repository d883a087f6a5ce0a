"""`migrate`, and what every process does before it opens the store."""

from __future__ import annotations

from docassemble_lite.errors import LiteError
from docassemble_lite.settings import S3, Settings


class StoreOutOfReach(LiteError):
    """The database can't be opened."""


def migrate_store(settings: Settings) -> int:
    """Bring the tables up to date and say from which version to which."""
    before = bring_up_to_date(settings)
    after = _version(settings)
    if before == after:
        print(f"The store is at version {after} already.")
    else:
        print(f"The store was brought from {f'version {before}' if before else 'nothing'} to version {after}.")
    return 0


def bring_up_to_date(settings: Settings) -> str | None:
    """Make or change the tables if that is needed; the version that they had before (None: there were none)."""
    from docassemble_lite.store.schema import migrate

    _make_data_folder(settings)
    before = _version(settings)
    migrate(settings)
    return before


def require_files(settings: Settings) -> None:
    """See that the storage for files can be used, if there is one. Raises `SettingsError` that says what is wrong."""
    if settings.files.startswith(S3):
        from docassemble_lite.store.s3_contents import check_storage

        check_storage(settings)


def require_files_aside(settings: Settings) -> None:
    """The same, in a process of its own: this one is going to be forked, which the client of the storage doesn't survive."""
    if settings.files.startswith(S3):
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            pool.submit(require_files, settings).result()


def _make_data_folder(settings: Settings) -> None:
    """Make the data folder, which nobody but its owner may look into."""
    try:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise LiteError(
            f"The data folder {settings.data} can't be made: {error.strerror}. Set another one with --data."
        ) from error


def _version(settings: Settings) -> str | None:
    """The version of the tables. Raises StoreOutOfReach if the database can't be read."""
    from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError

    from docassemble_lite.store.schema import version

    try:
        return version(settings)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise StoreOutOfReach(f"The directive “database” doesn't name a database that can be used here: {error}.") from error
    except DatabaseError as error:
        reason = " ".join(str(error.orig).split())
        raise StoreOutOfReach(f"The database can't be opened: {reason}") from error
