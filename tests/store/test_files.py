"""Files: what is kept of them, where, for whom, and for how long."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from docassemble_lite.errors import AnswersTampered, NoSuchFile, SavedByAnother, SessionNotFound, StoreAway
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store, open_store
from docassemble_lite.store.files import NUMBERS, StoredFile
from docassemble_lite.store.loaded import Loaded
from docassemble_lite.store.tables import files

pytestmark = pytest.mark.parametrize(
    "settings", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql), "s3"], indirect=True
)

CONTENT = b"%PDF-1.7 the secret of a letter"


def _added(store: Store, session: Loaded, content: bytes = CONTENT, name: str = "letter.pdf") -> StoredFile:
    return store.files.add(session.session_id, session.data_key, content, name=name, mimetype="application/pdf")


def _on_disk(settings: Settings) -> list[Path]:
    return [path for path in (settings.data / "files").rglob("*") if path.is_file()]


def _replace(store: Store, file: StoredFile, locked: bytes) -> None:
    key = f"{file.number:014x}"
    store.files._contents.remove([key])
    store.files._contents.write(key, [locked])


def _rows(store: Store) -> int:
    with store.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(files)) or 0


@pytest.fixture
def session(store: Store, alice: bytes) -> Loaded:
    return store.sessions.create("a.yml", alice, {})


def test_a_file_that_was_added_can_be_read(store: Store, session: Loaded) -> None:
    added = _added(store, session)
    found = store.files.info(added.number, session.session_id, session.data_key)
    assert found == added
    assert (found.name, found.extension, found.mimetype) == ("letter.pdf", "pdf", "application/pdf")
    assert (found.session_id, found.size) == (session.session_id, len(CONTENT))
    assert store.files.read(found) == CONTENT


def test_an_empty_file_is_a_file(store: Store, session: Loaded) -> None:
    added = _added(store, session, b"")
    assert store.files.read(added) == b""


def test_another_process_can_read_it(store: Store, settings: Settings, session: Loaded) -> None:
    added = _added(store, session)
    other = open_store(settings)
    assert other.files.read(other.files.info(added.number, session.session_id, session.data_key)) == CONTENT
    other.close()


def test_a_file_is_there_at_once_and_not_only_after_a_save(store: Store, session: Loaded, alice: bytes) -> None:
    added = _added(store, session)
    assert store.sessions.load(session.session_id, alice).version == 1
    assert store.files.numbers_of(session.session_id) == [added.number]


@pytest.mark.parametrize("number", [0, -1, 1, NUMBERS, 2**63, 2**70])
def test_a_number_without_a_file_says_so(store: Store, session: Loaded, number: int) -> None:
    _added(store, session)
    with pytest.raises(NoSuchFile):
        store.files.session_of(number)
    with pytest.raises(NoSuchFile):
        store.files.info(number, session.session_id, session.data_key)


def test_numbers_do_not_follow_each_other(store: Store, session: Loaded) -> None:
    """P31: who knows the number of one file doesn't know that of another."""
    numbers = sorted(_added(store, session).number for _ in range(5))
    assert all(0 < number < NUMBERS for number in numbers)
    assert min(later - earlier for earlier, later in pairwise(numbers)) > 1000


def test_nothing_of_a_file_can_be_read_on_the_disk(store: Store, settings: Settings, session: Loaded) -> None:
    """P36: neither its content nor its name."""
    _added(store, session)
    (path,) = _on_disk(settings)
    assert b"secret" not in path.read_bytes()
    assert "letter" not in str(path)
    with store.engine.connect() as connection:
        assert b"letter" not in connection.scalar(select(files.c.name))
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["../../outside.pdf", "/etc/passwd", "x" * 500 + ".pdf", "", ".", "..", "—“.pdf"])
def test_no_name_becomes_a_path(store: Store, settings: Settings, session: Loaded, name: str) -> None:
    """P34"""
    added = _added(store, session, name=name)
    (path,) = _on_disk(settings)
    assert path.name == f"{added.number:014x}"
    assert store.files.info(added.number, session.session_id, session.data_key).name == name


