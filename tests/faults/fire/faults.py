"""The faults, and how each is done."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import psutil
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from docassemble_lite.broker import Broker as Sender
from docassemble_lite.store.tables import tasks
from docassemble_lite.store.tasks import OVER
from fire.brokers import Files, Redis
from fire.databases import Postgresql, Sqlite
from fire.network import Machine
from fire.orders import CarriedOut, Order
from fire.parts import Part
from fire.place import Place
from fire.plan import Fault
from fire.waiting import comes_true

# seconds that an order waits for somebody who comes to its point, and between two looks
_PATIENCE = 15.0
_GLANCE = 0.02
# a task with an error action is lost by this
_LOSE_ONE = Order("worker: after the error action was noted", "kill")


@dataclass(frozen=True)
class Happened:
    """A fault, from when to when (seconds since 1970), and whether it could be done."""

    fault: Fault
    begun: float
    over: float
    done: bool

    def __str__(self) -> str:
        begun, over = (time.strftime("%H:%M:%S", time.gmtime(moment)) for moment in (self.begun, self.over))
        return f"{begun} to {over}Z {self.fault}{'' if self.done else ' (met nobody)'}"


class Fire:
    """Does faults to a place; several at a time, but only one to the broker and one to the database."""

    def __init__(self, place: Place, seed: int) -> None:
        self.place = place
        # kind → how often it happened; how often nobody came to the point
        self.done: Counter[str] = Counter()
        self.missed: Counter[str] = Counter()
        self.history: list[Happened] = []
        self.over = threading.Event()
        self._lock = threading.Lock()
        self._numbers = iter(range(1_000_000))
        self._chance = random.Random(f"{seed} while it goes on")
        self._one_to_broker = threading.Lock()
        self._one_to_database = threading.Lock()
        self._one_to_machine = {name: threading.Lock() for name in place.machines}
        self._kinds: dict[str, Callable[[Fault], bool]] = {
            "process of a task killed": lambda fault: self._ordered(fault, "kill"),
            "process of a task stopped beyond its lease": self._stop_at_point,
            "worker killed at a point": lambda fault: self._ordered(fault, "kill all"),
            "process that runs error actions killed": self._kill_ending,
            "web process killed at a point": lambda fault: self._ordered(fault, "kill"),
            "web process stopped at a point": self._stop_at_point,
            "some process of tasks killed": self._kill_some_process,
            "worker killed": lambda fault: self._kill_all(self.place.workers[fault.number]),
            "main process of a worker killed": lambda fault: self._kill_main(self.place.workers[fault.number]),
            "worker stopped beyond its leases": self._stop_worker,
            "worker told to end": self._tell_to_end,
            "web process killed": lambda fault: self._kill_all(self.place.webs[fault.number]),
            "message delivered again": self._deliver_again,
            "broker emptied": self._empty_broker,
            "broker restarted": self._restart_broker,
            "broker hangs": self._hang_broker,
            "folder of the broker removed": self._remove_folder,
            "database locked": self._lock_database,
            "database restarted": self._restart_database,
            "database hangs": self._hang_database,
            "connections to the database cut": self._cut_connections,
            "machine cut off": self._cut_off,
            "machine paused": self._pause_machine,
            "machine without power": self._power_off,
            "part told to end": lambda fault: self._tell_part(self._part(fault)),
            "part replaced": lambda fault: self._replace(self._part(fault)),
            "receiver of e-mails killed at a point": lambda fault: self._ordered(fault, "kill"),
            "scheduled run killed at a point": lambda fault: self._ordered(fault, "kill"),
        }

    def do(self, fault: Fault) -> bool:
        """Do it, and wait until it is over; False if it couldn't be done."""
        begun = time.time()
        happened = self._kinds[fault.kind](fault)
        with self._lock:
            (self.done if happened else self.missed)[fault.kind] += 1
            self.history.append(Happened(fault, begun, time.time(), happened))
        return happened

    # --- at points -------------------------------------------------------------------------------------------------------

    def _ordered(self, fault: Fault, deed: str) -> bool:
        return self._carried_out(Order(fault.point, deed, fault.passes)) is not None

    def _carried_out(self, order: Order) -> CarriedOut | None:
        """Who carried out the order; None if nobody came to its point in time."""
        number = next(self._numbers)
        orders = self.place.orders
        orders.give(number, order)
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end and not self.over.is_set():
            if (found := orders.carried_out(number, order)) is not None:
                return found
            time.sleep(_GLANCE)
        orders.withdraw(number, order)
        # somebody may have taken it in the last moment
        return orders.carried_out(number, order)

    def _stop_at_point(self, fault: Fault) -> bool:
        stopped = self._carried_out(Order(fault.point, "stop", fault.passes))
        if stopped is None:
            return False
        self._pause(fault.seconds)
        _signal(stopped.process, signal.SIGCONT)
        return True

    def _kill_ending(self, fault: Fault) -> bool:
        """It runs only when a task is lost that has named an error action."""
        number = next(self._numbers)
        self.place.orders.give(number, _LOSE_ONE)
        try:
            return self._ordered(fault, "kill")
        finally:
            self.place.orders.withdraw(number, _LOSE_ONE)

    # --- at any moment ---------------------------------------------------------------------------------------------------

    def _kill_some_process(self, fault: Fault) -> bool:
        processes = self.place.workers[fault.number].task_processes()
        if not processes:
            return False
        return _signal(self._chance.choice(processes).pid, signal.SIGKILL)

    def _kill_all(self, part: Part) -> bool:
        part.signal_all(signal.SIGKILL)
        return True

    def _kill_main(self, part: Part) -> bool:
        part.signal(signal.SIGKILL)
        return True

    def _stop_worker(self, fault: Fault) -> bool:
        worker = self.place.workers[fault.number]
        worker.signal_all(signal.SIGSTOP)
        self._pause(fault.seconds)
        worker.signal_all(signal.SIGCONT)
        return True

    def _tell_to_end(self, fault: Fault) -> bool:
        self.place.workers[fault.number].tell_to_end()
        return True

    def _part(self, fault: Fault) -> Part:
        return next(part for part in self.place.keeper.parts if part.name == fault.point)

    def _tell_part(self, part: Part) -> bool:
        part.tell_to_end()
        return True

    def _replace(self, part: Part) -> bool:
        """Have a part end, and wait until the next one in its place is ready."""
        before = part.pid
        part.tell_to_end()
        return comes_true(lambda: part.pid not in (None, before) and self.place.is_ready(part))

    # --- messages --------------------------------------------------------------------------------------------------------

    def _deliver_again(self, fault: Fault) -> bool:
        """Send the message of a task once more, or several times: of one that waits or runs, if there is any."""
        latest = select(tasks.c.id, tasks.c.state).order_by(tasks.c.ended.is_not(None), tasks.c.created.desc()).limit(10)
        try:
            with self.place.store.engine.connect() as connection:
                rows = connection.execute(latest).all()
        except SQLAlchemyError:
            # the database is being treated badly, too
            return False
        ids = [row.id for row in rows if row.state not in OVER] or [row.id for row in rows]
        if not ids:
            return False
        task_id, sender = self._chance.choice(ids), Sender(self.place.settings)
        return all([sender.send(task_id) for _ in range(fault.times)])

    def _empty_broker(self, _: Fault) -> bool:
        with self._one_to_broker:
            self.place.broker.empty()
        return True

    def _restart_broker(self, fault: Fault) -> bool:
        broker = self.place.broker
        assert isinstance(broker, Redis)
        with self._one_to_broker:
            broker.stop()
            self._pause(fault.seconds)
            broker.start()
        return True

    def _hang_broker(self, fault: Fault) -> bool:
        broker = self.place.broker
        assert isinstance(broker, Redis)
        with self._one_to_broker:
            broker.hang(fault.seconds)
        return True

    def _remove_folder(self, _: Fault) -> bool:
        broker = self.place.broker
        assert isinstance(broker, Files)
        broker.remove()
        return True

    # --- the database ----------------------------------------------------------------------------------------------------

    def _lock_database(self, fault: Fault) -> bool:
        database = self.place.database
        assert isinstance(database, Sqlite)
        with self._one_to_database:
            database.lock(fault.seconds)
        return True

    def _restart_database(self, fault: Fault) -> bool:
        database = self.place.database
        assert isinstance(database, Postgresql)
        with self._one_to_database:
            database.stop()
            self._pause(fault.seconds)
            database.start()
        return True

    def _hang_database(self, fault: Fault) -> bool:
        database = self.place.database
        assert isinstance(database, Postgresql)
        with self._one_to_database:
            database.hang(fault.seconds)
        return True

    def _cut_connections(self, _: Fault) -> bool:
        database = self.place.database
        assert isinstance(database, Postgresql)
        with self._one_to_database:
            database.cut_connections()
        return True

    # --- machines --------------------------------------------------------------------------------------------------------

    def _one_to(self, machine: Machine) -> threading.Lock:
        """What keeps other faults away from a machine while it has one."""
        of_others = {"postgresql": self._one_to_database, "redis": self._one_to_broker}
        return of_others.get(machine.name) or self._one_to_machine[machine.name]

    def _cut_off(self, fault: Fault) -> bool:
        machine = self.place.machines[fault.point]
        with self._one_to(machine):
            machine.cut_off()
            self._pause(fault.seconds)
            machine.connect()
        return True

    def _pause_machine(self, fault: Fault) -> bool:
        machine = self.place.machines[fault.point]
        with self._one_to(machine):
            machine.signal_all(signal.SIGSTOP)
            self._pause(fault.seconds)
            machine.signal_all(signal.SIGCONT)
        return True

    def _power_off(self, fault: Fault) -> bool:
        machine = self.place.machines[fault.point]
        with self._one_to(machine):
            self.place.power_off(machine)
            self._pause(fault.seconds)
            self.place.power_on(machine)
        return True

    # --- in the end ------------------------------------------------------------------------------------------------------

    def _pause(self, seconds: float) -> None:
        self.over.wait(seconds)

    def put_out(self) -> None:
        """Let nothing more happen, and put everything right."""
        for path in self.place.orders.folder.glob("*.order"):
            path.unlink(missing_ok=True)
        self.place.broker.repair()
        self.place.database.repair()
        for part in self.place.keeper.parts:
            part.signal_all(signal.SIGCONT)


def _signal(process: int, number: signal.Signals) -> bool:
    """Whether there was such a process of ours."""
    try:
        if os.getpid() not in {parent.pid for parent in psutil.Process(process).parents()}:
            return False
        os.kill(process, number)
    except (psutil.NoSuchProcess, ProcessLookupError):
        return False
    return True
