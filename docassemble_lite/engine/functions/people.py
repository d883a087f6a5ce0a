"""Who is there."""

from __future__ import annotations

from typing import Any

from docassemble_lite.host import current

__all__ = [
    "UserInfo",
    "current_context",
    "interface",
    "referring_url",
    "user_has_privilege",
    "user_info",
    "user_logged_in",
    "user_privileges",
]


class UserInfo:
    """What is known of the person: first_name, last_name, email, id, session, filename, privileges."""

    def __init__(self) -> None:
        request = current().request
        person = request.person
        self.id = person.id
        self.first_name = person.first_name
        self.last_name = person.last_name
        self.email = person.email
        self.privileges = list(person.privileges)
        self.session = request.session
        self.filename = request.interview
        self.interface = request.interface

    def name(self) -> str:
        """The person's name, or the e-mail address where there is none."""
        return f"{self.first_name} {self.last_name}".strip() or self.email


def user_info() -> UserInfo:
    """The person on whose behalf the code runs."""
    return UserInfo()


def current_context() -> UserInfo:
    """Where the code runs: session, filename, interface."""
    return UserInfo()


def user_logged_in() -> bool:
    """Whether the person has signed in."""
    return current().request.person.logged_in


def user_privileges() -> list[str]:
    """The person's privileges; ["user"] for somebody without any special one."""
    person = current().request.person
    return list(person.privileges) or (["user"] if person.logged_in else [])


def user_has_privilege(*names: Any) -> bool:
    """Whether the person has at least one of the privileges."""
    wanted = {str(item) for name in names for item in (name if isinstance(name, (list, tuple, set)) else [name])}
    return bool(wanted & set(user_privileges()))


def interface() -> str:
    """Where the code runs: "web", "worker", "cron" …"""
    return current().request.interface


def referring_url(default: Any = None) -> Any:
    """The address of the page from which the person came."""
    return current().request.referring_url or default
