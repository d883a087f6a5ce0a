"""`user`: who can sign in, with which password and which privileges."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

from docassemble_lite.cli.arguments import Arguments
from docassemble_lite.cli.opened import opened_store
from docassemble_lite.cli.table import print_table
from docassemble_lite.errors import LiteError
from docassemble_lite.settings import Settings

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from docassemble_lite.host import Person
    from docassemble_lite.store.database import Store
    from docassemble_lite.store.people import People

# bytes of the line that holds a password; more are no password
_LONGEST_LINE = 16 * 1024
_HEADS = ("id", "e-mail", "name", "privileges", "active", "created", "last seen")
# what somebody has who has no privilege
_NONE = "user"


class NoPassword(LiteError):
    """There is no password to be read."""


class NoAddress(LiteError):
    """How is the server reached from outside? Say so with --url https://… or the directive “url root”."""


def manage_users(settings: Settings, arguments: Arguments) -> int:
    """Carry out what `arguments.deed` says."""
    with opened_store(settings) as store:
        match arguments.deed:
            case "add":
                return _add(store.people, arguments)
            case "password":
                return _set_password(store, arguments)
            case "privilege":
                return _set_privileges(store.people, arguments)
            case "link":
                return _make_link(store, arguments.email, arguments.url or settings.url_root)
            case "delete":
                return _delete(store, arguments)
            case _:
                return _list(store.people, settings)


def _list(people: People, settings: Settings) -> int:
    from docassemble_lite.language.zones import zone_called

    accounts = people.listing()
    if not accounts:
        print("Nobody can sign in yet. This adds the first: python -m docassemble_lite user add EMAIL --privilege admin")
        return 0
    zone = zone_called(settings.timezone)
    rows = [
        (
            str(account.person.id),
            account.person.email,
            f"{account.person.first_name} {account.person.last_name}".strip(),
            _named(account.person.privileges),
            "yes" if account.active else "no",
            _moment(account.created, zone),
            _moment(account.last_seen, zone) if account.last_seen else "",
        )
        for account in accounts
    ]
    print_table(_HEADS, rows)
    return 0


def _add(people: People, arguments: Arguments) -> int:
    person = people.add(arguments.email, _password(arguments.password_file), privileges=arguments.privileges)
    print(f"{person.email} can sign in now, with the privileges: {_named(person.privileges)}.")
    return 0


def _set_password(store: Store, arguments: Arguments) -> int:
    person = _found(store.people, arguments.email)
    store.people.set_password(person, _password(arguments.password_file))
    print(f"{person.email} has another password now, and is signed out everywhere. {_cost(store, person)}")
    return 0


def _make_link(store: Store, email: str, root: str) -> int:
    from docassemble_lite.store.tickets import HANDED_OVER

    if not root.startswith(("http://", "https://")):
        raise NoAddress
    person = _found(store.people, email)
    token = store.tickets.make("reset", HANDED_OVER, user_id=person.id)
    print(f"{root.rstrip('/')}/user/reset-password/{token}")
    print(f"By this link {person.email} can choose another password, once, within a day. {_cost(store, person)}", file=sys.stderr)
    return 0


def _cost(store: Store, person: Person) -> str:
    """What becomes of a person's private sessions when the password is replaced by another one."""
    number = store.sessions.count_private(person.id or 0)
    if not number:
        return "There are no private sessions that would be lost."
    if store.people.has_code(person):
        return f"With another password the private sessions ({number}) can be opened with the recovery code alone."
    return f"With another password the private sessions ({number}) can't be opened any more: there is no recovery code."


def _delete(store: Store, arguments: Arguments) -> int:
    from docassemble_lite.store.leaving import delete_person

    person = _found(store.people, arguments.email)
    number = delete_person(store, person, shared=arguments.shared)
    print(f"{person.email} is deleted, with sessions: {number}.")
    return 0


def _set_privileges(people: People, arguments: Arguments) -> int:
    person = _found(people, arguments.email)
    people.set_privileges(person, arguments.privileges)
    print(f"{person.email} has these privileges now: {_named(arguments.privileges)}.")
    return 0


def _found(people: People, email: str) -> Person:
    from docassemble_lite.store.people import PersonNotFound

    person = people.find(email)
    if person is None:
        raise PersonNotFound(f"There is nobody with the e-mail address {email!a}.")
    return person


def _named(privileges: Iterable[str]) -> str:
    return ", ".join(sorted(set(privileges))) or _NONE


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    return moment.replace(tzinfo=UTC).astimezone(zone).strftime("%Y-%m-%d %H:%M")


# --- passwords -------------------------------------------------------------------------------------------------------


def _password(file: Path | None) -> str:
    """The first line of the file; without one, what is typed twice at a terminal, or one line of what comes in."""
    if file is not None:
        try:
            with file.open("rb") as lines:
                return _line(lines, str(file))
        except OSError as error:
            raise NoPassword(f"The password can't be read from {file}: {error.strerror}.") from error
    if not sys.stdin.isatty():
        return _line(sys.stdin.buffer, "the standard input")
    return _typed_twice()


def _typed_twice() -> str:
    try:
        first, second = getpass.getpass("Password: "), getpass.getpass("The same again: ")
    except EOFError as error:
        raise NoPassword from error
    if first != second:
        raise NoPassword("The two passwords differ.")
    return first


def _line(lines: IO[bytes], where: str) -> str:
    line = lines.readline(_LONGEST_LINE).rstrip(b"\r\n")
    if not line:
        raise NoPassword(f"There is no password in {where}.")
    try:
        return line.decode()
    except UnicodeDecodeError:
        # without that error, which holds the password
        raise NoPassword(f"What stands in {where} is no text in UTF-8.") from None
