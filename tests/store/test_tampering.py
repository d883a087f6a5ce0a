"""Rows that this server didn't write, or wrote for another place: nothing is read from them.

`DAL_FORGERIES` says how many of each kind (the long form: 10000).
"""

from __future__ import annotations

import os
import pickle
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from docassemble_lite.errors import AnswersTampered, SessionNotFound
from docassemble_lite.store.database import Store
from docassemble_lite.store.freezer import freeze
from docassemble_lite.store.loaded import Loaded
from docassemble_lite.store.tables import session_keys, sessions, steps, tasks
from docassemble_lite.store.tasks import NewTask
from docassemble_lite.store.vault import FORMAT, Vault

FORGERIES = int(os.environ.get("DAL_FORGERIES", "300"))


class Canary:
    """Unpickling it makes a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.folder),)


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Callable[[], bytes]]:
    """Frozen answers that would run code; at the end none must have run."""
    folder = tmp_path / "canary"
    yield lambda: freeze({"x": Canary(folder)})
    assert not folder.exists()


@pytest.fixture(params=[False, True], ids=["private", "plain"])
def victim(request: pytest.FixtureRequest, store: Store, alice: bytes) -> Loaded:
    """A session of alice with two steps."""
    made = store.sessions.create("a.yml", alice, {"x": 1}, multi_user=request.param)
    return store.sessions.save(made, {"x": 2, "more": "text " * 50}, new_step=True)


def _row(store: Store, victim: Loaded, number: int = 2) -> bytes:
    with store.engine.connect() as connection:
        return bytes(
            connection.scalar(select(steps.c.answers).where(steps.c.session_id == victim.session_id, steps.c.number == number))
            or b""
        )


def _put(store: Store, victim: Loaded, row: bytes) -> None:
    with store.engine.begin() as connection:
        connection.execute(update(steps).where(steps.c.session_id == victim.session_id, steps.c.number == 2).values(answers=row))


def _assert_refused(store: Store, victim: Loaded, alice: bytes, rows: Iterator[bytes]) -> None:
    """Every one of the rows is refused and left where it is; the true one opens afterwards."""
    true = _row(store, victim)
    for row in rows:
        assert row != true
        _put(store, victim, row)
        with pytest.raises(AnswersTampered):
            store.sessions.load(victim.session_id, alice)
    assert _row(store, victim) == row
    _put(store, victim, true)
    assert store.sessions.load(victim.session_id, alice).answers == victim.answers


def test_the_canary_sings_when_it_is_unpickled(tmp_path: Path) -> None:
    pickle.loads(pickle.dumps(Canary(tmp_path / "canary")))
    assert (tmp_path / "canary").is_dir()


def test_no_row_with_a_flipped_bit_is_accepted(store: Store, victim: Loaded, alice: bytes) -> None:
    """P24: 300 bit flips (10,000 in the long form), in every part of a row, encrypted and plain."""
    true, chance = _row(store, victim), random.Random(1)

    def flipped() -> Iterator[bytes]:
        for count in range(FORGERIES):
            at = count % len(true) if count < 64 else chance.randrange(len(true))
            yield true[:at] + bytes([true[at] ^ 1 << chance.randrange(8)]) + true[at + 1 :]

    _assert_refused(store, victim, alice, flipped())


def test_no_forged_row_is_accepted_and_none_runs(store: Store, victim: Loaded, alice: bytes, canary: Callable[[], bytes]) -> None:
    """P24: 300 forged rows (10,000 in the long form), made with everything but the keys."""
    true, chance, frozen = _row(store, victim), random.Random(2), canary()

    def forged() -> Iterator[bytes]:
        for count in range(FORGERIES):
            vault = Vault(chance.randbytes(32))
            at = {"session": victim.session_id, "part": "step:2"}
            yield [
                vault.sign(frozen, **at),
                # the header of a true row, and what an attacker can make behind it
                true[:5] + vault.sign(frozen, **at)[5:],
                true[:37] + frozen,
                vault.encrypt(chance.randbytes(32), frozen, **at),
                bytes([FORMAT]) + frozen,
                frozen,
                true + frozen,
                true[: chance.randrange(len(true))],
                chance.randbytes(chance.randrange(200)),
                true[:1] + chance.randbytes(len(true) - 1),
            ][count % 10]

    _assert_refused(store, victim, alice, forged())


def test_no_row_of_another_place_is_accepted(store: Store, victim: Loaded, alice: bytes) -> None:
    """P24: a true row counts only in its own session, at its own step."""
    other = store.sessions.create("a.yml", alice, {"x": 1}, multi_user=victim.multi_user)
    other = store.sessions.save(other, victim.answers, new_step=True)
    _assert_refused(store, victim, alice, iter([_row(store, other), _row(store, victim, 1)]))


def test_no_row_of_the_other_kind_is_accepted(store: Store, victim: Loaded, alice: bytes) -> None:
    """P24: a plain row isn't accepted in a private session, nor an encrypted one in a plain session."""
    before = _row(store, victim)
    changed = store.sessions.save(victim, victim.answers, multi_user=not victim.multi_user)
    _assert_refused(store, changed, alice, iter([before]))


