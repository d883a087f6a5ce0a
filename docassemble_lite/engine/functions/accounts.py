"""People with accounts, what they may do, and their sessions, for interviews of those who run the server and of themselves."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from docassemble_lite.engine.functions.session_filters import query_of
from docassemble_lite.host import PROFILE, KnownPerson, Person, SessionInfo, current
from docassemble_lite.language.countries import country_coded
from docassemble_lite.language.dates import format_datetime
from docassemble_lite.language.zones import get_default_timezone, zone_called

__all__ = [
    "create_user",
    "get_user_info",
    "get_user_list",
    "interview_list",
    "invite_user",
    "manage_privileges",
    "set_user_info",
]

# how authors write what is kept of a person
_WRITTEN = {
    "subdivisionfirst": "subdivision_first",
    "subdivisionsecond": "subdivision_second",
    "subdivisionthird": "subdivision_third",
}
# privileges that nobody gives or changes who isn't an administrator
_GUARDED = frozenset({"admin", "developer", "advocate"})
_MOST = 1000


class NotAllowed(Exception):
    """The person who is in the interview may not do this."""


def may(person: Person, permission: str, *more: str) -> bool:
    """Whether the person is an administrator, or has been given all these permissions by the configuration."""
    return "admin" in person.privileges or {permission, *more} <= permissions_of(person)


def permissions_of(person: Person) -> set[str]:
    """What `permissions` of the configuration gives to the person's privileges."""
    given = current().host.setting("permissions", {}) or {}
    names = person.privileges if person.logged_in else ("anonymous",)
    return {permission for name in names for permission in given.get(name, ())}


def _me() -> Person:
    return current().request.person


def _require(permission: str, *more: str) -> None:
    if not may(_me(), permission, *more):
        raise NotAllowed("This needs the privilege “admin”, or permission: " + ", ".join([permission, *more]) + ".")


def _require_administrator(names: set[str]) -> None:
    """For privileges that nobody else gives, takes or touches."""
    if names & _GUARDED and "admin" not in _me().privileges:
        raise NotAllowed(f"Only an administrator may do this with: {', '.join(sorted(names & _GUARDED))}.")


# --- people ----------------------------------------------------------------------------------------------------------


def get_user_list(include_inactive: bool = False, next_id: Any = None) -> tuple[list[dict[str, Any]], Any]:
    """People with accounts, a hundred at a time, and what to ask with as `next_id` for those that follow."""
    if "advocate" not in _me().privileges:
        _require("access_user_info")
    most = _page_size()
    found = current().host.accounts().listing(_number(next_id), most + 1, include_inactive=include_inactive)
    shown = [_described(known, with_active=include_inactive) for known in found[:most]]
    return shown, found[most - 1].person.id if len(found) > most else None


def get_user_info(user_id: int | None = None, email: str | None = None) -> dict[str, Any] | None:
    """What is known of a person: of who is there, or of somebody else. None for nobody, and to somebody who isn't signed in."""
    me = _me()
    if not me.logged_in:
        return None
    known = _known(user_id, email)
    if (known is None or known.person.id != me.id) and "advocate" not in me.privileges:
        _require("access_user_info")
    return None if known is None else _described(known, with_active=True)


def set_user_info(**information: Any) -> None:
    """Change what is known of a person: of who is there, or, with `user_id` or `email`, of somebody else."""
    me = _me()
    if not me.logged_in:
        raise NotAllowed("set_user_info() is for somebody who is signed in.")
    known = _known(information.pop("user_id", None), information.pop("email", None))
    if known is None:
        raise ValueError("There is no such person.")
    if known.person.id != me.id:
        _require_to_change(known.person, information)
    profile = _profile({name: value for name, value in information.items() if _WRITTEN.get(name, name) in PROFILE})
    others = information.keys() - {"password", "old_password", "active", "privileges", "account_type"}
    unknown = [name for name in others if _WRITTEN.get(name, name) not in PROFILE]
    if unknown:
        raise ValueError(f"set_user_info() knows no {', '.join(sorted(unknown))}.")
    accounts = current().host.accounts()
    if profile:
        accounts.set_profile(known.person, profile)
    if "privileges" in information:
        _set_privileges(known.person, information["privileges"])
    if "active" in information:
        _set_active(known.person, bool(information["active"]))
    if information.get("password"):
        accounts.set_password(known.person, str(information["password"]), str(information.get("old_password") or ""))


def create_user(email: str, password: str, privileges: Any = None, info: Any = None) -> int:
    """A new person, who can sign in; the number of this person."""
    _require("create_user")
    names = _names(privileges)
    _require_administrator(set(names))
    return current().host.accounts().add(email, password, names, _profile(dict(info or {})))


def invite_user(email: str, privilege: str | None = None, send: bool = True) -> str | None:
    """Let somebody make an account, also where that isn't for everybody: the address for that, or, with `send`, an e-mail."""
    _require("create_user")
    _require_administrator({privilege} if privilege else set())
    return current().host.accounts().invite(email, [privilege] if privilege else [], send=send)


def _require_to_change(person: Person, information: dict[str, Any]) -> None:
    needed = {"edit_user_info"}
    needed |= {"edit_user_password"} if "password" in information else set()
    needed |= {"edit_user_active_status"} if "active" in information else set()
    needed |= {"edit_user_privileges"} if "privileges" in information else set()
    _require(*sorted(needed))
    _require_administrator(set(person.privileges))


def _set_privileges(person: Person, given: Any) -> None:
    _require("edit_user_privileges")
    names = _names(given)
    _require_administrator(set(names) ^ set(person.privileges))
    current().host.accounts().set_privileges(person, names)


def _set_active(person: Person, active: bool) -> None:
    _require("edit_user_active_status")
    current().host.accounts().set_active(person, active)


