"""What the operator decides: `config.yml`, then environment variables, then options of the command line.

Every directive is a field of `Settings`, with the name that `config.yml` uses (blanks for underscores).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from docassemble_lite.emails import read_address
from docassemble_lite.errors import SettingsError
from docassemble_lite.logs import FORMATS, Format

#: What the configuration can allow to a privilege. Of what isn't there to be done, the permission has no effect.
PERMISSIONS = frozenset(
    {
        "access_user_api_info",
        "delete_user",
        "demo_interviews",
        "edit_user_api_info",
        "log_user_in",
        "playground_control",
        "template_parse",
        "access_privileges",
        "access_sessions",
        "access_user_info",
        "create_user",
        "edit_privileges",
        "edit_sessions",
        "edit_user_active_status",
        "edit_user_info",
        "edit_user_password",
        "edit_user_privileges",
    }
)


class Secret(bytes):
    """Bytes that don't show themselves in a log or a traceback."""

    def __repr__(self) -> str:
        return "Secret('**********')"

    __str__ = __repr__


@dataclass(frozen=True)
class MailAccount:
    """A way to send e-mails: an account at a server that speaks SMTP."""

    name: str = ""
    # what people see as the sender, "Name <address>"
    default_sender: str = ""
    username: str = ""
    password: Secret = field(default_factory=lambda: Secret(b""))
    server: str = ""
    port: int = 587
    # encrypted from the beginning, or after STARTTLS
    use_ssl: bool = False
    use_tls: bool = True


@dataclass(frozen=True)
class FileStorage:
    """How to reach the S3-compatible storage that `files` names. What is empty, the environment or the machine may say."""

    # the address of the server; empty: Amazon's
    endpoint: str = ""
    region: str = ""
    access_key_id: str = ""
    secret_access_key: Secret = field(default_factory=lambda: Secret(b""))
    # in PEM, of whoever vouches for the server, beside those that the machine knows; the configuration names a file
    certificate: str = ""
    # whether the server expects the name of the bucket in the name of the host
    bucket_in_host: bool = False


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
    # where the contents of files lie, a folder or s3://BUCKET/PREFIX; empty: in the data folder
    files: str = ""
    file_storage_options: FileStorage | None = None
    # the secret access key of that storage
    files_password: Secret = field(default_factory=lambda: Secret(b""))
    # passwords for these three, which take the place of those in the URLs, and for the usual account of `mail`
    database_password: Secret = field(default_factory=lambda: Secret(b""))
    broker_password: Secret = field(default_factory=lambda: Secret(b""))
    redis_password: Secret = field(default_factory=lambda: Secret(b""))
    mail_password: Secret = field(default_factory=lambda: Secret(b""))
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
    # where numbers for Prometheus are served; 0: nowhere
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 0
    debug: bool = False
    # what the lines of the log are: "text" for people, "json" for programs
    log_format: Format = "text"
    # ways to send e-mails, the usual one first; none: no e-mail is sent
    mail: tuple[MailAccount, ...] = ()
    # the domain of addresses by which e-mails are sent to sessions; empty: `external hostname`, if `run` isn't to receive any
    incoming_mail_domain: str = ""
    # the name of the server as others know it
    external_hostname: str = ""
    # where e-mails are taken in by SMTP (0: not at all), and by LMTP: a port, or the path of a socket; empty: not at all
    incoming_mail_host: str = "127.0.0.1"
    incoming_mail_port: int = 2525
    incoming_mail_lmtp: str = ""
    # files in PEM with the certificate and the key for STARTTLS
    incoming_mail_certificate: str = ""
    incoming_mail_key: str = ""
    # bytes of an e-mail and of its headers, parts, parts within parts, and attachments that are taken
    incoming_mail_size: int = 25 * 1024 * 1024
    incoming_mail_headers: int = 64 * 1024
    incoming_mail_parts: int = 100
    incoming_mail_depth: int = 10
    incoming_mail_attachments: int = 50
    # rows that functions of interviews give at a time
    pagination_limit: int = 100
    # a privilege -> what those who have it may do, beside what the privilege itself stands for
    permissions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # whether pages show where to sign in; the page for it is there in any case
    show_login: bool = True
    # whether people who haven't signed in may use interviews that don't say otherwise
    allow_anonymous_access: bool = True
    # whether anybody may register; if not, an invitation still lets somebody in
    allow_registration: bool = True
    # whether an account is made with a link from an e-mail, where e-mails can be sent
    confirm_registration: bool = True
    # whether whoever has forgotten a password can ask for another one, and whether an account can be deleted
    allow_forgot_password: bool = True
    user_can_delete_account: bool = True
    admin_can_delete_account: bool = True
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
    # whether `run` starts cron_hourly, cron_daily, cron_weekly and cron_monthly by itself
    scheduled_tasks: bool = True
    # seconds that a scheduled task may take in one session; 0: any
    cron_time_limit: float = 300.0
    # days without a change after which a session is deleted; 0: never. By the name of an interview: for its sessions
    interview_delete_days: int = 90
    interview_delete_days_by_filename: Mapping[str, int] = field(default_factory=dict)
    # how the server is reached from outside, for addresses in e-mails; empty: as `host` and `port` say
    url_root: str = ""
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
    # bytes that all files of a session may have before it can be sent no more of them
    file_quota: int = 256 * 1024 * 1024

    @property
    def database_url(self) -> str:
        """The URL for SQLAlchemy; psycopg2 is what talks to PostgreSQL."""
        if not self.database:
            return f"sqlite:///{self.data.resolve() / 'store.sqlite3'}"
        scheme, colon, rest = self.database.partition(":")
        return f"postgresql+psycopg2:{rest}" if colon and scheme in ("postgres", "postgresql") else self.database

    @property
    def public_url(self) -> str:
        """How the server is reached where no request says it, without a slash at the end."""
        return (
            self.url_root.rstrip("/")
            or f"http://{'localhost' if self.host in ('127.0.0.1', '0.0.0.0') else self.host}:{self.port}"
        )

    @property
    def mail_domain(self) -> str:
        """The domain of the e-mail addresses of sessions, in lower case; empty: there are none."""
        return (self.incoming_mail_domain or self.external_hostname).strip().lower()

    @property
    def zone(self) -> ZoneInfo:
        """The server's time zone. Raises `SettingsError` for one that there isn't."""
        try:
            return ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise SettingsError(f"The directive “timezone” names no time zone: {self.timezone!a}.") from error

    @property
    def embedded(self) -> bool:
        """Whether the store is the SQLite file in the data folder."""
        return self.database_url.startswith("sqlite")


