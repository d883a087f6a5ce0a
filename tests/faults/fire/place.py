"""The server under fire: two web processes and two workers, each as if it had a machine of its own, in a temporary folder."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
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
from fire.network import CENTRE, Machine
from fire.orders import FOLDER, MEETING, Orders
from fire.parts import Keeper, Part
from tests.ports import free_port

HERE = Path(__file__).resolve().parent
INTERVIEW = HERE / "under_fire.yml"
# seconds after which a server that doesn't answer is taken for broken
_PATIENCE = 60.0
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
        # files can be shared on one machine only; otherwise the machines share nothing but a key
        self._shared = folder if database == "sqlite" or broker == "files" else None
        os.environ["DAL_SERVER_KEY"] = secrets.token_hex(32)
        self._environment = os.environ | {FOLDER: str(orders), "PYTHONPATH": str(Path(docassemble_lite.__file__).parents[1])}
        self.database: Database = Sqlite(folder / "data") if database == "sqlite" else Postgresql(CENTRE if machines else "")
        self.broker: Broker = Files(folder / "data") if broker == "files" else Redis(folder, CENTRE if machines else "127.0.0.1")
        self.settings = Settings(data=folder / "data", database=self.database.url, broker=self.broker.url)
        #: The machines of web-1, web-2, worker-1 and worker-2; none: all are this one.
        self.machines = [Machine(number) for number in range(4)] if machines else []
        hosts = [machine.address for machine in self.machines[:2]] or ["127.0.0.1", "127.0.0.1"]
        ports = [free_port() for _ in range(2)]
        self.addresses = [f"http://{host}:{port}" for host, port in zip(hosts, ports, strict=True)]
        self.webs = [
            self._part("web", number, "--host", host, "--port", str(port))
            for number, (host, port) in enumerate(zip(hosts, ports, strict=True), 1)
        ]
        self.workers = [self._part("worker", number) for number in (1, 2)]
        self.keeper = Keeper([*self.webs, *self.workers])
        self._migrate()
        self.store: Store = open_store(self.settings)

    def start(self) -> None:
        """Start the server; ready when its pages can be had."""
        self.keeper.start()
        for address in self.addresses:
            _wait_for(address)

    def close(self) -> list[str]:
        """End everything; the names of the parts that had to be killed."""
        stubborn = self.keeper.stop()
        self.store.close()
        self.broker.close()
        self.database.close()
        for machine in self.machines:
            machine.close()
        return stubborn

    def logs(self) -> list[Path]:
        """All files that something was logged to."""
        paths = {path for part in self.keeper.parts for path in (part.log, part.data / "worker.log")}
        return sorted(path for path in paths if path.exists())

    def _part(self, command: str, number: int, *options: str) -> Part:
        folder = self._shared or self.folder / f"machine-{command}-{number}"
        folder.mkdir(exist_ok=True)
        directives = _DIRECTIVES | {"interviews": str(self.interviews)}
        urls = {"database": self.database.url, "broker": self.broker.url}
        (folder / "config.yml").write_text(yaml.safe_dump(directives | {key: url for key, url in urls.items() if url}))
        run = [sys.executable, str(HERE / "under_orders.py"), command, *options]
        before = self.machines[number - 1 + 2 * (command == "worker")].prefix if self.machines else []
        return Part(f"{command}-{number}", [*before, *run], folder, self._environment)

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
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"{address} doesn't answer")
