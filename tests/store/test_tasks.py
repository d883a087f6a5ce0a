"""Background tasks: taken once, kept by signs of life, ended once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from docassemble_lite.errors import SavedByAnother
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store, open_store
from docassemble_lite.store.loaded import Loaded
from docassemble_lite.store.tables import tasks
from docassemble_lite.store.tasks import Claimed, LateReport, News, NewTask, Report

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
    assert (store.tasks.overdue(15), store.tasks.end_lost(), store.tasks.lost(30)) == ([], [], [])


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
        assert store.tasks.renew(claimed, 30)
        assert store.tasks.end_lost() == []


def test_a_task_without_signs_of_life_ends_as_failed(store: Store, session: Loaded, move_clock: Clock) -> None:
    """P4: when the lease is over, a sweeper ends it."""
    _claim(store, lease=30)
    move_clock(29)
    assert store.tasks.end_lost() == []
    move_clock(1)
    assert store.tasks.end_lost() == [("t", session.session_id)]
    assert store.tasks.end_lost() == []
    assert (_report(store, session).state, _report(store, session).error_type) == ("failed", "WorkerLost")


def _lose_with_error_action(store: Store, move_clock: Clock) -> Claimed:
    claimed = _claim(store, lease=30)
    store.tasks.keep_error_action(claimed, b"what to do")
    move_clock(31)
    return claimed


def test_a_lost_task_with_an_error_action_is_taken_over_to_run_it(store: Store, session: Loaded, move_clock: Clock) -> None:
    """P4: what was to be run in case of failure isn't lost with the worker."""
    _lose_with_error_action(store, move_clock)
    assert store.tasks.end_lost() == []
    assert store.tasks.has_lost()
    (lost,) = store.tasks.lost(30)
    assert not store.tasks.has_lost()
    assert (lost.id, lost.attempt, lost.arguments, lost.cause) == ("t", 2, b"arguments", "WorkerLost")
    assert lost.error_action == b"what to do"
    assert store.tasks.finish(lost.finished("failed", None, lost.cause))
    assert (_report(store, session).state, _report(store, session).error_type) == ("failed", "WorkerLost")


def test_an_error_action_is_not_stored_readably(store: Store, session: Loaded, move_clock: Clock) -> None:
    store.tasks.keep_error_action(_claim(store), b"what to do")
    assert b"what to do" not in _row(store).error_action


def test_two_sweepers_do_not_get_the_same_lost_task(store: Store, session: Loaded, move_clock: Clock) -> None:
    _lose_with_error_action(store, move_clock)
    assert [len(store.tasks.lost(30)) for _ in range(2)] == [1, 0]


def test_a_lost_task_whose_error_action_kills_is_ended_without_it(store: Store, session: Loaded, move_clock: Clock) -> None:
    """P4, P38: it never stays running, and what kills is not run again and again."""
    _lose_with_error_action(store, move_clock)
    store.tasks.lost(30)
    move_clock(31)
    assert (store.tasks.lost(30), store.tasks.end_lost()) == ([], [("t", session.session_id)])
    assert (_report(store, session).state, _report(store, session).error_type) == ("failed", "WorkerLost")


