"""The addresses that interviews and links know."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

#: Arguments of an address that mean something to the server; all others are for the interview.
RESERVED = frozenset({"i", "reset", "new_session", "session", "action", "cache", "from_list", "json", "js_target"})

_ACCOUNT_PAGES = {
    "login": "/user/sign-in",
    "signin": "/user/sign-in",
    "logout": "/user/sign-out",
    "register": "/user/register",
    "profile": "/user/profile",
    "change_password": "/user/change-password",
    "manage": "/user/delete-account",
}


def account_address(page: str, way_on: str = "") -> str:
    """The path of a page of accounts, after which a person goes on to the path `way_on`; empty if there is no such page."""
    path = _ACCOUNT_PAGES.get(page, "")
    return f"{path}?{urlencode({'next': way_on})}" if path and way_on else path


def interview_address(interview: str, /, **arguments: Any) -> str:
    """The path of an interview, with arguments (those that are None left out)."""
    given = {"i": interview, **{key: value for key, value in arguments.items() if value is not None}}
    return "/interview?" + urlencode(given, safe=":/")


def uploaded_file_address(
    number: int, extension: str, *, attachment: bool = False, page: int | None = None, size: str = "page"
) -> str:
    """The path of a file of a session, or of a picture of its `page`. Its name, which says whom it is for, stands nowhere."""
    given = {"attachment": 1} if attachment else {}
    shown = {"page": page, "size": size} if page is not None else {}
    query = urlencode({**shown, **given})
    return f"/uploadedfile/{number}.{quote(extension, safe='')}" + (f"?{query}" if query else "")


def archive_address(numbers: Sequence[int], name: str) -> str:
    """The path of a ZIP file with these files of a session."""
    return f"/uploadedfiles/{quote(name, safe='')}?" + urlencode([("file", number) for number in numbers])


def in_address(content: bytes) -> str:
    """Bytes as they stand in an address, or in a cookie."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def from_address(text: str) -> bytes:
    """What `in_address` was given. Raises ValueError for a text that can't come from it."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encoded_action(action: str, arguments: Mapping[str, Any]) -> str:
    """An action as it stands in an address. Raises TypeError for arguments that JSON can't express."""
    text = json.dumps({"action": action, "arguments": dict(arguments)}, separators=(",", ":"))
    return in_address(text.encode())


def decoded_action(text: str) -> tuple[str, dict[str, Any]]:
    """The action and the arguments in an address. Raises ValueError for anything else."""
    padded = text.replace("+", "-").replace("/", "_").rstrip("=")
    padded += "=" * (-len(padded) % 4)
    try:
        found = read_json(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise ValueError("This address doesn't name an action.") from error
    if not isinstance(found, dict) or not isinstance(found.get("action"), str):
        raise ValueError("This address doesn't name an action.")
    arguments = found.get("arguments") or {}
    if not isinstance(arguments, dict):
        raise ValueError("The arguments of an action must have names.")
    return found["action"], arguments


def read_json(text: str | bytes) -> Any:
    """JSON that comes from outside. Raises ValueError for anything that isn't, or that couldn't be shown again."""
    try:
        found = json.loads(text, parse_constant=_refused)
        # a half of a surrogate pair could be stored, but never be shown
        json.dumps(found, ensure_ascii=False).encode()
    except (UnicodeError, RecursionError) as error:
        raise ValueError("This is no JSON.") from error
    return found


def _refused(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON.")
