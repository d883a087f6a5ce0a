"""Who may use an interview, begin a session of it and see it on the list, as its metadata says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from docassemble_lite.engine.document import Section
from docassemble_lite.host import Person


class Verdict(Enum):
    """Whether a person may do something with an interview."""

    YES = "yes"
    # somebody who signs in may perhaps
    SIGN_IN = "sign in"
    NO = "no"


@dataclass(frozen=True)
class Access:
    """What an interview requires. No privileges mean that none is needed.

    "anonymous" among the privileges stands for people who haven't signed in. `initiating` is None where nobody may begin a
    session by its address; `unique_for` are the privileges of those who have no more than one session, `unique` is whether
    that goes for everybody.
    """

    privileges: tuple[str, ...] = ()
    listing: tuple[str, ...] = ()
    initiating: tuple[str, ...] | None = ()
    login: bool = False
    listed: bool = True
    unique: bool = False
    unique_for: tuple[str, ...] = ()

    def to_use(self, person: Person, *, anonymous: bool = True) -> Verdict:
        """Whether the person may open a session; `anonymous` is whether the server lets people in who haven't signed in."""
        if person.logged_in:
            return _verdict(person, self.privileges)
        if "anonymous" in self.privileges:
            return Verdict.SIGN_IN if self.unique or not anonymous else Verdict.YES
        needs_login = self.login or self.unique or bool(self.privileges) or not anonymous
        return Verdict.SIGN_IN if needs_login else Verdict.YES

    def to_begin(self, person: Person) -> Verdict:
        """Whether somebody who may open sessions may begin one."""
        return Verdict.NO if self.initiating is None else _verdict(person, self.initiating)

    def is_listed(self, person: Person, *, anonymous: bool = True) -> bool:
        """Whether the person sees the interview among those that can be begun."""
        verdicts = (self.to_use(person, anonymous=anonymous), self.to_begin(person), _verdict(person, self.listing))
        return self.listed and all(verdict is Verdict.YES for verdict in verdicts)

    def is_unique(self, person: Person) -> bool:
        """Whether the person has no more than one session of the interview."""
        return self.unique or bool(self.unique_for and person.has_one_of(self.unique_for))


def _verdict(person: Person, privileges: tuple[str, ...]) -> Verdict:
    if not privileges or person.has_one_of(privileges):
        return Verdict.YES
    return Verdict.NO if person.logged_in else Verdict.SIGN_IN


def read_access(access: Access, metadata: Section) -> Access:
    """What a `metadata` block makes of it: what the block doesn't mention stays as it was."""
    changes: dict[str, Any] = {}
    _check(metadata)
    for key, name in _PRIVILEGES.items():
        if key in metadata:
            changes[name] = _privileges_at(metadata, key)
    if "require login" in metadata:
        changes["login"] = _switch_at(metadata, "require login")
    if "unlisted" in metadata:
        changes["listed"] = not _switch_at(metadata, "unlisted")
    if "required privileges for initiating" in metadata:
        value = metadata["required privileges for initiating"]
        nobody = value is None or value == "None"
        changes["initiating"] = None if nobody else _privileges_at(metadata, "required privileges for initiating")
    if "sessions are unique" in metadata:
        value = metadata["sessions are unique"]
        changes["unique"] = value is True
        changes["unique_for"] = () if isinstance(value, bool) else _privileges_at(metadata, "sessions are unique")
    return replace(access, **changes)


_SWITCHES = ("temporary session", "hidden", "show login")
_PRIVILEGES = {"required privileges": "privileges", "required privileges for listing": "listing"}


def _check(metadata: Section) -> None:
    """Look at what others read, so that nothing is overlooked because it is written in another way."""
    for key in _SWITCHES:
        if metadata.get(key) is not None:
            _switch_at(metadata, key)
    tags = metadata.get("tags")
    if tags is not None and not isinstance(tags, list):
        raise metadata.mistake("tags", "“tags” must be a list of words.", "Write “tags:” and below it “- wills”.")


def _privileges_at(metadata: Section, key: str) -> tuple[str, ...]:
    value = metadata[key]
    names = value if isinstance(value, list) else [] if value is None else [value]
    if not all(isinstance(name, str) and name.strip() for name in names):
        raise metadata.mistake(
            key, f"“{key}” must be a privilege or a list of privileges.", "Write one like admin, or “- admin” on lines below it."
        )
    return tuple(name.strip() for name in names)


def _switch_at(metadata: Section, key: str) -> bool:
    value = metadata[key]
    if not isinstance(value, bool):
        raise metadata.mistake(key, f"“{key}” must be True or False, not {value!r}.")
    return value
