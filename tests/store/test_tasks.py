"""Background tasks: taken once, kept by signs of life, ended once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from docassemble_lite.errors import SavedByAnother
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store
from docassemble_lite.store.loaded import Loaded
from docassemble_lite.store.tables import tasks
from docassemble_lite.store.tasks import Claimed, LateReport, NewTask, Report

Clock = Callable[[float], None]


@pytest.fixture
def session(store: Store, alice: bytes, move_clock: Clock) -> Loaded:
    """A session with the task "t"; the clock stands still."""
    return store.sessions.create("a.yml", alice, {"x": 1}, tasks=[NewTask("t", "compute", b"arguments", "refresh")])


def _claim(store: Store, lease: float = 30) -> Claimed:
    claimed = store.tasks.claim("t", lease)
    assert claimed
    return claimed


def _report(store: Store, session: Loaded) -> Report:
    report = store.tasks.report("t", session.session_id, session.data_key)
    assert report
    return report


def _row(store: Store) -> Any:
    with store.engine.connect() as connection:
        return connection.execute(select(tasks).where(tasks.c.id == "t")).one()


def test_a_new_task_waits(store: Store, session: Loaded) -> None:
    report = _report(store, session)
    assert (report.state, report.action, report.mode, report.attempt, report.result) == ("waiting", "compute", "refresh", 0, None)


def test_a_claimed_task_brings_all_that_its_worker_needs(store: Store, session: Loaded) -> None:
    claimed = _claim(store)
    assert (claimed.session_id, claimed.interview, claimed.action, claimed.mode) == (
        session.session_id,
        "a.yml",
        "compute",
        "refresh",
    )
    assert (claimed.arguments, claimed.attempt) == (b"arguments", 1)
    assert store.sessions.load_with_key(claimed.session_id, claimed.data_key).answers == {"x": 1}
    assert _report(store, session).state == "running"


def test_a_task_is_claimed_once(store: Store, session: Loaded) -> None:
    """P9: however often the message is delivered, one gets the task."""
    assert [store.tasks.claim("t", 30) is not None for _ in range(10)] == [True] + [False] * 9
    assert store.tasks.claim("unknown", 30) is None


def test_of_two_processes_one_gets_the_task(
    store: Store, settings: Settings, session: Loaded, new_process: Callable[[Settings], Any]
) -> None:
    """P9: two workers that are told of one task at the same time."""
    others = [new_process(settings) for _ in range(2)]
    for other in others:
        other.wait_until_ready()
    for other in others:
        other.tell("claim", task="t", lease=30)
    assert sorted(other.answer() for other in others) == [False, True]


def test_a_finished_task_keeps_its_result_and_no_key(store: Store, session: Loaded) -> None:
    claimed = _claim(store)
    assert store.tasks.finish(claimed.finished("done", b"result"))
    report = _report(store, session)
    assert (report.state, report.result, report.error_type) == ("done", b"result", "")
    assert (_row(store).sealed_key, _row(store).lease_until) == (None, None)
    assert b"result" not in _row(store).result


def test_a_failed_task_says_why(store: Store, session: Loaded) -> None:
    assert store.tasks.finish(_claim(store).finished("failed", b"trace", "ValueError"))
    report = _report(store, session)
    assert (report.state, report.result, report.error_type) == ("failed", b"trace", "ValueError")


def test_a_result_lives_as_long_as_its_session(store: Store, session: Loaded, move_clock: Clock) -> None:
    """P5: 400 days later the result is still there."""
    store.tasks.finish(_claim(store).finished("done", b"result"))
    move_clock(400 * 86400)
    assert _report(store, session).result == b"result"
    assert (store.tasks.overdue(15), store.tasks.lost(30)) == ([], [])


def test_a_task_ends_together_with_its_effect_on_the_answers(store: Store, session: Loaded, alice: bytes) -> None:
    """P9: the answers and the final state are one transaction."""
    claimed = _claim(store)
    store.sessions.save(session, {"x": 2}, finish=claimed.finished("done", b"result"))
    assert store.sessions.load(session.session_id, alice).answers == {"x": 2}
    assert _report(store, session).state == "done"


def test_a_refused_save_does_not_end_the_task(store: Store, session: Loaded) -> None:
    claimed = _claim(store)
    store.sessions.save(session, {"x": "somebody else's"})
    with pytest.raises(SavedByAnother):
        store.sessions.save(session, {"x": 2}, finish=claimed.finished("done", b"result"))
    assert _report(store, session).state == "running"


def test_the_effect_of_a_delivered_twice_task_happens_once(store: Store, session: Loaded, alice: bytes) -> None:
    """P9: the second of two equal ends changes neither the task nor the answers."""
    claimed = _claim(store)
    saved = store.sessions.save(session, {"x": 2}, finish=claimed.finished("done", b"first"))
    with pytest.raises(LateReport):
        store.sessions.save(saved, {"x": 3}, finish=claimed.finished("done", b"second"))
    assert not store.tasks.finish(claimed.finished("failed", b"second", "Error"))
    assert store.sessions.load(session.session_id, alice).answers == {"x": 2}
    assert _report(store, session).result == b"first"


def test_signs_of_life_keep_a_task(store: Store, session: Loaded, move_clock: Clock) -> None:
    claimed = _claim(store, lease=30)
    for _ in range(10):
        move_clock(10)
        assert store.tasks.renew("t", claimed.attempt, 30)
        assert store.tasks.lost(30) == []


def test_a_task_without_signs_of_life_is_lost(store: Store, session: Loaded, move_clock: Clock) -> None:
    """P4: when the lease is over, a sweeper takes the task and ends it as failed."""
    _claim(store, lease=30)
    move_clock(29)
    assert store.tasks.lost(30) == []
    move_clock(1)
    (lost,) = store.tasks.lost(30)
    assert (lost.id, lost.attempt, lost.arguments) == ("t", 2, b"arguments")
    assert store.tasks.finish(lost.finished("failed", None, "WorkerLost"))
    assert (_report(store, session).state, _report(store, session).error_type) == ("failed", "WorkerLost")


def test_two_sweepers_do_not_get_the_same_lost_task(store: Store, session: Loaded, move_clock: Clock) -> None:
    _claim(store, lease=30)
    move_clock(31)
    assert [len(store.tasks.lost(30)) for _ in range(2)] == [1, 0]


def test_a_lost_task_whose_sweeper_dies_is_lost_again(store: Store, session: Loaded, move_clock: Clock) -> None:
    """P4: it never stays running."""
    _claim(store, lease=30)
    for attempt in (2, 3):
        move_clock(31)
        assert [lost.attempt for lost in store.tasks.lost(30)] == [attempt]


def test_a_late_report_of_a_lost_attempt_changes_nothing(
    store: Store, session: Loaded, move_clock: Clock, alice: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """P10: a worker that was paused beyond its lease can neither keep nor end the task, nor change the answers."""
    late = _claim(store, lease=30)
    move_clock(31)
    (lost,) = store.tasks.lost(30)
    before = _row(store)
    with caplog.at_level(logging.WARNING):
        assert not store.tasks.renew("t", late.attempt, 30)
        assert not store.tasks.finish(late.finished("done", b"late"))
        with pytest.raises(LateReport):
            store.sessions.save(session, {"x": "late"}, finish=late.finished("done", b"late"))
    assert _row(store) == before
    assert "late_report" in caplog.text
    assert store.sessions.load(session.session_id, alice).answers == {"x": 1}
    assert store.tasks.finish(lost.finished("failed", None, "WorkerLost"))


def test_a_lost_task_with_a_forged_key_is_ended_and_holds_up_no_other(
    store: Store, session: Loaded, move_clock: Clock, alice: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """P24, P4: one row that can't be opened doesn't keep the sweeper from the others."""
    other = store.sessions.create("a.yml", alice, {}, tasks=[NewTask("u", "compute", b"")])
    for task in ("t", "u"):
        store.tasks.claim(task, 30)
    with store.engine.begin() as connection:
        connection.execute(update(tasks).where(tasks.c.id == "t").values(sealed_key=b"forged"))
    move_clock(31)
    with caplog.at_level(logging.ERROR):
        assert [lost.session_id for lost in store.tasks.lost(30)] == [other.session_id]
    assert (_report(store, session).state, _report(store, session).error_type) == ("failed", "AnswersTampered")


def test_a_task_that_nobody_takes_is_woken_again(store: Store, session: Loaded, move_clock: Clock) -> None:
    """P6, P7: a message that was lost is sent again, once for each interval."""
    assert store.tasks.overdue(15) == []
    for _ in range(2):
        move_clock(15)
        assert store.tasks.overdue(15) == ["t"]
        assert store.tasks.overdue(15) == []
    _claim(store)
    move_clock(15)
    assert store.tasks.overdue(15) == []


def test_no_more_tasks_are_woken_than_asked_for(store: Store, alice: bytes, move_clock: Clock) -> None:
    for number in range(3):
        store.sessions.create("a.yml", alice, {}, tasks=[NewTask(str(number), "compute", b"")])
        move_clock(1)
    move_clock(15)
    assert [sorted(store.tasks.overdue(15, most=2)) for _ in range(3)] == [["0", "1"], ["2"], []]


def test_a_waiting_task_can_be_revoked(store: Store, session: Loaded) -> None:
    assert store.tasks.revoke("t", session.session_id)
    assert store.tasks.claim("t", 30) is None
    assert (_report(store, session).state, _row(store).sealed_key) == ("revoked", None)


def test_the_report_of_a_revoked_task_changes_nothing(store: Store, session: Loaded) -> None:
    claimed = _claim(store)
    assert store.tasks.revoke("t", session.session_id)
    assert not store.tasks.renew("t", claimed.attempt, 30)
    assert not store.tasks.finish(claimed.finished("done", b"late"))
    assert _report(store, session).state == "revoked"


def test_what_is_over_cannot_be_revoked(store: Store, session: Loaded) -> None:
    store.tasks.finish(_claim(store).finished("done", b"result"))
    assert not store.tasks.revoke("t", session.session_id)
    assert _report(store, session).state == "done"


def test_the_task_of_another_session_is_as_good_as_none(store: Store, session: Loaded, bob: bytes) -> None:
    """P31: a foreign task and a missing one look the same, and can't be revoked."""
    other = store.sessions.create("a.yml", bob, {})
    assert store.tasks.report("t", other.session_id, other.data_key) is None
    assert store.tasks.report("unknown", other.session_id, other.data_key) is None
    assert not store.tasks.revoke("t", other.session_id)
    assert _report(store, session).state == "waiting"


def test_arguments_results_and_keys_are_not_shown(store: Store, session: Loaded) -> None:
    """P36: what a log would show of a task holds no answer and no key."""
    claimed = _claim(store)
    finished = claimed.finished("done", b"canary result")
    store.tasks.finish(finished)
    shown = repr(claimed) + repr(finished) + repr(_report(store, session)) + repr(NewTask("t", "go", b"arguments"))
    for secret in ("arguments=", "canary", bytes(claimed.data_key).hex()):
        assert secret not in shown


def test_arguments_are_not_stored_readably(store: Store, session: Loaded) -> None:
    assert b"arguments" not in _row(store).payload
