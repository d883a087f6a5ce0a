"""What the operator decides: `config.yml`, then environment variables, then options of the command line.

Every directive is a field of `Settings`, with the name that `config.yml` uses (blanks for underscores).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import yaml

from docassemble_lite.errors import SettingsError


class Secret(bytes):
    """Bytes that don't show themselves in a log or a traceback."""

    def __repr__(self) -> str:
        return "Secret('**********')"

    __str__ = __repr__


@dataclass(frozen=True)
class Settings:
    """The configuration of one server; see the README for what each directive does."""

    data: Path = Path("data")
    interviews: Path = Path("interviews")
    config: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8080
    # a URL of SQLAlchemy; empty: SQLite in the data folder
    database: str = ""
    # a URL of Celery's broker; empty: its filesystem broker in the data folder
    broker: str = ""
    # a URL of the Redis that interviews may use; empty: the broker's if it is one, and else a file in the data folder
    redis: str = ""
    # a name of a Python package -> the folder that stands for it
    packages: Mapping[str, Path] = field(default_factory=dict)
    appname: str = "docassemble_lite"
    language: str = "en"
    locale: str = "en_US"
    timezone: str = "America/New_York"
    country: str = "US"
    currency: str = "USD"
    # the interview that "/" leads to; empty: the list of interviews
    default_interview: str = ""
    # where people go who leave an interview, and who sign out in one; empty: a page of this server
    exitpage: str = ""
    logoutpage: str = ""
    debug: bool = False
    # whether pages show where to sign in; the page for it is there in any case
    show_login: bool = True
    # whether people who haven't signed in may use interviews that don't say otherwise
    allow_anonymous_access: bool = True
    # seconds that a visit waits for another one to the same session before it goes ahead
    concurrency_lock_timeout: float = 4.0
    # seconds that a running task stays alive without a sign of life, between signs, and between two sweeps
    task_lease: float = 30.0
    task_heartbeat: float = 10.0
    task_sweep: float = 15.0
    # seconds that a task may run, megabytes of memory that it may take, and days in which one that failed can be run again
    task_time_limit: float = 600.0
    task_memory: int = 2048
    task_retry_days: float = 7.0
    # seconds that the code of an interview may run while somebody waits for the page
    time_limit: float = 20.0
    # milliseconds between two looks of a page that waits for something; 0: only when it is told to look
    checkin_interval: int = 6000
    # pages that one web process keeps a connection to, in order to tell them when to look
    event_connections: int = 1000
    # two, so that one that dies is not missed
    web_processes: int = 2
    web_threads: int = 16
    worker_processes: int = 2
    # addresses of a reverse proxy whose X-Forwarded headers are to be believed
    behind_https_load_balancer: bool = False
    # bytes that one request may have
    maximum_content_length: int = 16 * 1024 * 1024

    @property
    def database_url(self) -> str:
        """The URL for SQLAlchemy; psycopg2 is what talks to PostgreSQL."""
        if not self.database:
            return f"sqlite:///{self.data.resolve() / 'store.sqlite3'}"
        scheme, colon, rest = self.database.partition(":")
        return f"postgresql+psycopg2:{rest}" if colon and scheme in ("postgres", "postgresql") else self.database

    @property
    def embedded(self) -> bool:
        """Whether the store is the SQLite file in the data folder."""
        return self.database_url.startswith("sqlite")

    def server_key(self) -> Secret:
        """32 random bytes that are this server's own, from `DAL_SERVER_KEY` (hex) or made once in the data folder."""
        given = os.environ.get("DAL_SERVER_KEY")
        if given:
            try:
                key = bytes.fromhex(given)
            except ValueError:
                key = b""
            if len(key) != 32:
                raise SettingsError("DAL_SERVER_KEY must be 64 hexadecimal digits (openssl rand -hex 32 makes them).")
            return Secret(key)
        path = self.data / "server.key"
        self.data.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(descriptor, "wb") as out:
                out.write(secrets.token_bytes(32))
        key = path.read_bytes()
        if len(key) != 32:
            raise SettingsError(f"{path} should hold 32 bytes and holds {len(key)}: restore it from a backup.")
        return Secret(key)


_PATHS = {"data", "interviews"}
_FROM_ENVIRONMENT = {
    name: f"DAL_{name.upper()}" for name in ("data", "interviews", "database", "broker", "redis", "host", "port", "debug")
}


def load_settings(config: Path | None = None, **options: Any) -> Settings:
    """Read the configuration.

    `config` names the file (None: `config.yml` of the current folder, if it is there); paths in it are relative to
    its folder. `options` that are not None come last and win.
    """
    if config is None:
        found = Path("config.yml")
        config = found if found.is_file() else None
    elif not config.is_file():
        raise SettingsError(f"There is no configuration file {config}.")
    values = _from_file(config) if config else {}
    for name, variable in _FROM_ENVIRONMENT.items():
        if os.environ.get(variable):
            values[name] = _converted(name, yaml.safe_load(os.environ[variable]), Path(), variable)
    for name, value in options.items():
        if value is not None:
            values[name] = value
    return replace(Settings(), config=config.resolve() if config else None, **values)


def _from_file(config: Path) -> dict[str, Any]:
    try:
        raw = yaml.safe_load(config.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        raise SettingsError(f"{config} can't be read: {error}") from error
    if not isinstance(raw, dict):
        raise SettingsError(f"{config} must have lines of the form “directive: value”.")
    known = {item.name for item in fields(Settings)} - {"config"}
    values = {}
    for key, value in raw.items():
        name = str(key).replace(" ", "_").replace("-", "_")
        if name not in known:
            raise SettingsError(
                f"{config}: there is no directive “{key}”. There are: {', '.join(sorted(n.replace('_', ' ') for n in known))}."
            )
        if value is not None:
            values[name] = _converted(name, value, config.parent, f"{config}: {key}")
    return values


def _converted(name: str, value: Any, folder: Path, where: str) -> Any:
    if name in _PATHS:
        return folder / str(value)
    if name == "packages":
        if not isinstance(value, dict):
            raise SettingsError(f"{where} must map names of packages to folders.")
        return {str(package): (folder / str(path)).resolve() for package, path in value.items()}
    wanted = type(getattr(Settings(), name))
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if wanted is str:
        return str(value)
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise SettingsError(f"{where} must be of the kind {wanted.__name__}, not {value!r}.")
    if name == "port" and not 0 <= value <= 65535:
        raise SettingsError(f"{where} must be a number from 0 to 65535, not {value!r}.")
    return value
