"""Actions and addresses."""

from __future__ import annotations

from typing import Any

from docassemble_lite.engine.actions import perform_pending_action
from docassemble_lite.host import current

__all__ = [
    "action_argument",
    "action_arguments",
    "action_menu_item",
    "interview_url",
    "interview_url_action",
    "process_action",
    "url_action",
    "url_ask",
    "url_of",
]


def process_action() -> None:
    """Carry out the action that a link asks for, here in the code."""
    perform_pending_action(current().evaluation)


def action_arguments() -> dict[str, Any]:
    """The arguments of the action that is going on."""
    return dict(current().evaluation.actions.arguments)


def action_argument(name: str | None = None, default: Any = None) -> Any:
    """One argument of the action that is going on; `default` if it has none of that name, and all without a name.

    While a page checks in, "_initial" says whether it does so for the first time, and "_changed" which field was changed.
    """
    arguments = action_arguments()
    occasion = current().evaluation.actions.occasion or {}
    if name in occasion:
        return occasion[name]
    return arguments if name is None else arguments.get(name, default)


def url_action(action: str, _forget_prior: bool = False, **arguments: Any) -> str:
    """The address of a link that carries out an action of this interview."""
    return current().host.action_url(action, arguments, with_session=False, forget_prior=_forget_prior)


def action_menu_item(label: str, action: str, **arguments: Any) -> dict[str, Any]:
    """An entry for the list `menu_items`, which carries out an action."""
    return {"label": label, "url": url_action(action, **arguments)}


def interview_url_action(action: str, _forget_prior: bool = False, **arguments: Any) -> str:
    """The absolute address that carries out an action of this session, for somebody else to use."""
    return current().host.action_url(action, arguments, with_session=True, forget_prior=_forget_prior)


def url_ask(names: Any) -> str:
    """The address of a link that asks for variables anew."""
    names = [names] if isinstance(names, (str, dict)) else list(names)
    return url_action("_da_force_ask", variables=names)


def interview_url(**arguments: Any) -> str:
    """The absolute address of this session; with `i`, of another interview."""
    interview = arguments.pop("i", None)
    return current().host.interview_url(interview, arguments)


def url_of(page: str, **arguments: Any) -> str:
    """The address of a page of the server, or of a static file ("logo.png", "package:static/logo.png")."""
    return current().host.page_url(page, arguments)
