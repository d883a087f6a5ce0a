"""How soon a person sees that a background task has ended, and what it costs to hold the connections of waiting pages.

`python tests/benchmarks/pushes.py` drives `pushes.yml` in a real browser (Debian's chromium): from the end of a task, as it
stands in the store, to the change on the screen, with events and, as the baseline, with nothing but the six-second poll. Then
it has 500 waiting browsers connected to one web process, and measures another person's submits beside those without them.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import selectors
import shutil
import socket
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

from person import Person, read_form
from playwright.sync_api import Browser, Page, sync_playwright
from serving import Serving

from docassemble_lite.pokes import open_pokes, sockets
from docassemble_lite.store.database import open_store

HERE = Path(__file__).resolve().parent
INTERVIEW = HERE / "pushes.yml"
# the whole of it, as people have it, rather than its headless shell
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-headless-shell")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# long enough that the waiting screen has been there for a while, and different each time so that polls don't fall in step
TASK_SECONDS = (1.6, 2.9)
PATIENCE = 60.0

WATCH = """() => {
    window.endedAt = null;
    const look = () => {
        if (!window.endedAt && document.querySelector("h1")?.textContent.includes("It is done")) window.endedAt = Date.now();
    };
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
    look();
}"""


@dataclass(frozen=True)
class Effort:
    """How much is measured: tasks with events, tasks with the poll, waiting browsers, submits of another person."""

    pushed: int
    polled: int
    waiting: int
    submits: int


def say(name: str, value: str, aim: str = "") -> None:
    """Print a figure and what it should be."""
    print(f"{name:58} {value:>12}   {aim}", flush=True)


def say_times(name: str, milliseconds: list[float], aim: str = "") -> None:
    """Print median, 95th percentile and maximum."""
    ordered = sorted(milliseconds)
    say(f"{name}, median", f"{statistics.median(ordered):.0f} ms", aim)
    say(f"{name}, p95", f"{ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]:.0f} ms")
    say(f"{name}, slowest", f"{ordered[-1]:.0f} ms")


@contextmanager
def serving(**directives: Any) -> Iterator[Serving]:
    """A server with an empty data folder."""
    with tempfile.TemporaryDirectory() as folder:
        server = Serving(Path(folder), INTERVIEW, **directives)
        try:
            server.wait_for(f"/interview?i={INTERVIEW.name}")
            server.wait_until_idle()
            yield server
        finally:
            server.stop()


# --- from the end of a task to the screen ----------------------------------------------------------------------------------


def milliseconds_to_screen(server: Serving, browser: Browser, times: int, *, events: bool) -> list[float]:
    """For so many tasks, one after the other: from the end in the store to the change of the page."""
    store = open_store(server.settings)
    found = []
    for number in range(times):
        context = browser.new_context()
        page = context.new_page()
        if not events:
            page.route("**/events?*", lambda route: route.fulfill(status=204))
        first, last = TASK_SECONDS
        seconds = first + (last - first) * number / max(1, times - 1)
        changed_at = wait_for_end(page, f"http://{server.address[0]}:{server.address[1]}", seconds)
        (task,) = store.tasks.listing(most=1)
        assert task.ended
        found.append(changed_at - task.ended.replace(tzinfo=UTC).timestamp() * 1000)
        context.close()
    store.close()
    return found


def wait_for_end(page: Page, url: str, seconds: float) -> float:
    """Start a task that takes so long; the moment (milliseconds since 1970) at which its end is on the page."""
    page.goto(f"{url}/interview?i={INTERVIEW.name}")
    page.get_by_label("Seconds").fill(str(seconds))
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name=re.compile("A moment|It is done")).wait_for()
    page.evaluate(WATCH)
    page.get_by_role("heading", name="It is done").wait_for(timeout=PATIENCE * 1000)
    return float(page.evaluate("window.endedAt"))


# --- many waiting browsers ---------------------------------------------------------------------------------------------------


class WaitingBrowser:
    """A browser whose page waits, as far as the server is concerned: it is in a session and is to be told when to look."""

    def __init__(self, address: tuple[str, int]) -> None:
        person = Person(*address, INTERVIEW.name)
        person.begin()
        self.session = dict(read_form(person.page).filled)["_session"]
        self.cookies = person.cookies
        person.close()
        self.connection = socket.create_connection(address, timeout=PATIENCE)
        path = f"/events?i={INTERVIEW.name}&session={self.session}"
        cookie = "; ".join(f"{key}={value}" for key, value in self.cookies.items())
        self.connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {address[0]}\r\nCookie: {cookie}\r\n\r\n".encode())
        head = b""
        while b"\r\n\r\n" not in head:
            head += self.connection.recv(4096)
        self.status = int(head.split()[1])
        # the rest of the beginning: when to connect again
        if self.status == 200 and b"retry" not in head:
            self.connection.recv(4096)


def measure_submits(address: tuple[str, int], times: int) -> list[float]:
    """Milliseconds of so many submits of one person, each in a new session."""
    person = Person(*address, INTERVIEW.name)
    taken = []
    for _ in range(times):
        person.begin()
        taken.append(1000 * submit_once(person))
    person.close()
    return taken


def submit_once(person: Person) -> float:
    """Post an answer that won't do: it is judged, and the screen comes again; seconds."""
    form = read_form(person.page)
    body = "&".join(f"{key}={value}" for key, value in form.filled if key in ("csrf_token", "_tracker", "_session"))
    begun = time.perf_counter()
    answer, _ = person._exchange("POST", form.action, body)
    if answer.status != 422:
        raise RuntimeError(f"The server answered {answer.status}.")
    return time.perf_counter() - begun


