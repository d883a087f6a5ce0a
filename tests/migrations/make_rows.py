"""Writes `rows/VERSION.json`: rows as this version stores them, which every later version must open.

Run it once for each release, before it: `python tests/migrations/make_rows.py`. Files of earlier versions stay as they are.
"""

from __future__ import annotations

import datetime
import json
import os
import sys
import tempfile
import types
from pathlib import Path
from typing import Any

from sqlalchemy import select

import docassemble_lite
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store, open_store
from docassemble_lite.store.schema import migrate
from docassemble_lite.store.tables import db
from docassemble_lite.store.tasks import NewTask

SERVER_KEY = "5e" * 32
SECRET = b"the secret of the corpus"


def vanishing_pet() -> Any:
    """An object of a class that no later process has."""
    module = types.ModuleType("vanished_since")
    sys.modules[module.__name__] = module
    exec("class Pet:\n    name = None", module.__dict__)
    pet = module.Pet()
    pet.name = "Rex"
    return pet


def fill(store: Store) -> None:
    """A private session and a plain one, each with two steps, and two tasks."""
    answers = {
        "name": "Änne",
        "born": datetime.date(1984, 2, 29),
        "numbers": [1, 2.5, {"a": (None, True)}],
        "long": "lorem ipsum " * 500,
        "pet": vanishing_pet(),
    }
    for multi_user in (False, True):
        first = store.sessions.create("package:interview.yml", SECRET, {"name": "Änne"}, multi_user=multi_user)
        wanted = (
            [] if multi_user else [NewTask("waiting-task", "compute", b'{"number": 5}'), NewTask("done-task", "compute", b"{}")]
        )
        store.sessions.save(first, answers, {"asked": ["name"]}, new_step=True, tasks=wanted)
    claimed = store.tasks.claim("done-task", 30)
    assert claimed
    store.tasks.finish(claimed.finished("done", b"42"))


def all_rows(store: Store) -> dict[str, list[dict[str, Any]]]:
    """The rows of every table, by its name."""
    with store.engine.connect() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()] for table in db.metadata.sorted_tables
        }


def to_json(value: Any) -> Any:
    """Bytes and moments, as `test_migrations` reads them."""
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, datetime.datetime):
        return {"moment": value.isoformat()}
    raise TypeError(type(value))


def main() -> None:
    os.environ["DAL_SERVER_KEY"] = SERVER_KEY
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder))
        migrate(settings)
        store = open_store(settings)
        fill(store)
        tables = all_rows(store)
        store.close()
    target = Path(__file__).parent / "rows" / f"{docassemble_lite.__version__}.json"
    kept = {"server_key": SERVER_KEY, "secret": SECRET, "tables": tables}
    target.write_text(json.dumps(kept, default=to_json, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(target)


if __name__ == "__main__":
    main()
