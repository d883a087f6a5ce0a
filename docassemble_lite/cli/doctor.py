"""`doctor`: looks through a configuration from end to end, and says for each thing that it is right or what to do.

Nothing is changed. For a moment there is one session more, with the task that is sent to the workers and back.
"""

from __future__ import annotations

import json
import os
import shutil
import smtplib
import ssl
import stat
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from docassemble_lite.cli.arguments import Arguments
from docassemble_lite.cli.health import NotWell, look_at_mail
from docassemble_lite.cli.migrating import require_files
from docassemble_lite.errors import LiteError, SettingsError
from docassemble_lite.settings import S3, MailAccount, Settings

#: Seconds that a task may take to the workers and back.
PATIENCE = 15.0
#: Seconds that two clocks may differ: signs of life of tasks and the schedule of several machines go by them.
CLOCKS_APART = 5.0
#: Bytes of free disk below which it has to be mended, and below which it is mentioned.
TOO_LITTLE, LITTLE = 200 * 10**6, 2 * 10**9
TO_MEND = 1
_WORKER = "Start the server (python -m docassemble_lite run), or a worker alone (python -m docassemble_lite worker)."

Mark = Literal["ok", "note", "mend"]


@dataclass(frozen=True)
class Found:
    """What was found of one thing. A "note" needs nothing to be done; `advice` says what to do about it."""

    mark: Mark
    about: str
    text: str
    advice: str = ""

    def __str__(self) -> str:
        shown = "MEND" if self.mark == "mend" else self.mark
        return f"{shown:<5} {self.about}: {self.text}" + (f"\n      {self.advice}" if self.advice else "")


def examine(arguments: Arguments) -> int:
    """Print what is found, as it is found; 1 if anything has to be mended."""
    found = []
    for item in _all(arguments):
        found.append(item)
        if not arguments.as_json:
            print(item, flush=True)
    to_mend = sum(item.mark == "mend" for item in found)
    if arguments.as_json:
        print(json.dumps([asdict(item) for item in found], ensure_ascii=False, indent=1))
    else:
        print(f"{to_mend} to be mended." if to_mend else "All is well.")
    return TO_MEND if to_mend else 0


def _all(arguments: Arguments) -> Iterator[Found]:
    try:
        settings = arguments.settings()
        settings.zone
    except SettingsError as error:
        yield Found("mend", "configuration", error.message, "Nothing else can be looked at before that.")
        return
    for look in _LOOKS:
        yield from look(settings)


# --- what is configured ------------------------------------------------------------------------------------------------


def look_at_configuration(settings: Settings) -> Iterator[Found]:
    """The file, and the folders that it names."""
    yield Found("ok", "configuration", str(settings.config or "there is no config.yml, so all is as it is by default"))
    for about, folder in {"interviews": settings.interviews, **settings.packages}.items():
        if folder.is_dir():
            yield Found("ok", about, str(folder.resolve()))
        else:
            yield Found("mend", about, f"there is no folder {folder}", "Make it, or name another one in the configuration.")


def look_at_data(settings: Settings) -> Iterator[Found]:
    """The data folder, who may look into it, and how much room there is."""
    folder = settings.data
    if not folder.is_dir():
        yield Found("note", "data folder", f"there is no folder {folder} yet", "The first start makes it.")
        return
    if not os.access(folder, os.W_OK | os.X_OK):
        yield Found("mend", "data folder", f"{folder} can't be written to", "Give it to the user that runs the server.")
    elif _others_may(folder):
        yield Found("mend", "data folder", f"other users may look into {folder.resolve()}", f"chmod 700 {folder}")
    else:
        yield Found("ok", "data folder", str(folder.resolve()))
    free = shutil.disk_usage(folder).free
    text = f"{free / 10**9:.1f} GB are free"
    if free < TOO_LITTLE:
        yield Found("mend", "disk", text, "Make room: answers and files can't be saved when it is full.")
    else:
        yield Found("note" if free < LITTLE else "ok", "disk", text)


