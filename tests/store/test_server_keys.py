"""The server's own keys: another one in the place of the current one, and one that is missing."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace

import pytest

from docassemble_lite.errors import AnswersTampered, ServerKeyMissing, SettingsError
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store, open_store
from docassemble_lite.store.server_keys import key_file, server_keys, write_keys
from docassemble_lite.store.tasks import NewTask


@pytest.fixture
def other(settings: Settings, store: Store) -> Iterator[Store]:
    """The same store, as another process has it open."""
    opened = open_store(settings)
    yield opened
    opened.close()


def _add_key(settings: Settings) -> None:
    write_keys(key_file(settings.data), [secrets.token_bytes(32), *server_keys(settings.data).read()])


def _plain_session(store: Store) -> str:
    made = store.sessions.create("a.yml", None, {"x": 1}, multi_user=True, tasks=[NewTask("task", "go", b"payload")])
    return store.sessions.save(made, {"x": 2}, new_step=True).session_id


def test_a_new_key_is_taken_by_every_process_and_all_is_sealed_anew(settings: Settings, store: Store, other: Store) -> None:
    """P26: nothing is started again, and nothing is closed meanwhile."""
    session_id = _plain_session(store)
    private = store.sessions.create("a.yml", b"secret", {"x": 5})
    first = store.vault.key_ids()[0]
    _add_key(settings)
    assert other.sessions.load_plain(session_id).answers == {"x": 2}
    other.sessions.save(other.sessions.load_plain(session_id), {"x": 3}, new_step=True)
    assert store.sessions.load_plain(session_id).answers == {"x": 3}
    done, unreadable = store.resealing.run()
    # the session, its first two steps, and its task
    assert (done, unreadable) == (4, 0)
    assert first not in store.resealing.counts()
    write_keys(key_file(settings.data), server_keys(settings.data).read()[:1])
    assert other.vault.key_ids() != [first]
    assert other.sessions.load_plain(session_id).answers == {"x": 3}
    previous = other.sessions.load_previous(other.sessions.load_plain(session_id))
    assert previous is not None
    assert previous.answers == {"x": 2}
    assert other.sessions.load(private.session_id, b"secret").answers == {"x": 5}
    claimed = other.tasks.claim("task", lease=30.0)
    assert claimed is not None


def test_sealing_anew_a_second_time_changes_nothing(settings: Settings, store: Store) -> None:
    _plain_session(store)
    _add_key(settings)
    assert store.resealing.run() == (4, 0)
    assert store.resealing.run() == (0, 0)


def test_what_is_saved_while_all_is_sealed_anew_is_kept(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = _plain_session(store)
    _add_key(settings)
    sign = store.vault.sign

    def sign_late(content: bytes, *, session: str, part: str) -> bytes:
        monkeypatch.undo()
        store.sessions.save(store.sessions.load_plain(session_id), {"x": 9})
        return sign(content, session=session, part=part)

    monkeypatch.setattr(store.vault, "sign", sign_late)
    store.resealing.run()
    assert store.sessions.load_plain(session_id).answers == {"x": 9}
    store.resealing.run()
    assert list(store.resealing.counts()) == [store.vault.key_ids()[0]]


def test_a_missing_key_is_named_and_nothing_is_deleted(settings: Settings, store: Store) -> None:
    """P26."""
    session_id = _plain_session(store)
    lost = server_keys(settings.data).read()
    lost_id = store.vault.key_ids()[0]
    write_keys(key_file(settings.data), [secrets.token_bytes(32)])
    with pytest.raises(ServerKeyMissing, match=lost_id.hex()):
        store.sessions.load_plain(session_id)
    assert dict(store.resealing.counts()[lost_id]) == {"sessions": 1, "steps": 2, "tasks": 1}
    assert list(store.resealing.sessions_needing({lost_id})) == [(session_id, "a.yml")]
    assert store.resealing.run() == (0, 4)
    write_keys(key_file(settings.data), lost)
    assert store.sessions.load_plain(session_id).answers == {"x": 2}


def test_of_many_rows_all_are_sealed_anew(settings: Settings, store: Store) -> None:
    ids = [store.sessions.create("a.yml", None, {"x": number}, multi_user=True).session_id for number in range(450)]
    _add_key(settings)
    assert store.resealing.run() == (900, 0)
    assert [store.sessions.load_plain(session_id).answers["x"] for session_id in ids] == list(range(450))


def test_a_row_that_was_tampered_with_is_left_as_it_is(settings: Settings, store: Store) -> None:
    session_id = _plain_session(store)
    with store.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE steps SET answers = sealed_key FROM sessions WHERE session_id = sessions.id AND number = 1"
        )
    _add_key(settings)
    assert store.resealing.run()[1] == 1
    loaded = store.sessions.load_plain(session_id)
    with pytest.raises(AnswersTampered):
        store.sessions.load_previous(loaded)


def test_a_key_file_that_is_cut_off_is_refused(settings: Settings) -> None:
    server_keys(settings.data)
    key_file(settings.data).write_bytes(b"short")
    with pytest.raises(SettingsError, match="restore it from a backup"):
        open_store(replace(settings, data=settings.data))


def test_several_keys_may_stand_in_the_variable(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAL_SERVER_KEY", f"{'ab' * 32}, {'cd' * 32}")
    assert [bytes(key) for key in server_keys(settings.data).read()] == [b"\xab" * 32, b"\xcd" * 32]
    monkeypatch.setenv("DAL_SERVER_KEY", f"{'ab' * 32},")
    with pytest.raises(SettingsError, match="64 hexadecimal digits"):
        server_keys(settings.data)