def test_a_late_report_of_a_lost_attempt_changes_nothing(
    store: Store, session: Loaded, move_clock: Clock, alice: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """P10: a worker that was paused beyond its lease can neither keep nor end the task, nor change the answers."""
    late = _lose_with_error_action(store, move_clock)
    (lost,) = store.tasks.lost(30)
    before = _row(store)
    with caplog.at_level(logging.WARNING):
        assert not store.tasks.renew(late, 30)
        assert not store.tasks.is_ours(late)
        assert not store.tasks.finish(late.finished("done", b"late"))
        for attempt in (
            lambda: store.sessions.save(session, {"x": "late"}, finish=late.finished("done", b"late")),
            lambda: store.tasks.keep_error_action(late, b"late"),
            lambda: store.tasks.start(late, [NewTask("u", "late", b"")]),
        ):
            with pytest.raises(LateReport):
                attempt()
    assert _row(store) == before
    assert "late_report" in caplog.text
    assert store.sessions.load(session.session_id, alice).answers == {"x": 1}
    assert store.tasks.claim("u", 30) is None
    assert store.tasks.finish(lost.finished("failed", None, "WorkerLost"))


def test_a_lost_task_with_a_forged_key_is_ended_and_holds_up_no_other(
    store: Store, session: Loaded, move_clock: Clock, alice: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """P24, P4: one row that can't be opened doesn't keep the sweeper from the others."""
    other = store.sessions.create("a.yml", alice, {}, tasks=[NewTask("u", "compute", b"")])
    for task in ("t", "u"):
        claimed = store.tasks.claim(task, 30)
        assert claimed
        store.tasks.keep_error_action(claimed, b"what to do")
    with store.engine.begin() as connection:
        connection.execute(update(tasks).where(tasks.c.id == "t").values(sealed_key=b"forged"))
    move_clock(31)
    with caplog.at_level(logging.ERROR):
        assert [lost.session_id for lost in store.tasks.lost(30)] == [other.session_id]
    assert (_report(store, session).state, _report(store, session).error_type) == ("failed", "AnswersTampered")


def test_a_task_that_cannot_be_stopped_is_left_to_the_next_sweep(store: Store, session: Loaded, move_clock: Clock) -> None:
    """P37: its lease ends at once, and the reason is kept."""
    claimed = _claim(store)
    assert store.tasks.give_up(claimed, "TooLong")
    assert store.tasks.end_lost() == [("t", session.session_id)]
    assert _report(store, session).error_type == "TooLong"
    assert not store.tasks.give_up(claimed, "TooLong")


def test_a_running_task_starts_others(store: Store, session: Loaded) -> None:
    store.tasks.start(_claim(store), [NewTask("u", "more", b"arguments", "flash", "browser")])
    started = store.tasks.claim("u", 30)
    assert started
    assert (started.session_id, started.action, started.arguments) == (session.session_id, "more", b"arguments")


# --- telling the browser -------------------------------------------------------------------------------------------------


def _told_session(store: Store, alice: bytes) -> Loaded:
    return store.sessions.create("a.yml", alice, {}, tasks=[NewTask("n", "compute", b"", "flash", "browser")])


def _end(store: Store, task_id: str, result: bytes = b"result") -> None:
    claimed = store.tasks.claim(task_id, 30)
    assert claimed
    assert store.tasks.finish(claimed.finished("done", result))


def test_a_browser_is_told_once_of_a_task_that_it_started(store: Store, alice: bytes, move_clock: Clock) -> None:
    session = _told_session(store, alice)
    assert store.tasks.news(session.session_id, "browser", []) == News(pending=True)
    _end(store, "n")
    (due,) = store.tasks.news(session.session_id, "browser", []).due
    assert (due.id, due.mode, due.state) == ("n", "flash", "done")
    assert store.tasks.opened_result("n", session.session_id, session.data_key, due.result) == b"result"
    assert store.tasks.news(session.session_id, "browser", []).due == ()
    store.tasks.confirm(session.session_id, "browser", ["n"])
    move_clock(60)
    assert store.tasks.news(session.session_id, "browser", []) == News()


def test_what_a_page_did_not_confirm_is_told_again(store: Store, alice: bytes, move_clock: Clock) -> None:
    """A page that is left before the answer has come must not swallow the message."""
    session = _told_session(store, alice)
    _end(store, "n")
    assert len(store.tasks.news(session.session_id, "browser", []).due) == 1
    move_clock(11)
    assert len(store.tasks.news(session.session_id, "browser", []).due) == 1


def test_others_are_not_told(store: Store, alice: bytes, move_clock: Clock) -> None:
    session = _told_session(store, alice)
    _end(store, "n")
    assert store.tasks.news(session.session_id, "another", []) == News()
    store.tasks.confirm(session.session_id, "another", ["n"])
    assert len(store.tasks.news(session.session_id, "browser", []).due) == 1


def test_nobody_is_told_of_a_task_without_a_mode_or_a_starter(store: Store, alice: bytes) -> None:
    wanted = [NewTask("a", "go", b"", None, "browser"), NewTask("b", "go", b"", "flash")]
    session = store.sessions.create("a.yml", alice, {}, tasks=wanted)
    for who in ("browser", ""):
        assert store.tasks.news(session.session_id, who, []) == News()
    assert not store.sessions.load(session.session_id, alice).has_news


def test_a_session_knows_whether_somebody_waits_to_be_told(store: Store, alice: bytes, move_clock: Clock) -> None:
    session = _told_session(store, alice)
    assert store.sessions.load(session.session_id, alice).has_news
    _end(store, "n")
    store.tasks.confirm(session.session_id, "browser", ["n"])
    assert not store.sessions.load(session.session_id, alice).has_news


def test_a_page_learns_how_the_tasks_stand_that_it_waits_for(store: Store, session: Loaded) -> None:
    assert store.tasks.news(session.session_id, "browser", ["t", "unknown"]).states == {"t": "waiting"}
    _claim(store)
    assert store.tasks.news(session.session_id, "browser", ["t"]).states == {"t": "running"}


# --- for those who run the server ----------------------------------------------------------------------------------------


@pytest.fixture
def keeping(settings: Settings, store: Store) -> Iterator[Store]:
    """The same store, where a task that failed can be run again for seven days."""
    opened = open_store(replace(settings, task_retry_days=7.0))
    yield opened
    opened.close()


def _fail(store: Store) -> Claimed:
    claimed = _claim(store)
    assert store.tasks.finish(claimed.finished("failed", b"trace", "ValueError"))
    return claimed


def test_a_failed_task_can_be_run_again(keeping: Store, session: Loaded, move_clock: Clock) -> None:
    """P38: by hand, and only then."""
    late = _fail(keeping)
    (listed,) = keeping.tasks.listing("failed")
    assert listed.can_run_again
    assert keeping.tasks.run_again("t")
    assert not keeping.tasks.run_again("t")
    assert _report(keeping, session).state == "waiting"
    again = _claim(keeping)
    assert (again.attempt, again.arguments) == (2, b"arguments")
    assert not keeping.tasks.finish(late.finished("done", b"late"))
    assert keeping.tasks.finish(again.finished("done", b"result"))
    assert _row(keeping).sealed_key is None


def test_after_a_while_it_cannot(keeping: Store, session: Loaded, move_clock: Clock) -> None:
    _fail(keeping)
    week = 7 * 86400.0
    assert keeping.tasks.forget_keys(week) == 0
    move_clock(week)
    assert keeping.tasks.forget_keys(week) == 1
    assert not keeping.tasks.run_again("t")
    assert _row(keeping).sealed_key is None


@pytest.mark.parametrize("end", ["done", "revoked"])
def test_only_what_failed_keeps_its_key(keeping: Store, session: Loaded, end: Any) -> None:
    if end == "revoked":
        keeping.tasks.revoke("t", session.session_id)
    else:
        keeping.tasks.finish(_claim(keeping).finished("done", None))
    assert _row(keeping).sealed_key is None


def test_the_list_shows_the_latest_first(store: Store, session: Loaded, alice: bytes, move_clock: Clock) -> None:
    move_clock(5)
    store.sessions.create("b.yml", alice, {}, tasks=[NewTask("u", "later", b"canary")])
    _claim(store)
    move_clock(3)
    later, earlier = store.tasks.listing()
    assert (later.id, later.state, later.waited, later.ran) == ("u", "waiting", None, None)
    assert (earlier.id, earlier.state, earlier.waited, earlier.ran) == ("t", "running", 5.0, 3.0)
    assert [item.id for item in store.tasks.listing("waiting")] == ["u"]
    assert [item.id for item in store.tasks.listing(most=1, skipped=1)] == ["t"]
    assert store.tasks.counts() == {"waiting": 1, "running": 1}
    assert store.tasks.counts_up_to(1) == {"waiting": 1, "running": 1, "done": 0, "failed": 0, "revoked": 0}
    assert store.tasks.listed("u") == later
    assert store.tasks.listed("unknown") is None


def test_a_task_is_found_by_the_beginning_of_its_id(store: Store, alice: bytes) -> None:
    wanted = [NewTask(name, "compute", b"") for name in ("Ab_1", "Ab_2", "ab_1", "Abx1", "-Ab", "Ab%1")]
    store.sessions.create("a.yml", alice, {}, tasks=wanted)
    found = {
        start: {item.id for item in store.tasks.beginning_with(start, most=9)} for start in ("Ab_", "Ab_1", "-", "A", "Ab%", "a")
    }
    assert found == {
        "Ab_": {"Ab_1", "Ab_2"},
        "Ab_1": {"Ab_1"},
        "-": {"-Ab"},
        "A": {"Ab_1", "Ab_2", "Abx1", "Ab%1"},
        "Ab%": {"Ab%1"},
        "a": {"ab_1"},
    }
    assert len(store.tasks.beginning_with("A")) == 2


@pytest.mark.parametrize("start", ["", "%", "_", "Ab_1 ", "Ab_1\0", "\0", "\ud800", "x" * 10_000, "é"])
def test_no_task_is_found_by_what_no_id_begins_with(store: Store, alice: bytes, start: str) -> None:
    store.sessions.create("a.yml", alice, {}, tasks=[NewTask("Ab_1", "compute", b"")])
    assert store.tasks.beginning_with(start) == []


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


def test_the_tasks_that_nobody_has_taken_can_be_counted(store: Store, session: Loaded) -> None:
    assert store.tasks.waiting() == 1
    _claim(store)
    assert store.tasks.waiting() == 0


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


def test_a_running_task_can_be_left_to_end_by_itself(store: Store, session: Loaded) -> None:
    assert store.tasks.claim("t", 30)
    assert not store.tasks.revoke("t", session.session_id, running=False)
    assert _report(store, session).state == "running"


def test_a_waiting_task_is_taken_from_the_queue(store: Store, session: Loaded) -> None:
    assert store.tasks.revoke("t", session.session_id, running=False)
    assert _report(store, session).state == "revoked"


def test_the_report_of_a_revoked_task_changes_nothing(store: Store, session: Loaded) -> None:
    claimed = _claim(store)
    assert store.tasks.revoke("t", session.session_id)
    assert not store.tasks.renew(claimed, 30)
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
