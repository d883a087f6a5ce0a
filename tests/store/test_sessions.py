"""Creating, loading, saving, undoing, listing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import event, func, insert, select
from sqlalchemy.exc import IntegrityError

from docassemble_lite.clock import naive_utc
from docassemble_lite.errors import AnswersNotStorable, SavedByAnother, SessionNotFound
from docassemble_lite.store.database import Store
from docassemble_lite.store.tables import session_people, steps, tasks
from docassemble_lite.store.tasks import NewTask

Clock = Callable[[float], None]


def _count(store: Store, table: object) -> int:
    with store.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0  # type: ignore[arg-type]


def test_what_is_created_can_be_loaded(store: Store, alice: bytes) -> None:
    made = store.sessions.create("a.yml", alice, {"name": "Ann", "n": [1, 2]}, {"asked": ["name"]}, title="Will", owner_id=7)
    loaded = store.sessions.load(made.session_id, alice)
    assert (loaded.answers, loaded.extra) == ({"name": "Ann", "n": [1, 2]}, {"asked": ["name"]})
    assert (loaded.interview, loaded.title, loaded.owner_id, loaded.step, loaded.version) == ("a.yml", "Will", 7, 1, 1)
    assert loaded == made


def test_what_is_saved_can_be_loaded(store: Store, alice: bytes) -> None:
    made = store.sessions.create("a.yml", alice, {})
    saved = store.sessions.save(made, {"x": 1}, "more", title="T", allow_cron=True, tags=["b", "a"], steps_offset=1, owner_id=3)
    loaded = store.sessions.load(made.session_id, alice)
    assert loaded == saved
    assert (loaded.answers, loaded.extra, loaded.version, loaded.step) == ({"x": 1}, "more", 2, 1)
    assert (loaded.title, loaded.allow_cron, sorted(loaded.tags)) == ("T", True, ["a", "b"])
    assert (loaded.steps_offset, loaded.owner_id) == (1, 3)


def test_columns_that_are_not_given_stay(store: Store, alice: bytes) -> None:
    made = store.sessions.create("a.yml", alice, {}, title="T", allow_cron=True, owner_id=3)
    store.sessions.save(made, {"x": 1})
    seen = store.sessions.peek(made.session_id)
    assert (seen.title, seen.allow_cron, seen.owner_id) == ("T", True, 3)


def test_a_save_goes_over_the_step_or_adds_one(store: Store, alice: bytes) -> None:
    made = store.sessions.create("a.yml", alice, {"x": 0})
    second = store.sessions.save(made, {"x": 1}, new_step=True)
    store.sessions.save(second, {"x": 2})
    loaded = store.sessions.load(made.session_id, alice)
    assert (loaded.step, loaded.answers, _count(store, steps)) == (2, {"x": 2}, 2)


def test_loading_is_one_select(store: Store, alice: bytes) -> None:
    made = store.sessions.create("a.yml", alice, {"x": 0})
    seen: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    store.sessions.load(made.session_id, alice)
    assert len(seen) == 1


def test_the_second_of_two_saves_is_refused_and_writes_nothing(store: Store, alice: bytes) -> None:
    """P1: an answer isn't overwritten by a writer that hadn't seen it."""
    made = store.sessions.create("a.yml", alice, {"x": 0})
    one, two = (store.sessions.load(made.session_id, alice) for _ in range(2))
    store.sessions.save(one, {"x": 1}, title="one")
    with pytest.raises(SavedByAnother):
        store.sessions.save(two, {"x": 2}, new_step=True, title="two", multi_user=True, tasks=[NewTask("t", "go", b"")])
    loaded = store.sessions.load(made.session_id, alice)
    assert (loaded.answers, loaded.title, loaded.multi_user, loaded.step) == ({"x": 1}, "one", False, 1)
    assert (_count(store, steps), _count(store, tasks)) == (1, 0)


def test_a_rolled_back_save_leaves_no_task(store: Store, alice: bytes, break_at: Callable[..., None]) -> None:
    """P8: whichever statement of a save fails, no task, no step and no column of it stays."""
    made = store.sessions.create("a.yml", alice, {"x": 0})
    made = store.sessions.save(made, {"x": 1}, new_step=True)
    # raise the version, write the step, convert the other one (3 statements), write the task
    for statement in range(1, 7):
        break_at(statement)
        with pytest.raises(break_at.Broken):  # type: ignore[attr-defined]
            store.sessions.save(made, {"x": 2}, new_step=True, multi_user=True, tasks=[NewTask("t", "go", b"")])
        break_at(None)
        loaded = store.sessions.load(made.session_id, alice)
        assert (loaded.answers, loaded.version, _count(store, steps), _count(store, tasks)) == ({"x": 1}, 2, 2, 0)
    store.sessions.save(made, {"x": 2}, new_step=True, multi_user=True, tasks=[NewTask("t", "go", b"")])
    assert (_count(store, steps), _count(store, tasks)) == (3, 1)


def test_the_session_of_another_is_not_found(store: Store, alice: bytes, bob: bytes) -> None:
    made = store.sessions.create("a.yml", alice, {"x": 0})
    for secret in (bob, b"", None):
        with pytest.raises(SessionNotFound) as foreign:
            store.sessions.load(made.session_id, secret)
        with pytest.raises(SessionNotFound) as missing:
            store.sessions.load("x" * 32, secret)
        assert str(foreign.value) == str(missing.value)


def test_a_plain_session_opens_for_whoever_knows_its_id(store: Store, alice: bytes, bob: bytes) -> None:
    made = store.sessions.create("a.yml", alice, {"x": 0}, multi_user=True)
    for secret in (alice, bob, None):
        assert store.sessions.load(made.session_id, secret).answers == {"x": 0}
    assert store.sessions.load_plain(made.session_id).answers == {"x": 0}


def test_the_server_itself_does_not_find_a_private_session(store: Store, alice: bytes) -> None:
    made = store.sessions.create("a.yml", alice, {"x": 0})
    with pytest.raises(SessionNotFound):
        store.sessions.load_plain(made.session_id)


def test_a_private_session_without_a_secret_is_not_made(store: Store) -> None:
    with pytest.raises(ValueError, match="Nobody could open"):
        store.sessions.create("a.yml", None, {})


def test_the_data_key_of_a_task_opens_the_session(store: Store, alice: bytes) -> None:
    made = store.sessions.create("a.yml", alice, {"x": 0})
    assert store.sessions.load_with_key(made.session_id, made.data_key).answers == {"x": 0}


@pytest.mark.parametrize("private_first", [True, False])
def test_a_change_of_multi_user_converts_every_step(store: Store, alice: bytes, bob: bytes, private_first: bool) -> None:
    made = store.sessions.create("a.yml", alice, {"x": 1}, multi_user=not private_first)
    second = store.sessions.save(made, {"x": 2}, new_step=True)
    third = store.sessions.save(second, {"x": 3}, new_step=True, multi_user=private_first)
    for secret in [alice, bob] if private_first else [alice]:
        loaded = store.sessions.load(made.session_id, secret)
        previous = store.sessions.load_previous(loaded)
        assert previous
        first = store.sessions.load_previous(previous)
        assert first
        assert [third.answers, previous.answers, first.answers] == [{"x": 3}, {"x": 2}, {"x": 1}]


def test_a_session_that_becomes_private_again_is_closed_to_others(store: Store, alice: bytes, bob: bytes) -> None:
    made = store.sessions.create("a.yml", alice, {"x": 1})
    plain = store.sessions.save(made, {"x": 2}, multi_user=True)
    store.sessions.save(plain, {"x": 3}, multi_user=False)
    assert store.sessions.load(made.session_id, alice).answers == {"x": 3}
    for secret in (bob, None):
        with pytest.raises(SessionNotFound):
            store.sessions.load(made.session_id, secret)


def test_who_makes_a_plain_session_private_can_open_it(store: Store, bob: bytes) -> None:
    made = store.sessions.create("a.yml", None, {"x": 1}, multi_user=True)
    store.sessions.save(store.sessions.load(made.session_id, bob), {"x": 2}, multi_user=False)
    assert store.sessions.load(made.session_id, bob).answers == {"x": 2}


def test_a_session_to_which_nobody_has_a_key_cannot_become_private(store: Store) -> None:
    made = store.sessions.create("a.yml", None, {"x": 1}, multi_user=True)
    with pytest.raises(AnswersNotStorable, match="multi_user"):
        store.sessions.save(made, {"x": 2}, multi_user=False)
    assert store.sessions.load(made.session_id, None).answers == {"x": 1}


def test_undo_gives_the_step_before_and_what_it_discards(store: Store, alice: bytes) -> None:
    made = store.sessions.create("a.yml", alice, {"x": 1}, "first")
    newest = store.sessions.save(made, {"x": 1, "y": 2}, "second", new_step=True)
    previous = store.sessions.load_previous(newest)
    assert previous
    assert (previous.answers, previous.extra, previous.discarded, previous.step) == ({"x": 1}, "first", {"x": 1, "y": 2}, 1)


def test_undo_changes_nothing_until_it_is_saved(store: Store, alice: bytes) -> None:
    made = store.sessions.create("a.yml", alice, {"x": 1})
    newest = store.sessions.save(made, {"x": 2}, new_step=True)
    previous = store.sessions.load_previous(newest)
    assert previous
    assert store.sessions.load(made.session_id, alice).answers == {"x": 2}
    store.sessions.save(previous, previous.answers)
    loaded = store.sessions.load(made.session_id, alice)
    assert (loaded.answers, loaded.step, _count(store, steps)) == ({"x": 1}, 1, 1)


def test_a_new_step_after_undo_takes_the_place_of_the_undone_ones(store: Store, alice: bytes) -> None:
    loaded = store.sessions.create("a.yml", alice, {"x": 1})
    for value in (2, 3):
        loaded = store.sessions.save(loaded, {"x": value}, new_step=True)
    previous = store.sessions.load_previous(loaded)
    assert previous
    first = store.sessions.load_previous(previous)
    assert first
    store.sessions.save(first, {"x": "other"}, new_step=True)
    again = store.sessions.load(loaded.session_id, alice)
    assert (again.answers, again.step, _count(store, steps)) == ({"x": "other"}, 2, 2)


def test_undo_is_fenced(store: Store, alice: bytes) -> None:
    """P14: Back from an old page removes nothing that was saved since."""
    made = store.sessions.create("a.yml", alice, {"x": 1})
    newest = store.sessions.save(made, {"x": 2}, new_step=True)
    previous = store.sessions.load_previous(newest)
    assert previous
    store.sessions.save(newest, {"x": 3}, new_step=True)
    with pytest.raises(SavedByAnother):
        store.sessions.save(previous, previous.answers)
    with pytest.raises(SavedByAnother):
        store.sessions.load_previous(newest)
    assert store.sessions.load(made.session_id, alice).answers == {"x": 3}


def test_there_is_nothing_before_the_first_step(store: Store, alice: bytes) -> None:
    assert store.sessions.load_previous(store.sessions.create("a.yml", alice, {})) is None


def test_restart_leaves_one_step_under_the_same_id(store: Store, alice: bytes) -> None:
    made = store.sessions.create("a.yml", alice, {"x": 1})
    newest = store.sessions.save(made, {"x": 2}, new_step=True, steps_offset=1)
    restarted = store.sessions.restart(newest, {"url_args": {}})
    loaded = store.sessions.load(made.session_id, alice)
    assert loaded == restarted
    assert (loaded.step, loaded.steps_offset, loaded.answers, _count(store, steps)) == (1, 0, {"url_args": {}}, 1)
    with pytest.raises(SavedByAnother):
        store.sessions.restart(newest, {})


def test_a_deleted_session_is_gone_with_its_tasks(store: Store, alice: bytes) -> None:
    made = store.sessions.create("a.yml", alice, {}, tasks=[NewTask("t", "go", b"")])
    store.sessions.delete(made)
    with pytest.raises(SessionNotFound):
        store.sessions.load(made.session_id, alice)
    assert (_count(store, steps), _count(store, tasks)) == (0, 0)
    with pytest.raises(SavedByAnother):
        store.sessions.save(made, {"x": 1})


def test_deleting_is_fenced(store: Store, alice: bytes) -> None:
    made = store.sessions.create("a.yml", alice, {})
    seen = store.sessions.peek(made.session_id)
    store.sessions.save(made, {"x": 1})
    with pytest.raises(SavedByAnother):
        store.sessions.delete(seen)
    assert store.sessions.load(made.session_id, alice).answers == {"x": 1}


def test_a_person_sees_the_own_sessions_newest_first(store: Store, alice: bytes, bob: bytes, move_clock: Clock) -> None:
    made = []
    for secret in (alice, alice, bob):
        made.append(store.sessions.create("a.yml", secret, {}))
        move_clock(1)
    store.sessions.save(made[0], {})
    assert [seen.session_id for seen in store.sessions.held_by(alice)] == [made[0].session_id, made[1].session_id]


def test_cron_finds_the_plain_sessions_that_allow_it_a_few_at_a_time(store: Store, alice: bytes) -> None:
    def make(interview: str = "a.yml", *, multi_user: bool = True, allow_cron: bool = True) -> str:
        made = store.sessions.create(interview, alice, {}, multi_user=multi_user, allow_cron=allow_cron)
        return made.session_id

    wanted = sorted(make() for _ in range(5))
    make(multi_user=False)
    make(allow_cron=False)
    make("b.yml")
    assert sorted(store.sessions.interviews_allowing_cron()) == ["a.yml", "b.yml"]
    first = store.sessions.ids_allowing_cron("a.yml", "", 3)
    assert first + store.sessions.ids_allowing_cron("a.yml", first[-1], 3) == wanted
    assert store.sessions.ids_allowing_cron("c.yml", "", 3) == []


def test_a_slot_is_claimed_once_and_never_an_earlier_one(store: Store, alice: bytes) -> None:
    """P16, P42."""
    ids = [store.sessions.create("a.yml", alice, {}).session_id for _ in range(2)]
    assert store.cron.claim(ids[0], "cron_daily", "2026-05-04")
    assert not store.cron.claim(ids[0], "cron_daily", "2026-05-04")
    assert store.cron.claim(ids[1], "cron_daily", "2026-05-04")
    assert store.cron.claim(ids[0], "cron_weekly", "2026-05-04")
    assert store.cron.claim(ids[0], "cron_daily", "2026-05-05")
    assert not store.cron.claim(ids[0], "cron_daily", "2026-05-04")
    assert store.cron.latest("cron_daily") == ""
    store.cron.note_end("cron_daily", "2026-05-05")
    store.cron.note_end("cron_daily", "2026-05-04")
    assert store.cron.latest("cron_daily") == "2026-05-05"


def test_only_persons_move_the_moment_of_the_last_access(store: Store, alice: bytes, move_clock: Clock) -> None:
    """P18: saves by tasks and cron don't count as an access; as a save they do."""
    made = store.sessions.create("a.yml", alice, {})
    move_clock(60)
    saved = store.sessions.save(made, {"x": 1})
    seen = store.sessions.peek(made.session_id)
    assert (seen.last_person_access, seen.modified > made.modified) == (made.last_person_access, True)
    store.sessions.save(saved, {"x": 1}, person_access=True)
    assert store.sessions.peek(made.session_id).last_person_access == seen.modified