def _profile(information: dict[str, Any]) -> dict[str, str]:
    """What is to be kept of a person, under the names under which it is. Raises ValueError for a country that there isn't."""
    profile = {_WRITTEN.get(name, name): "" if value is None else str(value) for name, value in information.items()}
    if profile.get("country"):
        profile["country"] = country_coded(profile["country"]).alpha_2
    return profile


def _known(user_id: Any, email: Any) -> KnownPerson | None:
    accounts = current().host.accounts()
    if user_id is None and email is None:
        return accounts.find(_me().id, None)
    return accounts.find(None if user_id is None else _user_number(user_id), None if email is None else str(email))


def _described(known: KnownPerson, *, with_active: bool) -> dict[str, Any]:
    person = known.person
    written = {field: name for name, field in _WRITTEN.items()}
    described = {written.get(name, name): getattr(person, name) for name in PROFILE}
    described |= {"id": person.id, "email": person.email, "privileges": list(person.privileges) or ["user"]}
    return described | ({"active": known.active} if with_active else {})


def _names(given: Any) -> list[str]:
    return [given] if isinstance(given, str) else [str(name) for name in given or ()]


def _number(next_id: Any) -> int:
    try:
        return 0 if next_id is None else int(next_id)
    except (TypeError, ValueError) as error:
        raise ValueError(f"next_id is what the call before gave for it, or None, and not {next_id!a}.") from error


def _user_number(user_id: Any) -> int:
    try:
        return int(user_id)
    except (TypeError, ValueError) as error:
        raise ValueError(f"A user_id is the number of a person, like user_info().id, and not {user_id!a}.") from error


def _page_size() -> int:
    return max(1, min(int(current().host.setting("pagination limit", 100)), _MOST))


# --- privileges ------------------------------------------------------------------------------------------------------


def manage_privileges(what: str, name: str | None = None) -> Any:
    """The privileges that people can have ("list"), another one ("add", "remove"), or what one allows ("inspect")."""
    accounts = current().host.accounts()
    _require("access_privileges")
    if what == "list":
        return sorted({*accounts.privileges(), "cron"})
    if what == "inspect" and name:
        if name not in accounts.privileges():
            raise ValueError(f"There is no privilege “{name}”. There are: {', '.join(accounts.privileges())}.")
        return sorted((current().host.setting("permissions", {}) or {}).get(name, ()))
    if what not in ("add", "remove") or not name:
        raise ValueError("manage_privileges() takes “list”, or “add”, “remove” or “inspect” with the name of a privilege.")
    _require("access_privileges", "edit_privileges")
    return accounts.add_privilege(name) if what == "add" else accounts.remove_privilege(name)


# --- sessions --------------------------------------------------------------------------------------------------------


def interview_list(
    exclude_invalid: bool = True,
    action: str | None = None,
    filename: str | None = None,
    session: str | None = None,
    user_id: Any = None,
    query: Any = None,
    include_dict: bool = True,
    delete_shared: bool = False,
    next_id: Any = None,
    **unknown: Any,
) -> Any:
    """The sessions of a person, a hundred at a time, and what to ask with as `next_id` for those that follow.

    `action` "delete" or "delete_all" deletes them instead, but for the one in which this is said; then it is how many they
    were. `delete_shared` also deletes what others are in, which otherwise stays with them. Sessions of others, and of
    everybody (`user_id` "all"), are for administrators. `query` is a condition: `DA.Sessions.modtime < "4/5/2026"`.
    """
    if unknown:
        raise ValueError(f"interview_list() knows no {', '.join(sorted(unknown))}.")
    me = _me()
    if not me.logged_in:
        return 0 if action else ([], None)
    wanted = me.id if user_id is None else None if user_id == "all" else _user_number(user_id)
    if wanted != me.id:
        _require("access_sessions")
    host, condition = current().host, query_of(query)
    if action is not None:
        if action not in ("delete", "delete_all"):
            raise ValueError("The action of interview_list() is “delete” or “delete_all”.")
        if action == "delete" and not (session and filename):
            raise ValueError("interview_list(action='delete') needs a filename and a session.")
        if wanted != me.id:
            _require("edit_sessions")
        return host.delete_sessions(wanted, filename, session, condition, shared=delete_shared)
    most = _page_size()
    found = host.sessions_of(
        wanted, filename, session, condition, after=_number(next_id), most=most + 1, with_answers=include_dict
    )
    shown = [_told(info, with_answers=include_dict) for info in found[:most] if _is_valid(info) or not exclude_invalid]
    return shown, _number(next_id) + most if len(found) > most else None


def _is_valid(info: SessionInfo) -> bool:
    """Whether the person who asks can go on with the session."""
    return info.opens and info.metadata is not None


def _told(info: SessionInfo, *, with_answers: bool) -> dict[str, Any]:
    begun, saved = info.created.replace(tzinfo=UTC), info.modified.replace(tzinfo=UTC)
    told = {
        "email": info.email or None,
        "user_id": info.owner_id,
        "temp_user_id": None,
        "filename": info.interview,
        "metadata": dict(info.metadata or {}),
        "modtime": _written(saved),
        "starttime": _written(begun),
        "utc_modtime": saved,
        "utc_starttime": begun,
        "session": info.session,
        "title": info.title,
        "subtitle": (info.metadata or {}).get("subtitle"),
        "tags": set(info.tags),
        "valid": _is_valid(info),
    }
    if with_answers:
        told |= {"dict": dict(info.answers or {}), "encrypted": info.encrypted}
    return told


def _written(moment: datetime) -> str:
    return format_datetime(moment.astimezone(zone_called(_me().timezone or get_default_timezone())))
