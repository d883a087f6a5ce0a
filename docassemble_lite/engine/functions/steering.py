"""Functions that end an evaluation, or say how it is to be saved and shown."""

from __future__ import annotations

import json
from typing import Any

from docassemble_lite.engine.functions.variables import all_variables
from docassemble_lite.engine.leaving import checked_target
from docassemble_lite.engine.screen import Exit, Redirect, Refresh, Response, Wait
from docassemble_lite.engine.steering import EndWith, EndWithMessage
from docassemble_lite.engine.typed import target_acts
from docassemble_lite.host import current
from docassemble_lite.language.words import word

__all__ = [
    "command",
    "flash",
    "get_config",
    "get_status",
    "json_response",
    "log",
    "message",
    "prevent_going_back",
    "response",
    "set_parts",
    "set_save_status",
    "set_status",
    "variables_as_json",
]

#: What `command()` can do.
COMMANDS = (
    "restart",
    "new_session",
    "exit",
    "logout",
    "exit_logout",
    "leave",
    "continue",
    "refresh",
    "signin",
    "register",
    "wait",
)
_SETTINGS = frozenset({"variable_access"})
# where nobody looks at a screen, a message for it goes into the log
_UNSEEN = ("worker", "cron", "mail")


def command(
    what: str,
    url: str | None = None,
    sleep: float = 4.0,
    question_text: str | None = None,
    subquestion_text: str | None = None,
) -> None:
    """Do what a special button does: "restart", "exit", "leave", "refresh" …; "wait": come back after `sleep` seconds.

    `url` is where one goes on who leaves, `question_text` and `subquestion_text` are what is shown to whoever waits.
    """
    if what not in COMMANDS:
        raise ValueError(f"There is no command “{what}”. There are: {', '.join(COMMANDS)}.")
    if what in ("refresh", "continue"):
        raise EndWith(Refresh())
    if what == "wait":
        raise EndWith(Wait(float(sleep), str(question_text or ""), str(subquestion_text or "")))
    raise EndWith(Exit(what, checked_target(url)))


def message(
    question: str | None = None,
    subquestion: str | None = None,
    show_restart: bool = True,
    show_exit: bool = True,
    url: str | None = None,
    show_leave: bool = False,
    buttons: list[dict[str, str]] | None = None,
    **_: Any,
) -> None:
    """Show a screen with a message, at which the interview ends."""
    target = checked_target(url)
    shown = [(label, kind, "") for item in buttons or [] for label, kind in item.items()]
    if show_restart and not buttons:
        shown.append((word("Restart"), "restart", ""))
    if show_exit and not buttons:
        shown.append((word("Exit"), "exit", target))
    if show_leave and not buttons:
        shown.append((word("Leave"), "leave", target))
    raise EndWithMessage(question or word("Message"), subquestion or "", shown)


def response(
    response: str | None = None,
    binaryresponse: bytes | None = None,
    all_variables: bool = False,
    url: str | None = None,
    null: bool = False,
    content_type: str | None = None,
    response_code: int = 200,
    **_: Any,
) -> None:
    """Send something else than a screen: a text, bytes, the answers as JSON, or the browser to another address."""
    if url is not None:
        if target_acts(url):
            raise ValueError("response() can't lead to an address that runs code or reads a file.")
        raise EndWith(Redirect(url))
    if null:
        raise EndWith(Response(b"null", "text/plain; charset=utf-8", response_code))
    if all_variables:
        from docassemble_lite.engine.functions.variables import all_variables as answers

        json_response(answers(), response_code)
    if binaryresponse is not None:
        raise EndWith(Response(bytes(binaryresponse), content_type or "application/octet-stream", response_code))
    body = "" if response is None else str(response)
    raise EndWith(Response(body.encode(), content_type or "text/plain; charset=utf-8", response_code))


def json_response(data: Any, response_code: int = 200) -> None:
    """Send data as JSON."""
    raise EndWith(Response(json.dumps(data, indent=2).encode(), "application/json; charset=utf-8", response_code))


def variables_as_json(include_internal: bool = False) -> None:
    """Send all answers as JSON."""
    json_response(all_variables(include_internal=include_internal))


def set_save_status(status: str) -> None:
    """How this request is saved: as a "new" step, over the current one ("overwrite"), or not at all ("ignore")."""
    if status not in ("new", "overwrite", "ignore"):
        raise ValueError(f"The save status is “new”, “overwrite” or “ignore”, not “{status}”.")
    current().evaluation.save_status = status


def prevent_going_back() -> None:
    """Nobody can go back from here."""
    internal = current().evaluation.internal
    internal["steps_offset"] = internal["steps"]


def set_parts(**parts: Any) -> None:
    """Change parts of the page (title, subtitle, short_title …) for this session."""
    stored = current().evaluation.internal.setdefault("parts", {})
    stored.update({key.replace("_", " "): str(value) for key, value in parts.items() if value is not None})


def set_status(**settings: Any) -> None:
    """Change settings of this session. `variable_access=False` keeps the scripts of pages from reading the answers."""
    unknown = settings.keys() - _SETTINGS
    if unknown:
        raise ValueError(f"set_status() knows no {', '.join(sorted(unknown))}, but: {', '.join(sorted(_SETTINGS))}.")
    current().evaluation.internal.setdefault("status", {}).update(settings)


def get_status(setting: str) -> Any:
    """What `set_status()` set; None if that was nothing."""
    return current().evaluation.internal.get("status", {}).get(setting)


def get_config(key: str, default: Any = None) -> Any:
    """A directive of the configuration."""
    return current().host.setting(key, default)


def log(text: Any, priority: str = "log") -> None:
    """Write a message to the log, or show it to the person ("success", "info", "warning", "danger")."""
    seen = current().request.interface not in _UNSEEN
    if seen and priority in ("success", "info", "warning", "danger", "primary", "secondary"):
        current().evaluation.messages.append((str(text), priority))
    else:
        current().host.log(str(text), priority)


def flash(text: Any, priority: str = "info") -> None:
    """Show a message to the person above the screen."""
    current().evaluation.messages.append((str(text), priority))
