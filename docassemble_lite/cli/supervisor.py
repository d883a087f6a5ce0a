"""`run`: the whole server in one command.

The supervisor binds the socket, starts the web processes, the worker and, where there is a domain for it, the receiver of
e-mails, keeps them running and stops them. It serves nothing itself and imports nothing heavy, so it is small and has no
reason to die.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import time
from dataclasses import replace

from docassemble_lite import __version__
from docassemble_lite.cli.arguments import Arguments
from docassemble_lite.cli.child import Child
from docassemble_lite.cli.events import Probe, Signals, Waiting
from docassemble_lite.cli.lifeline import GRACE
from docassemble_lite.cli.listening import listen, reachable_address, require_free_for_emails, url_of
from docassemble_lite.cli.timetable import Timetable, command_for_slots
from docassemble_lite.errors import LiteError, SettingsError
from docassemble_lite.metrics import shared_folder
from docassemble_lite.settings import Settings

# the exit code of a child that has said on stderr what is wrong and would only say it again
EXPLAINED = 2
# seconds after the start in which no scheduled task begins, so that the server is up sooner
FIRST_LOOK = 60.0

logger = logging.getLogger(__name__)


class NothingToRun(LiteError):
    """There is no config.yml and no folder “interviews” here. This makes both: python -m docassemble_lite init"""


def supervise(settings: Settings, arguments: Arguments) -> int:
    """Run the server until SIGTERM or Ctrl-C; the exit code: 0 after a clean stop, 1 if something had to be killed."""
    if settings.config is None and not settings.interviews.is_dir():
        raise NothingToRun
    if settings.web_processes < 1:
        raise SettingsError("The directive “web processes” must be at least 1.")
    with listen(settings.host, settings.port) as listener:
        if settings.incoming_mail_domain and settings.incoming_mail_port:
            require_free_for_emails(settings.incoming_mail_host, settings.incoming_mail_port)
        lifeline, held_end = os.pipe()
        options = replace(arguments, port=listener.getsockname()[1]).options()
        if settings.metrics_port:
            shared_folder()
        children = _children(settings, options, listener.fileno(), lifeline)
        try:
            timetable = _timetable(settings, arguments) if settings.scheduled_tasks else None
            return Supervisor(children, listener, timetable).run()
        finally:
            os.close(held_end)
            os.close(lifeline)


def _children(settings: Settings, options: list[str], listener: int, lifeline: int) -> list[Child]:
    def command(name: str, *more: str) -> list[str]:
        return [sys.executable, "-m", "docassemble_lite", name, *options, "--lifeline-fd", str(lifeline), *more]

    web = command("web", "--socket-fd", str(listener))
    return [
        *(Child(f"web process {number}", web, (listener, lifeline)) for number in range(1, settings.web_processes + 1)),
        Child("worker", command("worker"), (lifeline,)),
        *([Child("metrics", command("metrics"), (lifeline,))] if settings.metrics_port else ()),
        *([Child("mail receiver", command("mail"), (lifeline,))] if settings.incoming_mail_domain else ()),
    ]


def _timetable(settings: Settings, arguments: Arguments) -> Timetable:
    return Timetable(command_for_slots(arguments), settings.zone, FIRST_LOOK)


class Supervisor:
    """Keeps children running until it is told to stop. The first of them has to serve the web.

    It listens on `listener`, of which the supervisor lets go when everything is to stop. The `timetable` has scheduled tasks run.
    """

    def __init__(self, children: list[Child], listener: socket.socket, timetable: Timetable | None = None) -> None:
        self.children = children
        self.listener = listener
        self.address = reachable_address(listener)
        self.url = url_of(listener)
        self.timetable = timetable
        self.waiting = Waiting(Signals(signal.SIGTERM, signal.SIGINT, signal.SIGCHLD))
        self.ready = False
        self.stopping = False
        # the moment (of time.monotonic) at which what still runs is killed
        self.kill_at: float | None = None
        self.exit_code = 0

    def run(self) -> int:
        """Start the children and stay until all of them have ended; the exit code."""
        self.children[0].start()
        self.waiting.watch(Probe(self.address))
        while not self.stopping or any(child.running for child in self._all()):
            events = self.waiting.next(self._seconds_to_next_deadline())
            if events.probe is not None:
                self._hear(events.probe)
            for _ in events.signals & {signal.SIGTERM, signal.SIGINT}:
                self._stop()
            self._bury_dead()
            self._start_due()
            self._kill_overdue()
        return self.exit_code

    def _all(self) -> list[Child]:
        task = self.timetable.child if self.timetable else None
        return [*self.children, task] if task else self.children

    # --- starting --------------------------------------------------------------------------------------------------

    def _hear(self, probe: Probe) -> None:
        self.waiting.forget(probe)
        if self.stopping:
            probe.close()
        elif probe.answered():
            self._say_ready()
        else:
            self.waiting.watch(Probe(self.address))

    def _say_ready(self) -> None:
        """Start the rest: until now the first web process had the processor for itself, so that it is up sooner."""
        self.ready = True
        print(f"docassemble_lite {__version__} is ready: {self.url} (Ctrl-C stops it)", flush=True)
        for child in self.children[1:]:
            child.start()

    def _start_due(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.restart_at is not None and child.restart_at <= now:
                child.start()
        if self.timetable and self.ready and not self.stopping:
            self.timetable.look()

    # --- ending ----------------------------------------------------------------------------------------------------

    def _stop(self) -> None:
        """Ask everything to stop; when asked a second time, hurry."""
        now = time.monotonic()
        if self.stopping:
            self.kill_at = now
            return
        self.stopping = True
        self.kill_at = now + GRACE
        print("Stopping …", flush=True)
        for child in self._all():
            child.terminate()
        # once the web processes have let go of it, too, the system refuses who comes
        self.listener.close()

    def _bury_dead(self) -> None:
        for child in self.children:
            code = child.find_dead()
            if code is None or self.stopping:
                continue
            if code == EXPLAINED and not self.ready:
                self.stopping = True
                self.exit_code = EXPLAINED
            else:
                child.plan_restart(code)
        if self.stopping and self.timetable and self.timetable.child:
            self.timetable.child.find_dead()

    def _kill_overdue(self) -> None:
        if self.kill_at is None or time.monotonic() < self.kill_at:
            return
        self.kill_at = None
        for child in self._all():
            if child.running:
                logger.warning("%s didn't stop in time and is killed", child.name)
                child.kill()
                self.exit_code = 1

    def _seconds_to_next_deadline(self) -> float | None:
        look = self.timetable.next_look if self.timetable and not self.stopping else None
        planned = (self.kill_at, look, *(child.restart_at for child in self.children))
        moments = [moment for moment in planned if moment is not None]
        return max(0.0, min(moments) - time.monotonic()) if moments else None
