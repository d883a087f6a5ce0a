"""What the sweeper does with tasks whose workers couldn't give a sign of life because the store was away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest

from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store
from docassemble_lite.store.loaded import Loaded
from docassemble_lite.store.tasks import NewTask
from docassemble_lite.worker import sweeper as sweeping
from docassemble_lite.worker.sweeper import Sweeper
from docassemble_lite.worker.watch import LOOK

HEARTBEAT = 0.3


@pytest.fixture
def session(store: Store, alice: bytes) -> Loaded:
    return store.sessions.create("test.yml", alice, {"_internal": {}})


@pytest.fixture
def sweeper(settings: Settings) -> Iterator[Sweeper]:
    made = Sweeper(replace(settings, task_heartbeat=HEARTBEAT))
    yield made
    made.store.close()


def test_a_worker_gets_the_time_for_its_next_look_before_its_task_is_taken_for_lost(
    store: Store,
    session: Loaded,
    sweeper: Sweeper,
    move_clock: Callable[[float], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moment = [100.0]
    monkeypatch.setattr(sweeping, "time", SimpleNamespace(monotonic=lambda: moment[0]))
    store.sessions.save(session, session.answers, tasks=[NewTask("a-task", "work", b"")])
    assert store.tasks.claim("a-task", 1.5)
    move_clock(2.0)

    def state_after(seconds: float) -> str:
        moment[0] = 100.0 + seconds
        sweeper.end_lost()
        report = store.tasks.report("a-task", session.session_id, session.data_key)
        assert report
        return report.state

    # one that looked in vain just before the store was there again looks once more
    assert [state_after(seconds) for seconds in (0, HEARTBEAT, HEARTBEAT + LOOK)] == ["running"] * 3
    assert state_after(HEARTBEAT + 2 * LOOK + 0.1) == "failed"
