"""What check-ins cost the server, beside what a screen costs it in the same run.

`python tests/benchmarks/checkins.py` opens `checkins.yml`, a screen of 10 fields, once and a hundred times, has each page
check in again and again, and prints for each kind of check-in how many there are a second, how long one takes, and what
processor time the web processes use for one. `--database` is a URL of SQLAlchemy, SQLite without it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from person import Person, read_form
from serving import Serving

INTERVIEW = Path(__file__).resolve().parent / "checkins.yml"
PAGE = f"/interview?i={INTERVIEW.name}"
SCREEN = "a screen"
# kind of check-in → what the person has typed, which the action looks at; None: the page has nothing to run
KINDS = {
    "nothing to tell": None,
    "an action that does nothing": "doing nothing",
    "an action that changes an answer": "changing an answer",
    "an action that fills in fields": "filling in fields",
}


@dataclass(frozen=True)
class Cost:
    """Of one kind of request: how many a second, milliseconds of each, and of the processor for each."""

    rate: float
    median: float
    p95: float
    server_cpu: float


class Opened(Person):
    """A page that is open in a browser."""

    def check_in(self, typed: str | None) -> None:
        """Check in; with something typed, for the action of the screen."""
        known = dict(read_form(self.page).filled)
        sent = {"action": "checkin", "checkinCode": "1"} | {key: known[key] for key in ("csrf_token", "_session", "_tracker")}
        if typed is not None:
            sent |= {"do_action": "listen", "parameters": json.dumps({"name": typed, "_initial": False, "_changed": None})}
        answer = json.loads(self._follow("POST", f"/checkin?i={INTERVIEW.name}", urlencode(sent)))
        if not answer["success"] or answer.get("reload"):
            raise RuntimeError(f"the page is out of date: {answer}")


def measure(server: Serving, pages: Sequence[Opened], seconds: float, work: Callable[[Opened], object]) -> Cost:
    """Have the pages do something, one after the other, until the time is over."""
    taken: list[float] = []
    cpu, begun = server.web_cpu_seconds(), time.perf_counter()
    while time.perf_counter() < begun + seconds or len(taken) < max(2, len(pages)):
        page = pages[len(taken) % len(pages)]
        start = time.perf_counter()
        work(page)
        taken.append(time.perf_counter() - start)
    whole = time.perf_counter() - begun
    used = (server.web_cpu_seconds() - cpu) / len(taken)
    return Cost(len(taken) / whole, statistics.median(taken) * 1e3, statistics.quantiles(taken, n=20)[-1] * 1e3, used * 1e3)


def measure_by_turns(server: Serving, pages: Sequence[Opened], seconds: float, rounds: int) -> dict[str, Cost]:
    """Each kind of request by turns, the best round of each: whatever else the machine does only adds to them."""
    works: dict[str, Callable[[Opened], object]] = {SCREEN: Opened.submit}
    works |= {kind: lambda page, typed=typed: page.check_in(typed) for kind, typed in KINDS.items()}
    found = [{kind: measure(server, pages, seconds, work) for kind, work in works.items()} for _ in range(rounds)]
    return {kind: min((costs[kind] for costs in found), key=lambda cost: cost.server_cpu) for kind in works}


def say(name: str, cost: Cost, screen: Cost) -> None:
    """Print what one kind of request costs, beside a screen."""
    # the system counts in hundredths of a second, of which few screens may use none
    share = cost.server_cpu / screen.server_cpu if screen.server_cpu else float("nan")
    print(
        f"{name:52} {cost.rate:8.1f} a second  median {cost.median:6.2f} ms  p95 {cost.p95:6.2f} ms"
        f"  server {cost.server_cpu:6.2f} ms  {share:5.0%} of a screen",
        flush=True,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="")
    parser.add_argument("--short", action="store_true", help="only show that it works")
    options = parser.parse_args()
    seconds, rounds, counts = (0.3, 1, (1, 3)) if options.short else (2.0, 4, (1, 100))
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        server = Serving(Path(folder), INTERVIEW, options.database)
        stack.callback(server.stop)
        server.wait_for(PAGE)
        server.wait_until_idle()
        for count in counts:
            pages = [Opened(*server.address, INTERVIEW.name) for _ in range(count)]
            for page in pages:
                stack.callback(page.close)
                page.begin()
            costs = measure_by_turns(server, pages, seconds, rounds)
            many = "1 open page" if count == 1 else f"{count} open pages"
            for kind, cost in costs.items():
                say(f"{many}: {kind}", cost, costs[SCREEN])


if __name__ == "__main__":
    main()