def look_at_key(settings: Settings) -> Iterator[Found]:
    """The key of the server."""
    from docassemble_lite.store.server_keys import VARIABLE, are_given, key_file, server_keys

    path = key_file(settings.data)
    given = are_given()
    if not given and not path.exists():
        yield Found(
            "note", "server key", f"there is no {path} yet", "The first start makes it. Keep a copy, apart from the data."
        )
        return
    try:
        number = len(server_keys(settings.data).read())
    except (SettingsError, OSError) as error:
        yield Found("mend", "server key", str(error))
        return
    if not given and _others_may(path):
        yield Found("mend", "server key", f"other users may read {path}", f"chmod 600 {path}")
    else:
        earlier = f", and {number - 1} earlier" if number > 1 else ""
        yield Found("ok", "server key", (f"in {VARIABLE}" if given else str(path.resolve())) + earlier)


def _others_may(path: Path) -> bool:
    return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


# --- what the server works with ----------------------------------------------------------------------------------------


def look_at_parts(settings: Settings) -> Iterator[Found]:
    """The database, its tables and the broker and, if all of these are well, the clocks and a worker."""
    from docassemble_lite.broker import Broker
    from docassemble_lite.health import Health

    parts = Health(settings, Broker(settings)).parts()
    for part in parts:
        text = part.problem + (f" ({part.detail})" if part.problem and part.detail else "")
        well = "up to date" if part.name == "migrations" else "answers"
        yield Found("mend" if part.problem else "ok", part.name, text or well, _ADVICE[part.name] if text else "")
    problems = {part.name for part in parts if part.problem}
    if problems:
        yield Found("note", "worker", "couldn't be tried out", "Mend what stands above first.")
        return
    if not settings.embedded:
        yield _clock(settings)
    yield _errand(settings)


_ADVICE = {
    "database": "Start it, or look at the directive “database”.",
    "migrations": "python -m docassemble_lite migrate; each start does it, too.",
    "broker": "Start it, or look at the directive “broker”.",
}


def _clock(settings: Settings) -> Found:
    from docassemble_lite.clock import naive_utc
    from docassemble_lite.store.probing import time_of_database

    before = naive_utc()
    there = time_of_database(settings)
    after = naive_utc()
    apart = max(0.0, (before - there).total_seconds(), (there - after).total_seconds())
    text = f"{apart:.1f} seconds apart from that of the database"
    if apart > CLOCKS_APART:
        return Found("mend", "clock", text, "Have both machines set their clocks by NTP.")
    return Found("ok", "clock", text)


def _errand(settings: Settings) -> Found:
    from sqlalchemy.exc import SQLAlchemyError

    from docassemble_lite.cli.errand import send_there_and_back

    try:
        task = send_there_and_back(settings, PATIENCE)
    except (LiteError, SQLAlchemyError) as error:
        return Found("mend", "worker", f"no task could be sent: {' '.join(str(error).split())}")
    if task.state == "done":
        return Found("ok", "worker", f"a task was there and back, after it had waited for {task.waited or 0:.2f} seconds")
    if task.state == "waiting":
        return Found("mend", "worker", f"nobody took a task within {PATIENCE:.0f} seconds", _WORKER)
    how = f"a task ended as {task.state} ({task.error_type})" if task.error_type else f"a task is {task.state}"
    return Found("mend", "worker", how, f"Look into {settings.data / 'worker.log'} on the machine of the worker.")


def look_at_redis(settings: Settings) -> Iterator[Found]:
    """The Redis that interviews use, where it is one of their own."""
    if not settings.redis:
        return
    from redis.exceptions import RedisError

    from docassemble_lite.store.memory import open_memory

    try:
        open_memory(settings).ping()
    except (RedisError, OSError, ValueError) as error:
        text = " ".join(str(error).split()) or type(error).__name__
        yield Found("mend", "redis", text, "Start it, or look at the directive “redis”.")
    else:
        yield Found("ok", "redis", "answers")