#: How the place of files begins if it is a storage.
S3 = "s3://"
_BUCKET_AND_PREFIX = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/\w[\w.-]*)*/?", re.ASCII)
_ENDPOINT = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?", re.ASCII)
_ADDRESS = re.compile(r"//(\[|[\d.]+(:|$))")
_PATHS = {"data", "interviews"}
# empty: there is no such file
_FILES = {"incoming_mail_certificate", "incoming_mail_key"}
#: The directives that may also come from the environment → the variable; with `_FILE` behind it, it names a file with the value.
FROM_ENVIRONMENT = {item.name: f"DAL_{item.name.upper()}" for item in fields(Settings) if item.name != "config"}
# directives that are URLs → the one with the password for it
_PASSWORDS = {name: f"{name}_password" for name in ("database", "broker", "redis")}


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
    values = (_from_file(config) if config else {}) | _from_environment()
    for name, value in options.items():
        if value is not None:
            values[name] = value
    return _with_passwords(replace(Settings(), config=config.resolve() if config else None, **values))


def from_environment(variable: str) -> str:
    """The text of a variable, or of the file that the variable with `_FILE` behind its name names; empty: there is neither.

    Raises `SettingsError` where there are both, or the file can't be read.
    """
    text, file = os.environ.get(variable, ""), os.environ.get(f"{variable}_FILE", "")
    if not file:
        return text
    if text:
        raise SettingsError(f"There are both {variable} and {variable}_FILE: take one of them away.")
    try:
        return Path(file).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{variable}_FILE names a file that can't be read: {error}.") from error


def _from_environment() -> dict[str, Any]:
    values = {}
    for name, variable in FROM_ENVIRONMENT.items():
        text = from_environment(variable)
        if text:
            values[name] = _converted(name, _value_of(text, variable, getattr(Settings(), name)), Path(), variable)
    return values


def _value_of(text: str, variable: str, default: Any) -> Any:
    """A text stays one, and anything else is YAML as in the file."""
    if isinstance(default, (str, bytes)):
        return text
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise SettingsError(f"{variable} can't be read: {error}") from error


