"""Attacks background tasks with real faults, and counts what they did to them.

`python tests/faults/tasks_under_fire.py` starts two web processes, two workers, a database and a broker, has people start
tasks and post words in many sessions, and meanwhile kills, stops, cuts off and empties whatever there is, as the plan of
the seed says. In the end it repairs everything, waits until all is quiet, and compares what people were told with what is
there. The exit code is 0 if nothing is wrong, 1 otherwise, and then the evidence is printed.

With `--machines`, each part is on a machine of its own, people speak to nginx and send e-mails, and a scheduled task runs where
they are; a machine is cut off, paused, left without power, and brought back.

With `--rolling` as well, nothing goes wrong: web servers, workers and the receiver of e-mails are replaced, one after the other,
as when a new version is brought in, and no request may fail.
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path

from fire.account import ZEROS, Account, Problem, count_open, drawn_up, wait_until_quiet
from fire.crontab import read_record
from fire.faults import Fire
from fire.network import go_inside
from fire.people import Circle, Ledger, Person
from fire.place import Place
from fire.plan import Fault, deeds, faults, replacements
from fire.recovery import Recovery, examine
from fire.relays import Relay
from fire.waiting import PATIENCE
from sqlalchemy.exc import SQLAlchemyError

# people in one session, and people who have theirs for themselves
CIRCLES = (2, 2, 3)
CIRCLES_OF_MACHINES = (2, 2)
LONERS = 4
# faults that go on or wait for their moment at a time
AT_ONCE = 5
# people are ahead when so many tasks are open, or they have done so much more than the faults have come to
MOST_OPEN, AHEAD = 60, 30
GLANCE = 0.1
# problems of one kind, and lines of logs about one problem, that are printed
MOST_PROBLEMS, MOST_LINES = 10, 25


class Attack:
    """People and faults, until there were enough of both or the time is up."""

    def __init__(self, place: Place, options: argparse.Namespace) -> None:
        self.place = place
        self.options = options
        self.ledger = Ledger()
        self.relay = Relay(place.machines["mail"].address) if place.machines else None
        self.fire = Fire(place, options.seed)
        self.plan = plan_of(options)
        self.at_once = 1 if options.rolling else AT_ONCE
        self.people = self._people()
        self.end = time.monotonic() + 60 * options.minutes
        self._going_on: list[Future[bool]] = []

    @property
    def happened(self) -> int:
        """The number of faults so far."""
        return sum(self.fire.done.values())

    def run(self) -> None:
        """Go on until it is over."""
        for person in self.people:
            person.start()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            while not self._enough() and time.monotonic() < self.end:
                self._going_on = [fault for fault in self._going_on if not _result_if_over(fault)]
                if self._next_is_due():
                    self._going_on.append(pool.submit(self.fire.do, next(self.plan)))
                self._pace()
                time.sleep(GLANCE)
            self.fire.over.set()
        for fault in self._going_on:
            fault.result()
        for person in self.people:
            person.over.set()

    def finish(self) -> list[str]:
        """Repair everything, and wait until the people have stopped; what doesn't work any more."""
        self.fire.put_out()
        for person in self.people:
            person.join()
        if self.relay is None:
            return []
        stuck = self.relay.wait(PATIENCE)
        return [f"the e-mail {letter.subject} isn't taken in ({letter.refused or 'put off'})" for letter in stuck]

    def _people(self) -> list[Person]:
        circles = [circle for size in circles_of(self.options) for circle in [Circle(shared=True)] * size]
        circles += [Circle(shared=False) for _ in range(LONERS)]
        return [
            Person(number, self.options.seed, circle, self.ledger, self.place.addresses, self.relay)
            for number, circle in enumerate(circles)
        ]

    @property
    def _done(self) -> int:
        """How much people have done of what they are to do: operations, or tasks."""
        return self.ledger.operations if self.options.operations else self.ledger.started

    @property
    def _wanted(self) -> int:
        return int(self.options.operations or self.options.tasks)

    def _enough(self) -> bool:
        return self.happened >= self.options.faults and self._done >= self._wanted

    def _next_is_due(self) -> bool:
        begun = self.happened + len(self._going_on)
        due = self._done * self.options.faults / self._wanted + 1
        return len(self._going_on) < self.at_once and begun < min(due, self.options.faults)

    def _pace(self) -> None:
        """Let people be slower when they are ahead of the faults, or of the workers."""
        share = self._wanted / max(1, self.options.faults)
        ahead = self._done > self.happened * share + max(AHEAD, 3 * share) or self._open() > MOST_OPEN
        for person in self.people:
            (person.slower.set if ahead else person.slower.clear)()

    def _open(self) -> int:
        try:
            return count_open(self.place.store)
        except SQLAlchemyError:
            # the database is being treated badly
            return 0


