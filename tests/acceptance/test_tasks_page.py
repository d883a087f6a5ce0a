"""`/tasks`: what those who run the server see of background tasks and do with them, and what others don't."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser

from docassemble_lite import clock
from docassemble_lite.store.tasks import NewTask
from tests.acceptance.accounts import PASSWORD, add_person
from tests.acceptance.failing import CANARY, INTERVIEW, NAME, heading_when_over, mend, start_task
from tests.acceptance.in_process import Client, application, store_of
from tests.acceptance.preview import take_complaints
from tests.acceptance.test_accessibility import assert_well_made
from tests.acceptance.visitor import Page, Visitor
from tests.browsing import open_tab

MOMENT = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
DEEDS = ("run-again", "revoke")


@pytest.fixture
def move_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves the clock by so many seconds; it stands still otherwise."""
    moment = [MOMENT]
    monkeypatch.setattr(clock, "now", lambda: moment[0])

    def move(seconds: float) -> None:
        moment[0] += timedelta(seconds=seconds)

    return move


@pytest.fixture
def app(tmp_path: Path, move_clock: Callable[[float], None]) -> Iterator[Flask]:
    """An application with people of all kinds, and the tasks "waits", "runs", "fails", "ends", each a minute after the next."""
    with application(tmp_path, {NAME: INTERVIEW}) as made:
        store = store_of(made)
        for name in ("admin", "advocate", "developer", "trainer", "user"):
            store.people.add(f"{name}@example.com", PASSWORD, privileges=[name])
        for name in ("ends", "fails", "runs", "waits"):
            tasks = [NewTask(f"id-{name}", name, CANARY.encode())]
            store.sessions.create(NAME, b"secret", {"full_name": CANARY}, tasks=tasks)
            move_clock(60)
            claimed = store.tasks.claim(f"id-{name}", 3600) if name != "waits" else None
            move_clock(3.2)
            if claimed and name != "runs":
                end = claimed.finished("done", CANARY.encode())
                store.tasks.finish(end if name == "ends" else claimed.finished("failed", CANARY.encode(), "ZeroDivisionError"))
        yield made


@pytest.fixture
def admin(app: Flask) -> Client:
    return Client(app).sign_in("admin@example.com")


def listed(page: Page) -> list[str]:
    """The ids of the tasks on a page."""
    return re.findall(r'id="task-([^"]+)"', page.text)


def states(app: Flask) -> dict[str, str]:
    """id → state of every task."""
    return {task.id: task.state for task in store_of(app).tasks.listing()}


# --- who may ---------------------------------------------------------------------------------------------------------


def test_whoever_is_not_signed_in_is_asked_to_and_comes_back(app: Flask) -> None:
    somebody = Client(app)
    page = somebody.get("/tasks?state=failed")
    assert (page.heading, page.url) == ("Sign in", "/user/sign-in?next=/tasks?state%3Dfailed")
    went_on = somebody.post("/user/sign-in", email="admin@example.com", password=PASSWORD, next="/tasks?state=failed")
    assert (went_on.heading, listed(went_on)) == ("Background tasks", ["id-fails"])


@pytest.mark.parametrize("name", ["admin", "developer"])
def test_those_who_run_the_server_see_the_tasks(app: Flask, name: str) -> None:
    somebody = Client(app).sign_in(f"{name}@example.com")
    assert 'href="/tasks">Tasks' in somebody.get("/list").text
    assert listed(somebody.get("/tasks")) == ["id-waits", "id-runs", "id-fails", "id-ends"]


@pytest.mark.parametrize("name", ["advocate", "trainer", "user"])
def test_p31_others_see_and_do_nothing(app: Flask, name: str) -> None:
    """P31: it makes no difference to them whether there is such a task."""
    somebody = Client(app).sign_in(f"{name}@example.com")
    before = states(app)
    assert "/tasks" not in somebody.get("/list").text
    answers = [somebody.get("/tasks")]
    answers += [somebody.post(f"/tasks/{task}/{deed}") for task in ("id-fails", "id-waits", "unknown") for deed in DEEDS]
    assert {(page.status, page.heading) for page in answers} == {(403, "This is not for you")}
    assert [page for page in answers if "id-" in page.words] == []
    assert states(app) == before


def test_p31_whoever_is_not_signed_in_does_nothing(app: Flask) -> None:
    before = states(app)
    answers = [Client(app).post(f"/tasks/{task}/{deed}") for task in ("id-fails", "unknown") for deed in DEEDS]
    assert {(page.status, page.url) for page in answers} == {(200, "/user/sign-in?next=/tasks")}
    assert states(app) == before


def test_a_privilege_that_is_taken_away_is_gone_at_once(app: Flask, admin: Client) -> None:
    people = store_of(app).people
    somebody = people.find("admin@example.com")
    assert somebody
    people.set_privileges(somebody, [])
    assert admin.get("/tasks").status == 403