def test_a_save_does_not_take_back_a_persons_access(store: Store, alice: bytes, move_clock: Clock) -> None:
    made = store.sessions.create("a.yml", alice, {})
    move_clock(60)
    store.sessions.note_person_access(made.session_id)
    noted = store.sessions.peek(made.session_id).last_person_access
    store.sessions.save(made, {"x": 1})
    assert store.sessions.peek(made.session_id).last_person_access == noted != made.last_person_access


def test_sessions_that_nobody_saved_for_long_are_found(store: Store, alice: bytes, move_clock: Clock) -> None:
    old = [store.sessions.create(name, alice, {}).session_id for name in ("a.yml", "b.yml", "b.yml")]
    move_clock(60)
    moment = store.sessions.create("a.yml", alice, {}).modified

    def found(interview: str, most: int) -> set[str]:
        return {seen.session_id for seen in store.sessions.unsaved_since(interview, moment, most)}

    assert sorted(store.sessions.interviews()) == ["a.yml", "b.yml"]
    assert found("a.yml", 10) == {old[0]}
    assert found("b.yml", 10) == set(old[1:])
    assert len(found("b.yml", 1)) == 1
    assert store.sessions.count_unsaved_since("b.yml", moment) == 2


def test_nothing_that_shows_a_session_shows_its_secrets(store: Store, alice: bytes) -> None:
    """P36: neither answers nor keys are in what a log would show."""
    made = store.sessions.create("a.yml", alice, {"x": "canary"}, "canary", tasks=[])
    shown = repr(made) + repr(store) + repr(store.vault)
    for secret in ("canary", alice.decode(), repr(bytes(made.data_key))[2:-1], bytes(made.data_key).hex()):
        assert secret not in shown