def plan_of(options: argparse.Namespace) -> Iterator[Fault]:
    """What is done to the server."""
    if options.rolling:
        return replacements()
    return faults(options.seed, options.database, options.broker, machines=options.machines)


def circles_of(options: argparse.Namespace) -> tuple[int, ...]:
    """How many people there are in each of the sessions that several share."""
    return CIRCLES_OF_MACHINES if options.machines else CIRCLES


def _result_if_over(fault: Future[bool]) -> bool:
    """Whether it is over; raises what it raised."""
    if not fault.done():
        return False
    fault.result()
    return True


# --- printing ------------------------------------------------------------------------------------------------------------


def say(name: str, value: object) -> None:
    """Print one figure."""
    print(f"{name + ':':32} {value}", flush=True)


def print_plan(options: argparse.Namespace) -> None:
    """Print what a seed has people do and what it does to them."""
    for number in range(sum(circles_of(options)) + LONERS):
        planned_deeds = islice(deeds(options.seed, number, machines=options.machines), 8)
        done = (" ".join(word for word in (deed.what, deed.kind) if word) for deed in planned_deeds)
        print(f"person {number}: {', '.join(done)}, …")
    for number, fault in enumerate(islice(plan_of(options), options.faults), 1):
        print(f"fault {number}: {fault}")


def print_figures(attack: Attack, account: Account, recovery: Recovery, seconds: float) -> None:
    """Print what happened and what came of it."""
    ledger, fire, options = attack.ledger, attack.fire, attack.options
    say("seed", options.seed)
    say("on", f"{options.database}, {options.broker}")
    say("seconds under fire", f"{seconds:.0f}")
    say("sessions", account.sessions)
    say("operations", ledger.operations)
    say("operations acknowledged", ledger.acknowledged)
    say("tasks known to be started", ledger.started)
    say("tasks in the store", account.tasks)
    for (state, error), count in sorted(_by_end(account).items()):
        say(f"  {state} {error}".rstrip(), count)
    say("words posted", account.words)
    if attack.relay is not None:
        say("e-mails", account.letters)
        say("answers to them", ", ".join(f"{code or 'none'}: {count}" for code, count in sorted(attack.relay.answers.items())))
        slots = read_record(attack.place.cron.folder)
        say(
            "slots, runs, broken off",
            f"{len(slots)}, {sum(slot.runs for slot in slots)}, {sum(slot.runs - slot.ended for slot in slots)}",
        )
        say("slots in sessions", account.ticks)
    say("pages", ", ".join(f"{status}: {count}" for status, count in sorted(ledger.statuses.items())))
    say("requests that failed", ledger.failed)
    say("longest wait for a page", f"{ledger.longest_wait:.1f} s")
    say("faults", attack.happened)
    for kind, count in sorted(fire.done.items()):
        say(f"  {kind}", count)
    say("faults that met nobody", sum(fire.missed.values()))
    say("responses that ran again", account.run_again)
    say("reports that came too late", _count_in_logs(attack.place, 'runner action="late_report"'))
    say("error actions killed", account.cut_short)
    say("parts that ended by themselves", _ends_nobody_ordered(attack.place))
    say("messages that arrived", ", ".join(f"{name}: {count}" for name, count in recovery.arrived.items()))
    for zero in ZEROS:
        say(zero, account.count(zero))
    say("parts that don't work any more", len(recovery.failures))


def _count_in_logs(place: Place, text: str) -> int:
    return sum(path.read_text(errors="replace").count(text) for path in place.logs() if path.name == "worker.log")


def _by_end(account: Account) -> dict[tuple[str, str], int]:
    ends: dict[tuple[str, str], int] = {}
    for (_, state, error), count in account.ended.items():
        ends[state, error] = ends.get((state, error), 0) + count
    return ends