# --- what is shown ---------------------------------------------------------------------------------------------------


def test_tasks_are_shown_with_how_they_stand(admin: Client) -> None:
    words = admin.get("/tasks").words
    assert "All 4 Waiting 1 Running 1 Done 1 Failed 1 Revoked 0" in words
    assert "failing.yml ends Id id-ends Done 2026-05-04 08:00:00 1 min 3.2 s 1" in words
    assert "failing.yml fails Id id-fails Failed Error: ZeroDivisionError 2026-05-04 08:01:03 1 min 3.2 s 1 Run again" in words
    assert "failing.yml runs Id id-runs Running 2026-05-04 08:02:06 1 min 1 min 1 Revoke" in words
    assert "failing.yml waits Id id-waits Waiting 2026-05-04 08:03:09 0 Revoke" in words
    assert "America/New_York" in words


def test_p36_nothing_of_answers_arguments_results_and_keys_is_shown(admin: Client) -> None:
    """P36: the store of this test is full of the canary."""
    assert CANARY not in admin.get("/tasks").text


def test_times_are_those_of_the_person(app: Flask) -> None:
    store_of(app).people.add("kiri@example.com", PASSWORD, privileges=["admin"], timezone="Asia/Tokyo")
    page = Client(app).sign_in("kiri@example.com").get("/tasks")
    assert "2026-05-04 21:00:00" in page.words
    assert "Asia/Tokyo" in page.words
    assert 'datetime="2026-05-04T21:00:00+09:00"' in page.text


@pytest.mark.parametrize(("state", "ids"), [("failed", ["id-fails"]), ("revoked", []), ("nonsense", None), ("", None)])
def test_a_state_chooses_the_tasks_that_are_in_it(admin: Client, state: str, ids: list[str] | None) -> None:
    page = admin.get(f"/tasks?state={state}")
    assert listed(page) == (["id-waits", "id-runs", "id-fails", "id-ends"] if ids is None else ids)
    assert ("There are no such tasks." in page.words) == (ids == [])


def test_long_lists_have_pages(app: Flask, admin: Client) -> None:
    tasks = [NewTask(f"more-{number:03}", "work", b"") for number in range(120)]
    store_of(app).sessions.create(NAME, b"secret", {}, tasks=tasks)
    first, second, third = (admin.get(path) for path in ("/tasks?state=waiting", "/tasks?state=waiting&page=2", "/tasks?page=3"))
    assert listed(first) == [f"more-{number:03}" for number in range(50)]
    assert listed(second) == [f"more-{number:03}" for number in range(50, 100)]
    assert listed(third) == [*(f"more-{number:03}" for number in range(100, 120)), "id-waits", "id-runs", "id-fails", "id-ends"]
    assert 'href="/tasks?state=waiting&amp;page=2" rel="next"' in first.text
    assert 'href="/tasks?state=waiting" rel="prev"' in second.text
    assert 'rel="next"' not in third.text


@pytest.mark.parametrize("page", ["0", "-1", "1e9", "x", "%00", "9" * 18, "9" * 5000, "٣٣٣", ""])
def test_odd_numbers_of_pages_are_no_errors(admin: Client, page: str) -> None:
    assert admin.get(f"/tasks?page={page}").status == 200


@pytest.mark.parametrize("name", ['<script>alert(1)</script>"', "{{ 7 * 7 }}", "'; DROP TABLE tasks --", "\u202egnp.exe"])
def test_p27_names_of_interviews_actions_and_errors_stay_text(app: Flask, admin: Client, name: str) -> None:
    store = store_of(app)
    store.sessions.create(name, b"secret", {}, tasks=[NewTask("odd", name, b"")])
    claimed = store.tasks.claim("odd", 60)
    assert claimed
    store.tasks.finish(claimed.finished("failed", None, name))
    page = admin.post("/tasks/odd/run-again")
    assert page.status == 200
    assert "<script>alert(1)" not in page.text
    assert name in page.words


# --- what is done ----------------------------------------------------------------------------------------------------


def test_a_failed_task_is_run_again(app: Flask, admin: Client) -> None:
    page = admin.post("/tasks/id-fails/run-again", state="failed")
    assert "“fails” of failing.yml waits to be run again." in page.words
    assert page.url == "/tasks?state=failed"
    assert states(app)["id-fails"] == "waiting"
    assert "waits to be run again" not in admin.get("/tasks").words


@pytest.mark.parametrize("task", ["id-waits", "id-runs", "id-ends"])
def test_only_a_failed_task_is(app: Flask, admin: Client, task: str) -> None:
    before = states(app)
    assert "can't be run again" in admin.post(f"/tasks/{task}/run-again").words
    assert states(app) == before