def test_a_file_can_not_be_read_with_the_key_of_another_session(store: Store, session: Loaded, bob: bytes) -> None:
    added = _added(store, session)
    other = store.sessions.create("a.yml", bob, {})
    with pytest.raises(AnswersTampered):
        store.files.read(replace(added, opener=other.data_key))
    with pytest.raises(AnswersTampered):
        store.files.info(added.number, session.session_id, other.data_key)


def test_a_file_is_only_found_in_its_own_session(store: Store, session: Loaded, bob: bytes) -> None:
    """P31"""
    added = _added(store, session)
    other = store.sessions.create("a.yml", bob, {})
    assert store.files.session_of(added.number) == session.session_id
    with pytest.raises(NoSuchFile):
        store.files.info(added.number, other.session_id, other.data_key)


def test_a_file_that_was_put_in_the_place_of_another_is_refused(store: Store, settings: Settings, session: Loaded) -> None:
    """P24"""
    one = _added(store, session, b"one")
    two = _added(store, session, b"two")
    paths = {path.name: path for path in _on_disk(settings)}
    paths[f"{one.number:014x}"].write_bytes(paths[f"{two.number:014x}"].read_bytes())
    with pytest.raises(AnswersTampered):
        store.files.read(one)
    with pytest.raises(AnswersTampered):
        store.files.read(replace(one, opener=two.opener))


