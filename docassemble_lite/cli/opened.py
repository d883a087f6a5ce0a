"""The store, for commands that do one thing in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from docassemble_lite.cli.migrating import StoreOutOfReach, bring_up_to_date
from docassemble_lite.settings import Settings

if TYPE_CHECKING:
    from docassemble_lite.store.database import Store


@contextmanager
def opened_store(settings: Settings) -> Iterator[Store]:
    """`with opened_store(settings) as store:`, with its tables up to date. Raises `StoreOutOfReach`."""
    bring_up_to_date(settings)
    from sqlalchemy.exc import OperationalError

    from docassemble_lite.store.database import open_store

    store = open_store(settings)
    try:
        yield store
    except OperationalError as error:
        raise StoreOutOfReach(f"The database failed: {' '.join(str(error.orig).split())}") from error
    finally:
        store.close()
