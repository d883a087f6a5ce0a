"""Who is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docassemble_lite.engine.functions.accounts import permissions_of
from docassemble_lite.engine.session_tags import changeable_tags
from docassemble_lite.host import PROFILE, current

__all__ = [
    "Context",
    "UserInfo",
    "current_context",
    "interface",
    "referring_url",
    "session_tags",
    "user_has_privilege",
    "user_info",
    "user_logged_in",
    "user_privileges",
]


class Context:
    """Where code runs.

    `session`, `filename` and `package` are those of the interview, `current_filename` and `current_package` of the block that
    is carried out; `question_id` and `current_section` are those of the question that is being made, `variable` is what was
    sought last. What isn't there is None.
    """

    def __init__(self) -> None:
        context = current()
        block, sought = context.evaluation.block, context.evaluation.sought
        self.session = context.request.session
        self.filename = context.request.interview
        self.package = _package(self.filename)
        self.interface = context.request.interface
        self.current_filename = block.place.source.name if block is not None else self.filename
        self.current_package = _package(self.current_filename)
        asks = block is not None and block.kind == "question"
        self.question_id = (block.id or None) if asks else None
        self.current_section = _text(block.section.get("section")) if asks else None
        self.variable = sought[-1] if sought else None


class UserInfo(Context):
    """What is known of the person: id, first_name, last_name, email, privileges, country … and where code runs."""

    def __init__(self) -> None:
        super().__init__()
        person = current().request.person
        known = person.logged_in
        self.id = person.id
        self.email = person.email if known else None
        self.login_method = "local" if known else None
        self.phone_number = None
        for name in PROFILE:
            setattr(self, name, getattr(person, name) if known else None)
        if not known:
            self.first_name, self.last_name = "Anonymous", "User"
        self.privileges = user_privileges()
        self.permissions = sorted(permissions_of(person))

    if TYPE_CHECKING:
        first_name: str
        last_name: str

    def name(self) -> str:
        """The person's name, or the e-mail address where there is none."""
        return f"{self.first_name} {self.last_name}".strip() or self.email or ""


def _package(filename: str) -> str | None:
    package, colon, _ = filename.partition(":")
    return package if colon else None


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def user_info() -> UserInfo:
    """The person on whose behalf the code runs."""
    return UserInfo()


def current_context() -> Context:
    """Where the code runs."""
    return Context()


def user_logged_in() -> bool:
    """Whether the person has signed in."""
    return current().request.person.logged_in


def user_privileges() -> list[str]:
    """The person's privileges; ["user"] for somebody without any special one, also for who hasn't signed in."""
    return list(current().request.person.privileges) or ["user"]


def user_has_privilege(*names: Any) -> bool:
    """Whether the person has at least one of the privileges; "anonymous" is what those have who haven't signed in."""
    wanted = {str(item) for name in names for item in (name if isinstance(name, (list, tuple, set)) else [name])}
    return current().request.person.has_one_of(wanted)


def interface() -> str:
    """Where the code runs: "web", "worker", "cron" …"""
    return current().request.interface


def referring_url(default: Any = None) -> Any:
    """The address of the page from which the person came."""
    return current().request.referring_url or default


def session_tags() -> set[str]:
    """The tags of the session, at first those of the interview; what is changed in them is kept."""
    return changeable_tags(current().evaluation)