def test_an_error_of_the_database_shows_no_values(store: Store, alice: bytes) -> None:
    """P36: what was to be written doesn't get into logs by way of an error."""
    made = store.sessions.create("a.yml", alice, {}, tasks=[NewTask("t", "go", b"")])
    with pytest.raises(IntegrityError) as caught:
        store.sessions.save(made, {}, title="canary", tasks=[NewTask("t", "canary", b"canary")])
    assert "canary" not in str(caught.value)


def test_a_persons_list_has_the_own_sessions_and_the_plain_ones_in_which_the_person_was(store: Store, alice: bytes) -> None:
    def was_there(session_id: str, user_id: int) -> None:
        row = {"session_id": session_id, "user_id": user_id, "last_access": naive_utc()}
        with store.engine.begin() as connection:
            connection.execute(insert(session_people), row)

    own = store.sessions.create("a.yml", alice, {}, owner_id=7).session_id
    joined, closed = (
        store.sessions.create("a.yml", b"x", {}, owner_id=8, multi_user=plain).session_id for plain in (True, False)
    )
    store.sessions.create("a.yml", b"x", {}, owner_id=8)
    for session_id in (own, joined, closed):
        was_there(session_id, 7)
    assert {row.session_id for row in store.sessions.listing(7, alice, most=10)} == {own, joined}
    assert [row.session_id for row in store.sessions.listing(7, alice, most=10, session_id=joined)] == [joined]
    assert store.sessions.leave(7, session_id=joined) == 1
    assert [row.session_id for row in store.sessions.listing(7, alice, most=10)] == [own]
    assert store.sessions.delete_listed(7) == 2
    assert store.sessions.listing(7, alice, most=10) == []
    assert {row.session_id for row in store.sessions.listing(8, b"x", most=10)} >= {joined, closed}


@pytest.mark.parametrize("wanted", ["", "\0", "a\0b", "x" * 100_000, "é", "\ud800", "a\nb"])
def test_what_is_no_id_is_looked_up_nowhere_and_breaks_nothing(store: Store, alice: bytes, wanted: str) -> None:
    sessions = store.sessions
    for look in (lambda: sessions.load(wanted, alice), lambda: sessions.enter(wanted, alice), lambda: sessions.peek(wanted)):
        with pytest.raises(SessionNotFound):
            look()
    assert sessions.listing(None, alice, most=1, session_id=wanted or "-") == []
    assert store.tasks.listed(wanted) is None
    assert store.tasks.news(sessions.create("a.yml", alice, {}).session_id, "browser", [wanted]).states == {}
    store.tasks.confirm("x", "browser", [wanted])