def _with_passwords(settings: Settings) -> Settings:
    """The settings with the passwords where they are used."""
    found: dict[str, Any] = {
        name: _with_password(getattr(settings, name), getattr(settings, directive), directive.replace("_", " "))
        for name, directive in _PASSWORDS.items()
        if getattr(settings, directive)
    }
    if settings.mail_password:
        if not settings.mail:
            raise SettingsError("There is a “mail password”, but the directive “mail” doesn't say for which server.")
        found["mail"] = (replace(settings.mail[0], password=settings.mail_password), *settings.mail[1:])
    if settings.files_password:
        options = settings.file_storage_options
        if options is None or not options.access_key_id:
            raise SettingsError("There is a “files password”, but the “file storage options” have no “access key id”.")
        found["file_storage_options"] = replace(options, secret_access_key=settings.files_password)
    return replace(settings, **found)


def _with_password(url: str, password: bytes, directive: str) -> str:
    """The URL with this password. Raises `SettingsError` where there is no host that could ask for it."""
    scheme, colon, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    user, _, host = authority.rpartition("@")
    if not colon:
        raise SettingsError(f"There is a “{directive}”, but the directive “{directive.split()[0]}” is no URL with a host.")
    return f"{scheme}://{user.partition(':')[0]}:{quote(password, safe='')}@{host}{slash}{path}"


