"""The server under fire, in a temporary folder: two web processes and two workers, each as if it had a machine of its own.

With machines, each really has one, and there are more of them: nginx, which people speak to, the schedule, the receiver of
e-mails, PostgreSQL and Redis.
"""

from __future__ import annotations

import http.client
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import yaml

# the folder of the repository: this is imported by a program that is started by its path
sys.path.append(str(Path(__file__).resolve().parents[3]))

import docassemble_lite
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store, open_store
from fire import plan
from fire.brokers import Broker, Files, Redis
from fire.databases import Database, Postgresql, Sqlite
from fire.front import PORT, front
from fire.network import Machine
from fire.orders import FOLDER, MEETING, Orders
from fire.parts import Keeper, Part
from fire.relays import DOMAIN
from fire.relays import PORT as MAIL_PORT
from tests.ports import free_port

HERE = Path(__file__).resolve().parent
INTERVIEW = HERE / "under_fire.yml"
# seconds after which a server that doesn't answer is taken for broken
_PATIENCE = 240.0
_DIRECTIVES = {
    "task lease": plan.LEASE,
    "task heartbeat": plan.HEARTBEAT,
    "task sweep": plan.SWEEP,
    "task time limit": plan.TIME_LIMIT,
    "task memory": 1024,
    "worker processes": MEETING,
    # seconds after which people go ahead without the lock, so that there is something for the fence to do
    "concurrency lock timeout": 0.2,
    "web threads": 8,
    "incoming mail domain": DOMAIN,
    "incoming mail port": MAIL_PORT,
}


class Place:
    """A running server and what it stands on."""

    def __init__(self, folder: Path, database: plan.Database, broker: plan.Broker, *, machines: bool = False) -> None:
        self.folder = folder
        self.interviews = folder / "interviews"
        self.interviews.mkdir()
        shutil.copy(INTERVIEW, self.interviews)
        orders = folder / "orders"
        orders.mkdir()
        self.orders = Orders(orders)
        # on SQLite all share one folder; otherwise the machines share a key and the folder of what lies in files
        self._shared = folder if database == "sqlite" or broker == "files" else None
        os.environ["DAL_SERVER_KEY"] = secrets.token_hex(32)
        self._environment = os.environ | {FOLDER: str(orders), "PYTHONPATH": str(Path(docassemble_lite.__file__).parents[1])}
        #: The machines by their names; none: all is on this one.
        self.machines = {name: Machine(name, number) for number, name in enumerate(plan.MACHINES if machines else ())}
        at = self.machines.get
        self.database: Database = Sqlite(folder / "data") if database == "sqlite" else Postgresql(at("postgresql"))
        self.broker: Broker = Files(folder / "data") if broker == "files" else Redis(folder, at("redis"))
        self.settings = Settings(data=folder / "data", database=self.database.near_url, broker=self.broker.url)
        places = [(f"web-{number}", self._host(f"web-{number}"), free_port()) for number in (1, 2)]
        self.web_addresses = [f"http://{host}:{port}" for _, host, port in places]
        self.webs = [self._part(name, "web", "--host", host, "--port", str(port)) for name, host, port in places]
        self.workers = [self._part(f"worker-{number}", "worker") for number in (1, 2)]
        #: Where people go.
        self.addresses = self.web_addresses
        self.keeper = Keeper([*self.webs, *self.workers, *self._other_parts([f"{host}:{port}" for _, host, port in places])])
        self._migrate()
        self.store: Store = open_store(self.settings)

    def _other_parts(self, webs: list[str]) -> list[Part]:
        """What only machines have: the schedule, the receiver of e-mails, and nginx before the web servers."""
        if not self.machines:
            return []
        self.addresses = [f"http://{self.machines['nginx'].address}:{PORT}"]
        self.cron = self._part("cron", "", program="crontab.py")
        nginx = front(self.folder / "machine-nginx", self.machines["nginx"], webs, self._environment)
        return [nginx, self.cron, self._part("mail", "mail")]

    def start(self) -> None:
        """Start the server; ready when its pages can be had."""
        self.keeper.start()
        for address in [*self.web_addresses, *self.addresses]:
            _wait_for(address)

    def is_ready(self, part: Part) -> bool:
        """Whether a part that was started can be asked for what it is there for."""
        if part in self.workers:
            return len(part.task_processes()) == MEETING
        if part in self.webs:
            return _answers(f"{self.web_addresses[self.webs.index(part)]}/healthz")
        return _accepts(self._host(part.name), MAIL_PORT)

    def end_schedule(self) -> None:
        """Have no scheduled task run any more."""
        if self.machines:
            self.cron.hold()
            self.cron.tell_to_end()
            self.cron.end()

    def power_off(self, machine: Machine) -> None:
        """End everything on a machine, at once."""
        for part in self._parts_on(machine):
            part.hold()
        machine.power_off()
        for part in self._parts_on(machine):
            # it may have been just about to enter
            part.signal_all(signal.SIGKILL)
        if machine.name == "redis":
            self.broker.stop()

    def power_on(self, machine: Machine) -> None:
        """Bring a machine back, with what it is there for."""
        machine.power_on()
        if machine.name == "redis":
            self.broker.start()
        if machine.name == "postgresql":
            self.database.start()
        for part in self._parts_on(machine):
            part.let_go()

    def _parts_on(self, machine: Machine) -> list[Part]:
        return [part for part in self.keeper.parts if part.machine is machine]

    def close(self) -> list[str]:
        """End everything; the names of the parts that had to be killed."""
        stubborn = self.keeper.stop()
        self.store.close()
        self.broker.close()
        self.database.close()
        for machine in self.machines.values():
            machine.close()
        return stubborn

    def logs(self) -> list[Path]:
        """All files that something was logged to."""
        paths = {path for part in self.keeper.parts for path in (part.log, part.data / "worker.log")}
        return sorted(path for path in paths if path.exists())

    def _host(self, name: str) -> str:
        return self.machines[name].address if self.machines else "127.0.0.1"

    def _part(self, name: str, command: str, *options: str, program: str = "under_orders.py") -> Part:
        folder = self._shared or self.folder / f"machine-{name}"
        folder.mkdir(exist_ok=True)
        directives = _DIRECTIVES | {"interviews": str(self.interviews), "files": str(self.folder / "files")}
        urls = {"database": self.database.url, "broker": self.broker.url, "incoming mail host": self._host(name)}
        (folder / "config.yml").write_text(yaml.safe_dump(directives | {key: url for key, url in urls.items() if url}))
        run = [sys.executable, str(HERE / program), *([command] if command else []), *options]
        return Part(name, run, folder, self._environment, machine=self.machines.get(name))

    def _migrate(self) -> None:
        subprocess.run(
            [sys.executable, "-m", "docassemble_lite", "migrate"],
            cwd=self.webs[0].folder,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            check=True,
        )


def _wait_for(address: str) -> None:
    host, _, port = address.removeprefix("http://").partition(":")
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if _accepts(host, int(port)):
            return
        time.sleep(0.05)
    raise TimeoutError(f"{address} doesn't answer")


def _accepts(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return int(answer.status) == 200
    except (OSError, http.client.HTTPException):
        return False