def poke_all(server: Serving, browsers: list[WaitingBrowser]) -> list[float]:
    """Poke the session of each; milliseconds until each has heard of it."""
    # a listener on a busy machine may get no turn for longer than a page waits
    sockets._PATIENCE = PATIENCE
    pokes = open_pokes(server.settings)
    selector = selectors.DefaultSelector()
    for browser in browsers:
        browser.connection.setblocking(False)
        selector.register(browser.connection, selectors.EVENT_READ, browser)
    begun, heard = {}, []
    for browser in browsers:
        begun[browser.session] = time.perf_counter()
        pokes.send(browser.session)
    end = time.perf_counter() + PATIENCE
    waiting = {browser.session for browser in browsers}
    while waiting and time.perf_counter() < end:
        for key, _ in selector.select(1.0):
            if b"look" in key.fileobj.recv(4096) and key.data.session in waiting:  # type: ignore[union-attr]
                waiting.discard(key.data.session)
                heard.append(1000 * (time.perf_counter() - begun[key.data.session]))
    if waiting:
        raise RuntimeError(f"{len(waiting)} pages heard nothing.")
    return heard


def web_memory(server: Serving) -> float:
    """Megabytes (10⁶ bytes) that the web process takes."""
    return sum(item.rss for item in server.memory() if item.name == "web")


def report(effort: Effort) -> None:
    """Measure everything, and print each figure as soon as it is known."""
    print(f"{'':58} {'measured':>12}   aim")
    with serving() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        milliseconds_to_screen(server, browser, 1, events=True)
        say_times(
            "end of a task to screen, told", milliseconds_to_screen(server, browser, effort.pushed, events=True), "<= 150 ms"
        )
        say_times(
            "end of a task to screen, six-second poll", milliseconds_to_screen(server, browser, effort.polled, events=False)
        )
        browser.close()
    with serving(web_processes=1, event_connections=effort.waiting) as server:
        report_waiting(server, effort)


def report_waiting(server: Serving, effort: Effort) -> None:
    """What waiting pages cost one web process."""
    measure_submits(server.address, effort.submits)
    alone = measure_submits(server.address, effort.submits)
    say("a submit, nobody waits, median", f"{statistics.median(alone):.2f} ms")
    memory = web_memory(server)
    browsers = [WaitingBrowser(server.address) for _ in range(effort.waiting)]
    held = sum(browser.status == 200 for browser in browsers)
    say("waiting pages that one web process holds", str(held), str(effort.waiting))
    beside = measure_submits(server.address, effort.submits)
    say(f"a submit, {held} pages wait, median", f"{statistics.median(beside):.2f} ms")
    say(f"a submit, {held} pages wait / nobody waits", f"{statistics.median(beside) / statistics.median(alone):.2f}")
    say("memory a waiting page", f"{1000 * (web_memory(server) - memory) / max(1, held):.0f} kB")
    say_times("from a poke to each page, all poked at once", poke_all(server, browsers))
    one_more = WaitingBrowser(server.address)
    say("what one more page is answered", str(one_more.status), "204")


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="see that everything works, in half a minute")
    options = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    full = Effort(pushed=40, polled=20, waiting=500, submits=200)
    report(Effort(pushed=2, polled=1, waiting=20, submits=10) if options.short else full)


if __name__ == "__main__":
    main()
