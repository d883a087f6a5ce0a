"""Who may see a file besides its session, and for how long it stays."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from docassemble_lite.clock import naive_utc
from docassemble_lite.errors import NoSuchFile
from docassemble_lite.host import FileAccess, Person
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store
from docassemble_lite.store.files import StoredFile
from docassemble_lite.store.leaving import delete_person
from docassemble_lite.store.loaded import Loaded
from docassemble_lite.store.server_keys import key_file, server_keys, write_keys
from docassemble_lite.store.tables import file_users, files

CONTENT = b"the secret of a letter"
PUBLIC = FileAccess(private=False)
NOBODY = Person()


@pytest.fixture
def session(store: Store, alice: bytes) -> Loaded:
    return store.sessions.create("a.yml", alice, {})


@pytest.fixture
def added(store: Store, session: Loaded) -> StoredFile:
    return _added(store, session)


def _added(store: Store, session: Loaded, like: int | None = None) -> StoredFile:
    return store.files.add(session.session_id, session.data_key, CONTENT, name="letter.txt", mimetype="text/plain", like=like)


def _set(store: Store, session: Loaded, file: StoredFile, access: FileAccess) -> None:
    store.files.access.set(session.session_id, session.data_key, file.number, access)


def _is_seen(store: Store, file: StoredFile, person: Person) -> bool:
    try:
        return store.files.read(store.files.info_for(file.number, person)) == CONTENT
    except NoSuchFile:
        return False


def test_nobody_else_sees_a_file_at_first(store: Store, added: StoredFile) -> None:
    root = store.people.add("root@example.com", "a password", privileges=["admin"])
    assert [_is_seen(store, added, person) for person in (NOBODY, root)] == [False, False]
    assert store.files.access.of(added.number) == FileAccess()


def test_those_see_it_whom_its_access_names(store: Store, session: Loaded, added: StoredFile) -> None:
    ada, dev, eve = (
        store.people.add(f"{name}@example.com", "a password", privileges=privileges)
        for name, privileges in (("ada", ()), ("dev", ["developer"]), ("eve", ()))
    )
    people = (NOBODY, ada, dev, eve)
    assert ada.id
    for access, seen in (
        (FileAccess(user_ids=(ada.id,)), [False, True, False, False]),
        (FileAccess(privileges=("developer",)), [False, False, True, False]),
        (FileAccess(privileges=("user",)), [False, True, False, True]),
        (FileAccess(user_ids=(ada.id,), privileges=("developer",)), [False, True, True, False]),
        (PUBLIC, [True] * 4),
        (FileAccess(persistent=True), [False] * 4),
    ):
        _set(store, session, added, access)
        assert store.files.access.of(added.number) == access
        assert [_is_seen(store, added, person) for person in people] == seen
        assert store.files.read(store.files.info(added.number, session.session_id, session.data_key)) == CONTENT


def test_the_server_has_a_key_of_a_file_only_while_others_may_see_it(store: Store, session: Loaded, added: StoredFile) -> None:
    """P36"""

    def sealed() -> bytes | None:
        with store.engine.connect() as connection:
            found: bytes | None = connection.scalar(select(files.c.sealed_key).where(files.c.id == added.number))
            return found

    assert sealed() is None
    _set(store, session, added, PUBLIC)
    assert sealed()
    _set(store, session, added, FileAccess(persistent=True))
    assert sealed() is None


def test_a_session_says_nothing_of_the_files_of_another(store: Store, added: StoredFile, bob: bytes) -> None:
    other = store.sessions.create("a.yml", bob, {})
    with pytest.raises(NoSuchFile):
        _set(store, other, added, PUBLIC)
    _set(store, other, _added(store, other), PUBLIC)
    taken = _added(store, other, like=added.number)
    assert store.files.access.of(taken.number) == FileAccess()


def test_what_takes_the_place_of_a_file_is_seen_by_the_same_people_and_all_versions_together(
    store: Store, session: Loaded, added: StoredFile
) -> None:
    _set(store, session, added, PUBLIC)
    second = _added(store, session, like=added.number)
    third = _added(store, session, like=second.number)
    assert [_is_seen(store, file, NOBODY) for file in (added, second, third)] == [True] * 3
    _set(store, session, third, FileAccess())
    assert [_is_seen(store, file, NOBODY) for file in (added, second, third)] == [False] * 3


def test_a_version_that_is_written_while_a_file_is_closed_is_closed_with_it(
    store: Store, session: Loaded, added: StoredFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    _set(store, session, added, PUBLIC)
    take_over, closed = store.files.access.take_over, threading.Event()

    def close() -> None:
        _set(store, session, added, FileAccess())
        closed.set()

    closing = threading.Thread(target=close)

    def take_over_first(*arguments: Any) -> None:
        take_over(*arguments)
        closing.start()
        # it can't come before this is over
        assert not closed.wait(0.05)

    monkeypatch.setattr(store.files.access, "take_over", take_over_first)
    second = _added(store, session, like=added.number)
    closing.join()
    assert [_is_seen(store, file, NOBODY) for file in (added, second)] == [False, False]


def test_a_persistent_file_outlives_its_session(store: Store, settings: Settings, session: Loaded, added: StoredFile) -> None:
    _set(store, session, added, FileAccess(private=False, persistent=True))
    other = _added(store, session)
    store.sessions.delete(session)
    assert store.files.session_of(added.number) is None
    assert _is_seen(store, added, NOBODY)
    # whoever has its key, which a temporary address carries
    assert store.files.read(store.files.info_with(added.number, added.opener)) == CONTENT
    with pytest.raises(NoSuchFile):
        store.files.session_of(other.number)
    assert len(_on_disk(settings)) == 1


def test_a_persistent_file_outlives_a_new_beginning(store: Store, session: Loaded, added: StoredFile) -> None:
    _set(store, session, added, FileAccess(private=False, persistent=True))
    store.sessions.restart(session, {})
    assert _is_seen(store, added, NOBODY)


def test_a_file_that_everybody_may_see_goes_with_its_session_all_the_same(
    store: Store, settings: Settings, session: Loaded, added: StoredFile
) -> None:
    _set(store, session, added, PUBLIC)
    store.sessions.delete(session)
    assert not _is_seen(store, added, NOBODY)
    assert _on_disk(settings) == []


def test_with_an_account_its_files_go_also_persistent_ones(store: Store, settings: Settings, alice: bytes) -> None:
    ada = store.people.add("ada@example.com", "a password")
    session = store.sessions.create("a.yml", alice, {}, owner_id=ada.id)
    _set(store, session, _added(store, session), FileAccess(private=False, persistent=True))
    delete_person(store, ada, shared=True)
    assert _on_disk(settings) == []


def test_a_person_and_a_privilege_that_have_gone_let_nobody_in(store: Store, session: Loaded, added: StoredFile) -> None:
    store.people.add_privilege("helper")
    ada = store.people.add("ada@example.com", "a password")
    ben = store.people.add("ben@example.com", "a password", privileges=["helper"])
    assert ada.id
    _set(store, session, added, FileAccess(user_ids=(ada.id,), privileges=("helper",)))
    store.people.remove_privilege("helper")
    store.people.add_privilege("helper")
    assert not _is_seen(store, added, replace(ben, privileges=("helper",)))
    delete_person(store, ada, shared=False)
    with store.engine.connect() as connection:
        assert connection.execute(select(file_users)).all() == []


def test_a_change_that_breaks_off_changes_nothing(
    store: Store, session: Loaded, added: StoredFile, break_at: Callable[[int | None], None]
) -> None:
    """P40"""
    second = _added(store, session, like=added.number)
    for statement in range(4, 10):
        break_at(statement)
        with pytest.raises(break_at.Broken):  # type: ignore[attr-defined]
            _set(store, session, second, FileAccess(private=False, privileges=("user",)))
    break_at(None)
    assert [store.files.access.of(file.number) for file in (added, second)] == [FileAccess()] * 2


def test_another_key_of_the_server_opens_it_when_it_was_sealed_anew(
    store: Store, settings: Settings, session: Loaded, added: StoredFile
) -> None:
    """P26"""
    _set(store, session, added, PUBLIC)
    keys = server_keys(settings.data)
    write_keys(key_file(settings.data), [bytes(32), *keys.read()])
    assert [dict(counted) for counted in store.resealing.counts().values()] == [{"files": 1}]
    assert store.resealing.run() == (1, 0)
    write_keys(key_file(settings.data), keys.read()[:1])
    assert _is_seen(store, added, NOBODY)


# --- files of earlier versions ---------------------------------------------------------------------------------------------


def _as_an_earlier_version_wrote_it(store: Store, session: Loaded) -> int:
    """A file that was encrypted as a whole with the data key of its session."""
    number, vault = store.files.new_number(), store.files._vault

    def locked(what: str, content: bytes) -> bytes:
        return vault.encrypt(session.data_key, content, session=session.session_id, part=f"file:{number}:{what}")

    store.files._contents.write(f"{number:014x}", [locked("content", CONTENT)])
    columns = {"session_id": session.session_id, "extension": "txt", "mimetype": "text/plain", "created": naive_utc()}
    with store.engine.begin() as connection:
        connection.execute(files.insert(), {"id": number, "name": locked("name", b"letter.txt"), "size": len(CONTENT), **columns})
    return number


def test_a_file_of_an_earlier_version_is_read(store: Store, session: Loaded) -> None:
    """P23"""
    found = store.files.info(_as_an_earlier_version_wrote_it(store, session), session.session_id, session.data_key)
    assert (found.name, store.files.read(found), found.opener) == ("letter.txt", CONTENT, session.data_key)
    with store.files.open(found) as content:
        content.seek(4)
        assert content.read(6) == CONTENT[4:10]
    # as a temporary address of that version has it
    assert store.files.read(store.files.info_with(found.number, session.data_key)) == CONTENT


def test_a_file_of_an_earlier_version_becomes_another_one_when_others_may_see_it(store: Store, session: Loaded) -> None:
    old = store.files.info(_as_an_earlier_version_wrote_it(store, session), session.session_id, session.data_key)
    with pytest.raises(NoSuchFile):
        _set(store, session, old, PUBLIC)
    renewed = store.files.renewed(old, session.data_key)
    assert (renewed.number != old.number, renewed.name) == (True, "letter.txt")
    assert store.files.renewed(renewed, session.data_key) is renewed
    _set(store, session, renewed, PUBLIC)
    assert _is_seen(store, renewed, NOBODY)


def _on_disk(settings: Settings) -> list[Path]:
    return [path for path in (settings.data / "files").rglob("*") if path.is_file()]