def test_a_file_that_was_changed_is_refused(store: Store, settings: Settings, session: Loaded) -> None:
    """P24"""
    added = _added(store, session)
    (path,) = _on_disk(settings)
    good = path.read_bytes()
    for place in range(len(good)):
        _replace(store, added, good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
        with pytest.raises(AnswersTampered):
            store.files.read(added)
    for changed in (b"", good[:-1], good + b"x"):
        _replace(store, added, changed)
        with pytest.raises(AnswersTampered):
            store.files.read(added)


def test_a_content_that_was_lost_is_no_file(store: Store, settings: Settings, session: Loaded) -> None:
    added = _added(store, session)
    for path in _on_disk(settings):
        path.unlink()
    with pytest.raises(NoSuchFile):
        store.files.read(added)


def test_a_file_that_was_removed_is_gone(store: Store, settings: Settings, session: Loaded) -> None:
    kept, removed = _added(store, session), _added(store, session)
    store.files.remove(session.session_id, [removed.number])
    with pytest.raises(NoSuchFile):
        store.files.session_of(removed.number)
    assert [path.name for path in _on_disk(settings)] == [f"{kept.number:014x}"]


def test_files_go_with_their_session(store: Store, settings: Settings, session: Loaded, bob: bytes) -> None:
    other = store.sessions.create("a.yml", bob, {})
    kept = _added(store, other)
    _added(store, session)
    _added(store, session)
    store.sessions.delete(session)
    assert _rows(store) == 1
    assert [path.name for path in _on_disk(settings)] == [f"{kept.number:014x}"]


def test_files_stay_when_their_session_is_not_deleted_after_all(store: Store, session: Loaded, alice: bytes) -> None:
    added = _added(store, session)
    store.sessions.save(session, {"x": 1})
    with pytest.raises(SavedByAnother):
        store.sessions.delete(session)
    assert store.files.read(added) == CONTENT


def test_a_restart_removes_the_files_from_before(store: Store, settings: Settings, session: Loaded) -> None:
    _added(store, session)
    after = store.sessions.restart(session, {})
    assert (_rows(store), _on_disk(settings)) == (0, [])
    assert store.files.read(_added(store, after)) == CONTENT


def test_a_restart_that_breaks_off_has_removed_nothing(
    store: Store, session: Loaded, break_at: Callable[[int | None], None]
) -> None:
    """P40: the answers from before and their files go together."""
    added = _added(store, session)
    for statement in range(1, 7):
        break_at(statement)
        with pytest.raises(break_at.Broken):  # type: ignore[attr-defined]
            store.sessions.restart(session, {})
    break_at(None)
    assert store.files.read(added) == CONTENT
    assert store.sessions.restart(session, {}).step == 1


def test_a_content_that_cant_be_removed_is_no_reason_to_say_that_a_session_wasnt_deleted(
    store: Store, session: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    _added(store, session)

    def fail(*_: Any, **__: Any) -> None:
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", fail)
        store.sessions.delete(session)
    with pytest.raises(SessionNotFound):
        store.sessions.peek(session.session_id)


def test_a_file_stays_readable_when_its_session_becomes_plain_or_private(store: Store, session: Loaded) -> None:
    added = _added(store, session)
    plain = store.sessions.save(session, {}, multi_user=True)
    assert store.files.read(store.files.info(added.number, plain.session_id, plain.data_key)) == CONTENT
    private = store.sessions.save(plain, {}, multi_user=False)
    assert store.files.read(store.files.info(added.number, private.session_id, private.data_key)) == CONTENT


def test_a_session_that_has_gone_takes_no_file(store: Store, settings: Settings, session: Loaded) -> None:
    store.sessions.delete(session)
    with pytest.raises(SessionNotFound):
        _added(store, session)
    assert _on_disk(settings) == []


def test_an_interrupted_add_leaves_no_row(store: Store, session: Loaded, break_at: Callable[..., None]) -> None:
    break_at(1)
    with pytest.raises(break_at.Broken):  # type: ignore[attr-defined]
        _added(store, session)
    break_at(None)
    assert _rows(store) == 0


def test_a_content_is_whole_before_there_is_a_row(store: Store, session: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    """P40: a server that dies at any step leaves no row without a content."""
    write, seen = store.files._contents.write, []

    def noted_write(key: str, pieces: Iterable[bytes]) -> None:
        content = b"".join(pieces)
        write(key, [content])
        seen.append((_rows(store), store.files._contents.read(key) == content))

    monkeypatch.setattr(store.files._contents, "write", noted_write)
    _added(store, session)
    assert (seen, _rows(store)) == ([(0, True)], 1)


def test_what_an_interrupted_add_left_is_removed_when_nobody_can_be_at_it_any_more(
    store: Store, settings: Settings, session: Loaded, move_clock: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(store.files, "insert", _die)
        with pytest.raises(Died):
            _added(store, session)
    kept = _added(store, session)
    assert len(_on_disk(settings)) == 2
    move_clock(3000)
    assert store.files.clear_up() == 0
    move_clock(1000)
    assert store.files.clear_up() == 1
    assert store.files.read(kept) == CONTENT
    assert len(_on_disk(settings)) == 1
    assert store.files.clear_up() == 0


def test_what_could_not_be_removed_with_its_session_is_removed_later(
    store: Store, settings: Settings, session: Loaded, move_clock: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    _added(store, session)
    with monkeypatch.context() as patched:
        patched.setattr(store.files._contents, "remove", _away)
        store.sessions.delete(session)
        assert (_rows(store), len(_on_disk(settings))) == (0, 1)
        move_clock(4000)
        with pytest.raises(StoreAway):
            store.files.clear_up()
    assert store.files.clear_up() == 1
    assert _on_disk(settings) == []


def test_a_content_with_a_row_is_never_loose(store: Store, session: Loaded, move_clock: Callable[[float], None]) -> None:
    kept = _added(store, session)
    with store.engine.begin() as connection:
        store.files.loosen(connection, [kept.number])
    move_clock(4000)
    assert store.files.clear_up() == 0
    assert store.files.read(kept) == CONTENT


def test_files_of_others_are_not_removed_with_those_of_a_session(store: Store, session: Loaded, bob: bytes) -> None:
    other = store.sessions.create("a.yml", bob, {})
    kept = _added(store, other)
    store.files.remove(session.session_id, [kept.number])
    assert store.files.read(kept) == CONTENT


class Died(Exception):
    """The process ended."""


def _die(*_: object) -> None:
    raise Died


def _away(_: object) -> None:
    raise StoreAway