def look_at_files(settings: Settings) -> Iterator[Found]:
    """The storage for files, if there is one: something is written there, read and removed."""
    if not settings.files.startswith(S3):
        return
    try:
        require_files(settings)
    except SettingsError as error:
        yield Found("mend", "files", error.message, "Look at “files” and “file storage options”.")
    else:
        yield Found("ok", "files", settings.files)


# --- e-mails -----------------------------------------------------------------------------------------------------------


def look_at_mail_out(settings: Settings) -> Iterator[Found]:
    """The servers that e-mails are handed to; none is sent."""
    if not settings.mail:
        yield Found("note", "mail", "no e-mails are sent", "The directive “mail” names a server for them.")
    for account in settings.mail:
        yield _account(account)


def _account(account: MailAccount) -> Found:
    from docassemble_lite.mail.smtp import try_out

    about = f"mail ({account.name})" if account.name else "mail"
    place = f"{account.server}:{account.port}"
    try:
        try_out(account)
    except (smtplib.SMTPException, OSError) as error:
        return Found("mend", about, f"{place}: {' '.join(str(error).split()) or type(error).__name__}", _mail_advice(error))
    how = "encrypted" if account.use_ssl or account.use_tls else "not encrypted"
    return Found("ok", about, f"{place} takes e-mails, {how}" + (f", from {account.username}" if account.username else ""))


def _mail_advice(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "Look at “username” and “password”."
    if isinstance(error, (ssl.SSLError, smtplib.SMTPNotSupportedError)):
        return "Look at “use tls” (STARTTLS, mostly port 587), “use ssl” (mostly port 465) and the server's certificate."
    return "Look at “server” and “port”, and at firewalls in between."


def look_at_mail_in(settings: Settings) -> Iterator[Found]:
    """Where e-mails to interviews come in."""
    if not settings.incoming_mail_domain:
        yield Found("note", "incoming mail", "interviews receive no e-mails", "The directive “incoming mail domain” has them.")
        return
    for name in (settings.incoming_mail_certificate, settings.incoming_mail_key):
        if name and not os.access(name, os.R_OK):
            yield Found("mend", "incoming mail", f"{name} can't be read", "Give it to the user that runs the server.")
    try:
        yield Found("ok", "incoming mail", look_at_mail(settings))
    except NotWell as problem:
        start = "Start the server (python -m docassemble_lite run), or the receiver alone (python -m docassemble_lite mail)."
        yield Found("mend", "incoming mail", problem.message, start)


# --- programs ----------------------------------------------------------------------------------------------------------


def look_at_programs(_: Settings) -> Iterator[Found]:
    """The programs that make and read documents."""
    from docassemble_lite.documents import office, programs
    from docassemble_lite.errors import DocumentError
    from docassemble_lite.formats import recognition

    for about, find in (("pandoc", programs.find_pandoc), ("Typst", programs.find_typst)):
        try:
            yield Found("ok", about, str(find()))
        except DocumentError as error:
            yield Found("mend", about, f"without it no documents are made from Markdown. {error.message}")
    yield _optional(
        "LibreOffice",
        office.is_installed(),
        "DOCX templates don't become PDFs",
        "On Debian and Ubuntu: apt-get install libreoffice-writer-nogui",
    )
    yield _optional(
        "Tesseract",
        recognition.is_installed(),
        "no text is read from pictures",
        "On Debian and Ubuntu: apt-get install tesseract-ocr",
    )


def _optional(about: str, there: bool, missing: str, advice: str) -> Found:
    return Found("ok", about, "is installed") if there else Found("note", about, f"isn't installed, so {missing}", advice)


_LOOKS: tuple[Callable[[Settings], Iterator[Found]], ...] = (
    look_at_configuration,
    look_at_data,
    look_at_key,
    look_at_parts,
    look_at_redis,
    look_at_files,
    look_at_mail_out,
    look_at_mail_in,
    look_at_programs,
)
