"""Counters beside the answers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from docassemble_lite.store.database import Store
from docassemble_lite.store.tables import counters


def test_a_counter_counts_from_nothing(store: Store) -> None:
    assert store.counters.number("task", "a") == 0
    store.counters.count("task", "a")
    store.counters.count("task", "a")
    assert (store.counters.number("task", "a"), store.counters.number("task", "b")) == (2, 0)


def test_a_counter_can_be_put_anywhere(store: Store) -> None:
    store.counters.put("a", number=5)
    store.counters.count("a")
    assert store.counters.number("a") == 6
    store.counters.put("a", number=0)
    assert store.counters.number("a") == 0


def test_words_that_are_cut_in_another_way_are_other_words(store: Store) -> None:
    store.counters.count("ab", "c")
    assert store.counters.number("a", "bc") == 0


def test_what_was_counted_can_be_taken_once(store: Store) -> None:
    assert not store.counters.take("a")
    store.counters.count("a")
    assert [store.counters.take("a"), store.counters.take("a"), store.counters.number("a")] == [True, False, 0]


def test_nobody_s_count_is_lost(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: store.counters.count("a"), range(40)))
    assert store.counters.number("a") == 40


def test_a_session_s_counters_go_with_it_and_stay_when_it_is_restarted(store: Store, alice: bytes) -> None:
    made = store.sessions.create("a.yml", alice, {})
    store.counters.count("a", session_id=made.session_id)
    store.counters.count("b")
    saved = store.sessions.restart(made, {})
    assert store.counters.number("a") == 1
    store.sessions.delete(saved)
    assert (store.counters.number("a"), store.counters.number("b")) == (0, 1)


def test_the_table_holds_no_words(store: Store) -> None:
    store.counters.count("canary")
    with store.engine.connect() as connection:
        assert "canary" not in str(connection.execute(select(counters)).all())