def test_a_failed_task_whose_key_is_gone_is_not(app: Flask, admin: Client, move_clock: Callable[[float], None]) -> None:
    move_clock(8 * 86400)
    store_of(app).tasks.forget_keys(7 * 86400)
    assert "/run-again" not in admin.get("/tasks").text
    assert "can't be run again" in admin.post("/tasks/id-fails/run-again").words
    assert states(app)["id-fails"] == "failed"


@pytest.mark.parametrize("task", ["id-waits", "id-runs"])
def test_a_task_that_is_not_over_is_revoked(app: Flask, admin: Client, task: str) -> None:
    page = admin.post(f"/tasks/{task}/revoke", page="2")
    assert "is revoked." in page.words
    assert page.url == "/tasks?page=2"
    assert states(app)[task] == "revoked"


@pytest.mark.parametrize("task", ["id-fails", "id-ends"])
def test_a_task_that_is_over_is_not(app: Flask, admin: Client, task: str) -> None:
    before = states(app)
    assert "can't be revoked" in admin.post(f"/tasks/{task}/revoke").words
    assert states(app) == before


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize(
    "task", ["unknown", "id", "ID-FAILS", "%25", "id-fails%00", "%00", "%ed%a0%80", "x" * 1000, "..%2ffails"]
)
def test_a_task_that_is_not_there_is_not_found(app: Flask, admin: Client, task: str, deed: str) -> None:
    before = states(app)
    assert admin.post(f"/tasks/{task}/{deed}").status == 404
    assert states(app) == before


# --- a real server ---------------------------------------------------------------------------------------------------


@pytest.fixture
def running(server: Callable[..., Any]) -> Any:
    """A server with a task that fails, and Ada, who runs it."""
    started = server({NAME: INTERVIEW})
    add_person(started, "ada@example.com", "admin")
    return started


def task_on(page: Page) -> str:
    (task,) = listed(page)
    return task


def test_p38_a_task_that_really_failed_is_run_again_and_its_person_gets_the_result(running: Any, eventually: Any) -> None:
    """P38: by hand, after what was wrong was mended."""
    person = start_task(running)
    assert heading_when_over(person, eventually) == "Failed"
    ada = Visitor(running.url)
    page = ada.sign_in("ada@example.com", PASSWORD, next="/tasks?state=failed")
    assert "write_letter" in page.words
    assert "ValueError" in page.words
    assert CANARY not in page.text
    mend(running)
    token = dict(page.forms["da-sign-out"])["csrf_token"]
    again = ada.post(f"/tasks/{task_on(page)}/run-again", [("csrf_token", token)])
    assert "waits to be run again" in again.words
    eventually(lambda: listed(ada.get("/tasks?state=done")), "the task is done")
    assert person.show(NAME).heading == "Dear " + CANARY
    assert 'action="task_run_again"' in running.log
    assert CANARY not in running.log


def test_p38_a_task_in_the_queue_is_revoked_and_never_run(running: Any, eventually: Any) -> None:
    worker = eventually(lambda: running.child("worker"), "the worker runs")
    mend(running)
    worker.suspend()
    start_task(running)
    ada = Visitor(running.url)
    page = ada.sign_in("ada@example.com", PASSWORD, next="/tasks")
    token = dict(page.forms["da-sign-out"])["csrf_token"]
    revoked = ada.post(f"/tasks/{task_on(page)}/revoke", [("csrf_token", token)])
    assert "is revoked." in revoked.words
    worker.resume()
    eventually(lambda: 'action="task_not_waiting"' in running.log, "the worker has looked at the task")
    assert listed(ada.get("/tasks?state=revoked")) == [task_on(page)]
    assert 'action="task_started"' not in running.log


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_is_used_in_a_browser(running: Any, eventually: Any, browser: Browser, width: int) -> None:
    assert heading_when_over(start_task(running), eventually) == "Failed"
    with open_tab(browser, viewport={"width": width, "height": 800}) as tab:
        complaints = take_complaints(tab)
        tab.goto(running.url + "/tasks")
        tab.get_by_label("E-mail address").fill("ada@example.com")
        tab.get_by_label("Password").fill(PASSWORD)
        tab.keyboard.press("Enter")
        tab.get_by_role("heading", name="Background tasks").wait_for()
        assert_well_made(tab)
        assert tab.get_by_role("row").filter(has_text="write_letter").get_by_role("cell").filter(has_text="Failed").count() == 1
        mend(running)
        tab.get_by_role("button", name="Run again write_letter").click()
        tab.get_by_role("status").filter(has_text="waits to be run again").wait_for()
        assert_well_made(tab)

        def is_done() -> bool:
            tab.get_by_role("link", name="Refresh").click()
            return tab.get_by_role("cell").filter(has_text="Done").count() == 1

        eventually(is_done, "the page shows that the task is done")
        tab.get_by_role("link", name="Failed 0").click()
        tab.get_by_text("There are no such tasks.").wait_for()
        assert complaints == []