def test_a_private_session_that_is_called_plain_does_not_open(store: Store, alice: bytes) -> None:
    """P24: who can write the table can't make the server take a private session for a plain one."""
    victim = store.sessions.create("a.yml", alice, {"x": 1})
    other = store.sessions.create("a.yml", alice, {"x": 1}, multi_user=True)
    with store.engine.connect() as connection:
        foreign = connection.scalar(select(sessions.c.sealed_key).where(sessions.c.id == other.session_id))
    for sealed in (None, b"", foreign):
        with store.engine.begin() as connection:
            values = {"multi_user": True, "sealed_key": sealed}
            connection.execute(update(sessions).where(sessions.c.id == victim.session_id).values(**values))
        with pytest.raises(AnswersTampered):
            store.sessions.load(victim.session_id, alice)


def test_a_forged_key_does_not_open(store: Store, alice: bytes, bob: bytes) -> None:
    """P24: a key row of another session, or under another's name, is refused."""
    victim = store.sessions.create("a.yml", alice, {"x": 1})
    other = store.sessions.create("a.yml", bob, {"x": 1})
    with store.engine.begin() as connection:
        foreign = connection.scalar(select(session_keys.c.wrapped).where(session_keys.c.session_id == other.session_id))
        own = connection.scalar(select(session_keys.c.wrapped).where(session_keys.c.session_id == victim.session_id))
        holder = store.vault.holder_of(bob)
        connection.execute(session_keys.insert().values(session_id=victim.session_id, holder=holder, wrapped=foreign))
    for forged in (foreign, own, b""):
        with store.engine.begin() as connection:
            connection.execute(update(session_keys).where(session_keys.c.holder == holder).values(wrapped=forged))
        with pytest.raises(AnswersTampered):
            store.sessions.load(victim.session_id, bob)
    assert store.sessions.load(victim.session_id, alice).answers == {"x": 1}


def test_a_foreign_data_key_opens_nothing(store: Store, alice: bytes) -> None:
    """P24: the key of another session is no key."""
    victim = store.sessions.create("a.yml", alice, {"x": 1})
    other = store.sessions.create("a.yml", alice, {"x": 1})
    with pytest.raises(AnswersTampered):
        store.sessions.load_with_key(victim.session_id, other.data_key)
    with pytest.raises(SessionNotFound):
        store.sessions.load_with_key("x" * 32, other.data_key)


def test_a_conversion_does_not_seal_a_forged_step(
    store: Store, victim: Loaded, alice: bytes, canary: Callable[[], bytes]
) -> None:
    """P24: a switch of multi_user refuses older steps that it can't verify, and changes nothing."""
    third = store.sessions.save(victim, {"x": 3}, new_step=True)
    true = _row(store, victim)
    _put(store, victim, true[:37] + canary())
    with pytest.raises(AnswersTampered):
        store.sessions.save(third, {"x": 4}, multi_user=not victim.multi_user)
    assert store.sessions.load(victim.session_id, alice).answers == {"x": 3}


@pytest.mark.parametrize("column", ["payload", "sealed_key"])
def test_a_forged_task_does_not_run(store: Store, alice: bytes, column: str) -> None:
    """P24: arguments and keys of other tasks, or flipped bits in them, are refused."""
    wanted = [NewTask("one", "go", b"same"), NewTask("two", "go", b"same")]
    store.sessions.create("a.yml", alice, {}, tasks=wanted)
    with store.engine.begin() as connection:
        foreign = bytes(connection.scalar(select(tasks.c[column]).where(tasks.c.id == "two")) or b"")
        connection.execute(update(tasks).where(tasks.c.id == "one").values({column: foreign}))
    with pytest.raises(AnswersTampered):
        store.tasks.claim("one", 30)
    assert store.tasks.claim("two", 30)


def test_a_forged_result_is_not_read(store: Store, alice: bytes) -> None:
    """P24: the result of another task is refused."""
    made = store.sessions.create("a.yml", alice, {}, tasks=[NewTask("one", "go", b""), NewTask("two", "go", b"")])
    for task in ("one", "two"):
        claimed = store.tasks.claim(task, 30)
        assert claimed
        store.tasks.finish(claimed.finished("done", task.encode()))
    with store.engine.begin() as connection:
        foreign = connection.scalar(select(tasks.c.result).where(tasks.c.id == "two"))
        connection.execute(update(tasks).where(tasks.c.id == "one").values(result=foreign))
    with pytest.raises(AnswersTampered):
        store.tasks.report("one", made.session_id, made.data_key)
