"""`keys`: the server's own keys, what needs them, and another one in the place of the current one while the server runs."""

from __future__ import annotations

import secrets
from collections import Counter
from typing import TYPE_CHECKING

from docassemble_lite.cli.arguments import Arguments
from docassemble_lite.cli.opened import opened_store
from docassemble_lite.cli.table import print_table
from docassemble_lite.errors import LiteError
from docassemble_lite.settings import Settings

if TYPE_CHECKING:
    from docassemble_lite.store.database import Store

_HEADS = ("key", "is", "sessions", "steps", "files", "tasks")
_IN_THE_VARIABLE = (
    "The keys stand in DAL_SERVER_KEY, or the file that DAL_SERVER_KEY_FILE names. Write a new one before the current one there, "
    "with a comma between them, start all processes again, and then: python -m docassemble_lite keys reseal"
)


class NotDone(LiteError):
    """Nothing was changed."""


def manage_keys(settings: Settings, arguments: Arguments) -> int:
    """Carry out what `arguments.deed` says."""
    with opened_store(settings) as store:
        match arguments.deed:
            case "rotate":
                return _rotate(settings, store)
            case "reseal":
                return _reseal(store)
            case "forget":
                return _forget(settings, store, arguments.key)
            case "affected":
                return _list_affected(store)
            case _:
                return _list(store)


def _list(store: Store) -> int:
    there, counts = store.vault.key_ids(), store.resealing.counts()
    missing = [key_id for key_id in counts if key_id not in there]
    states = {key_id: "current" if place == 0 else "earlier" for place, key_id in enumerate(there)}
    rows = [
        (key_id.hex(), states.get(key_id, "missing"), *(str(counts.get(key_id, Counter())[what]) for what in _HEADS[2:]))
        for key_id in [*there, *missing]
    ]
    print_table(_HEADS, rows)
    if missing:
        print("What needs a missing key can't be opened. Nothing of it is deleted: restore the key from a backup.")
    return 0


def _list_affected(store: Store) -> int:
    missing = set(store.resealing.counts()) - set(store.vault.key_ids())
    rows = list(store.resealing.sessions_needing(missing))
    if not rows:
        print("No session needs a key that is missing.")
        return 0
    print_table(("session", "interview"), rows)
    return 0


def _rotate(settings: Settings, store: Store) -> int:
    from docassemble_lite.store.server_keys import are_given, key_file, server_keys, write_keys

    if are_given():
        raise NotDone(_IN_THE_VARIABLE)
    write_keys(key_file(settings.data), [secrets.token_bytes(32), *server_keys(settings.data).read()])
    print(
        f"The current key is {store.vault.key_ids()[0].hex()} now. Processes that run take it the next time they seal something."
    )
    return _reseal(store)


def _reseal(store: Store) -> int:
    done, unreadable = store.resealing.run()
    print(f"{done} rows were sealed anew.")
    if unreadable:
        print(f"{unreadable} rows can't be read, and were left as they are: python -m docassemble_lite keys")
    idle = [key_id for key_id in store.vault.key_ids()[1:] if key_id not in store.resealing.counts()]
    for key_id in idle:
        print(
            f"Nothing in the store needs {key_id.hex()} any more. After a while, as browsers not seen since will be "
            f"signed out: python -m docassemble_lite keys forget {key_id.hex()}"
        )
    return 1 if unreadable else 0


def _forget(settings: Settings, store: Store, named: str) -> int:
    from docassemble_lite.store.server_keys import are_given, key_file, server_keys, write_keys

    there = store.vault.key_ids()
    wanted = next((key_id for key_id in there if key_id.hex() == named), None)
    if wanted is None:
        raise NotDone(f"There is no key {named!a} here. There are: {', '.join(key_id.hex() for key_id in there)}.")
    if wanted == there[0]:
        raise NotDone("This is the current key. Put another one in its place first: python -m docassemble_lite keys rotate")
    needing = store.resealing.counts().get(wanted)
    if needing:
        listed = ", ".join(f"{number} {what}" for what, number in sorted(needing.items()))
        raise NotDone(f"{named} is still needed by {listed}. First: python -m docassemble_lite keys reseal")
    if are_given():
        raise NotDone(f"Nothing needs {named} any more: take it out of DAL_SERVER_KEY, or of the file.")
    kept = [key for key_id, key in zip(there, server_keys(settings.data).read(), strict=True) if key_id != wanted]
    write_keys(key_file(settings.data), kept)
    print(f"{named} is forgotten.")
    return 0