def _from_file(config: Path) -> dict[str, Any]:
    try:
        raw = yaml.safe_load(config.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        raise SettingsError(f"{config} can't be read: {error}") from error
    if not isinstance(raw, dict):
        raise SettingsError(f"{config} must have lines of the form “directive: value”.")
    known = {item.name for item in fields(Settings)} - {"config"}
    values: dict[str, Any] = {name: config.parent / getattr(Settings(), name) for name in _PATHS}
    for key, value in raw.items():
        name = str(key).replace(" ", "_").replace("-", "_")
        if name not in known:
            directives = sorted(name.replace("_", " ") for name in known)
            raise SettingsError(f"{config}: there is no directive “{key}”. {_meant(str(key), directives)}")
        if value is not None:
            values[name] = _converted(name, value, config.parent, f"{config}: {key}")
    return values


def _converted(name: str, value: Any, folder: Path, where: str) -> Any:
    if name in _PATHS:
        return folder / str(value)
    if name in _FILES or (name == "incoming_mail_lmtp" and not str(value).isdecimal()):
        return str((folder / str(value)).resolve()) if value else ""
    if name == "files":
        return _place_of_files(str(value), folder, where)
    if name == "file_storage_options":
        return _file_storage(value, folder, where)
    if name == "packages":
        if not isinstance(value, dict):
            raise SettingsError(f"{where} must map names of packages to folders.")
        return {str(package): (folder / str(path)).resolve() for package, path in value.items()}
    if name == "interview_delete_days_by_filename":
        return _days(value, where)
    if name == "permissions":
        return _permissions(value, where)
    if name == "mail":
        return _mail_accounts(value, where)
    return _checked(name, value, type(getattr(Settings(), name)), where)


def _checked(name: str, value: Any, wanted: Any, where: str) -> Any:
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if wanted is Secret:
        return _secret(value, where)
    if name == "log_format" and value not in FORMATS:
        raise SettingsError(f"{where} must be one of {', '.join(FORMATS)}, not {value!r}.")
    if wanted is str and name not in ("incoming_mail_domain", "external_hostname"):
        return str(value)
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise SettingsError(f"{where} must be of the kind {wanted.__name__}, not {value!r}.")
    if name in ("incoming_mail_domain", "external_hostname") and value and read_address(f"x@{value}") is None:
        raise SettingsError(f"{where} must be the name of a domain, such as mail.example.com, not {value!r}.")
    if name.startswith("incoming_mail_") and wanted is int and name != "incoming_mail_port" and value < 1:
        raise SettingsError(f"{where} must be at least 1, not {value!r}.")
    if name == "interview_delete_days" and value < 0:
        raise SettingsError(f"{where} must be a number of days, 0 for never, not {value!r}.")
    if name in ("port", "incoming_mail_port", "metrics_port") and not 0 <= value <= 65535:
        raise SettingsError(f"{where} must be a number from 0 to 65535, not {value!r}.")
    return value


def _permissions(value: Any, where: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict) or not all(isinstance(names, list) for names in value.values()):
        raise SettingsError(f"{where} must map names of privileges to lists of permissions.")
    unknown = {str(name) for names in value.values() for name in names} - PERMISSIONS
    if unknown:
        raise SettingsError(f"{where}: there is no {', '.join(sorted(unknown))}. There are: {', '.join(sorted(PERMISSIONS))}.")
    return {str(privilege): tuple(str(name) for name in names) for privilege, names in value.items()}


def _days(value: Any, where: str) -> dict[str, int]:
    if not isinstance(value, dict) or not all(type(days) is int and days >= 0 for days in value.values()):
        raise SettingsError(f"{where} must map names of interviews to numbers of days, 0 for never.")
    return {str(interview): days for interview, days in value.items()}


def _place_of_files(value: str, folder: Path, where: str) -> str:
    if "://" not in value:
        return str((folder / value).resolve()) if value else ""
    if not _BUCKET_AND_PREFIX.fullmatch(value):
        raise SettingsError(
            f"{where} must be a folder, or s3://BUCKET/PREFIX with letters, digits, “.”, “-” and “_”, not {value!r}."
        )
    return value.rstrip("/")


def _file_storage(value: Any, folder: Path, where: str) -> FileStorage:
    given = _named_values(value, FileStorage, where)
    if "certificate" in given:
        given["certificate"] = _text_of(folder / str(given["certificate"]), f"{where}: certificate")
    storage = FileStorage(
        **{key.replace(" ", "_"): _of_part(key, item, FileStorage, f"{where}: {key}") for key, item in given.items()}
    )
    if storage.endpoint and not _ENDPOINT.fullmatch(storage.endpoint):
        raise SettingsError(f"{where}: endpoint must be http://HOST:PORT or https://HOST, not {storage.endpoint!r}.")
    if storage.bucket_in_host and _ADDRESS.search(storage.endpoint):
        raise SettingsError(f"{where}: there can be no “bucket in host” where “endpoint” is an address of figures.")
    if storage.secret_access_key and not storage.access_key_id:
        raise SettingsError(f"{where} must have an “access key id” for the “secret access key”.")
    return storage


def _text_of(path: Path, where: str) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{where}: {path} can't be read.") from error


def _mail_accounts(value: Any, where: str) -> tuple[MailAccount, ...]:
    """One account or a list of them; the one called “default” comes first."""
    given = value if isinstance(value, list) else [value]
    accounts = [_mail_account(item, where) for item in given]
    names = [account.name for account in accounts]
    if len(accounts) > 1 and (not all(names) or len(set(names)) < len(names)):
        raise SettingsError(f"{where}: each of several must have a “name” of its own.")
    return tuple(sorted(accounts, key=lambda account: account.name != "default"))


def _mail_account(value: Any, where: str) -> MailAccount:
    given = _named_values(value, MailAccount, where)
    account = MailAccount(
        **{key.replace(" ", "_"): _of_part(key, item, MailAccount, f"{where}: {key}") for key, item in given.items()}
    )
    if account.use_ssl and "port" not in given:
        account = replace(account, port=465)
    return _usable_account(account, where)


def _named_values(value: Any, kind: type, where: str) -> dict[str, Any]:
    """The directives of a part of the configuration, by their names; those without a value are left out."""
    known = [item.name.replace("_", " ") for item in fields(kind)]
    if not isinstance(value, dict):
        raise SettingsError(f"{where} must have lines of the form “directive: value”, with {', '.join(known)}.")
    given = {str(key): item for key, item in value.items() if item is not None}
    for key in given:
        if key not in known:
            hint = " Only servers that speak SMTP are supported." if key.startswith(("mailgun", "sendgrid", "azure")) else ""
            raise SettingsError(f"{where}: there is no directive “{key}”. {_meant(key, known)}{hint}")
    return given


def _meant(key: str, directives: Sequence[str]) -> str:
    near = get_close_matches(key, directives, n=1)
    return f"Did you mean “{near[0]}”?" if near else f"There are: {', '.join(directives)}."


def _of_part(key: str, value: Any, kind: type, where: str) -> Any:
    name = key.replace(" ", "_")
    usual = getattr(kind(), name)
    return _secret(value, where) if isinstance(usual, Secret) else _checked(name, value, type(usual), where)


def _secret(value: Any, where: str) -> Secret:
    if isinstance(value, (dict, list)):
        raise SettingsError(f"{where} must be a text.")
    return Secret(str(value).encode())


def _usable_account(account: MailAccount, where: str) -> MailAccount:
    """The account, encrypted in one way at most and with a sender. Raises `SettingsError` for one without a server or sender."""
    if not account.server:
        raise SettingsError(f"{where} needs the directive “server”, the name of the server that takes e-mails.")
    sender = account.default_sender or (account.username if "@" in account.username else "")
    if read_address(sender) is None:
        raise SettingsError(
            f"{where} needs the directive “default sender”, an e-mail address such as Office <office@example.com>."
        )
    return replace(account, default_sender=sender, use_tls=account.use_tls and not account.use_ssl)