def _ends_nobody_ordered(place: Place) -> str:
    found = [f"{death.name} ({death.code})" for death in place.keeper.deaths if not death.told_to]
    return ", ".join(f"{what} × {found.count(what)}" for what in sorted(set(found))) or "none"


def print_evidence(place: Place, account: Account, recovery: Recovery) -> None:
    """Print what is wrong, with the lines of the logs that tell of it."""
    for zero, meaning in ZEROS.items():
        problems = [problem for problem in account.problems if problem.zero == zero]
        if problems:
            print(f"\n{zero} ({meaning}): {len(problems)}")
        for problem in problems[:MOST_PROBLEMS]:
            print(f"- {problem.text}\n  task {problem.task or '-'}, session {problem.session}")
            for line in islice(_lines_about(place, problem), MOST_LINES):
                print(f"    {line}")
    for failure in recovery.failures:
        print(f"\ndoesn't work any more: {failure}")


def _lines_about(place: Place, problem: Problem) -> Iterator[str]:
    wanted = problem.task or problem.session
    lines = {line for path in place.logs() for line in path.read_text(errors="replace").splitlines() if wanted in line}
    yield from sorted(lines)


# --- the program ---------------------------------------------------------------------------------------------------------


def main() -> int:
    """Read the options, attack, draw up the account; the exit code."""
    options = read_options()
    if options.plan:
        print_plan(options)
        return 0
    if options.machines:
        go_inside()
    # whoever stops this program wants all that it started to be stopped
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = Path(tempfile.mkdtemp(prefix="dal-fire-"))
    # PostgreSQL may have to run as somebody else
    folder.chmod(0o755)
    print(f"seed {options.seed}, folder {folder}", flush=True)
    well = attack_in(folder, options)
    if well and not options.keep:
        shutil.rmtree(folder)
    return 0 if well else 1


def attack_in(folder: Path, options: argparse.Namespace) -> bool:
    """Do it all in this folder; whether all is well."""
    place = Place(folder, options.database, options.broker, machines=options.machines)
    try:
        place.start()
        begun = time.monotonic()
        attack = Attack(place, options)
        attack.run()
        seconds = time.monotonic() - begun
        print(f"the fire is over after {seconds:.0f} seconds", flush=True)
        failures = attack.finish()
        wait_until_quiet(place.store, PATIENCE)
        print(f"all is quiet after {time.monotonic() - begun:.0f} seconds", flush=True)
        recovery = examine(place, attack.ledger)
        print(f"the parts are examined after {time.monotonic() - begun:.0f} seconds", flush=True)
        place.end_schedule()
        account = drawn_up(place, attack.ledger.books, attack.fire.history)
    finally:
        stubborn = place.close()
    recovery.failures += failures
    if options.rolling and attack.ledger.failed:
        recovery.failures.append(f"{attack.ledger.failed} requests failed: {dict(attack.ledger.statuses)}")
    recovery.failures += [f"{name} doesn't end when it is told to" for name in stubborn]
    (folder / "faults.log").write_text("".join(f"{happened}\n" for happened in attack.fire.history))
    print_figures(attack, account, recovery, seconds)
    print_evidence(place, account, recovery)
    return not account.problems and not recovery.failures


def read_options() -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=2000, help="tasks to be started by people (default: 2000)")
    parser.add_argument("--operations", type=int, default=0, help="of people, acknowledged or not, instead of --tasks")
    parser.add_argument("--faults", type=int, default=200, help="faults (default: 200)")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000), help="of the plan (default: a random one)")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--broker", choices=("files", "redis"), default="files")
    parser.add_argument("--minutes", type=float, default=60.0, help="after which no more happens (default: 60)")
    parser.add_argument("--plan", action="store_true", help="only print what the seed is going to do")
    parser.add_argument("--keep", action="store_true", help="keep the folder, which else is kept only when something is wrong")
    parser.add_argument(
        "--machines", action="store_true", help="each part on a machine of its own (PostgreSQL and Redis); needs root"
    )
    parser.add_argument("--rolling", action="store_true", help="with --machines: only replace one part after the other")
    options = parser.parse_args()
    if options.rolling and not options.machines:
        parser.error("--rolling needs --machines")
    if options.machines:
        options.database, options.broker = "postgresql", "redis"
    return options


if __name__ == "__main__":
    sys.exit(main())
