"""Actions and addresses."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

from markupsafe import Markup, escape

from docassemble_lite.engine.actions import perform_pending_action
from docassemble_lite.engine.qr_codes import qr_markup
from docassemble_lite.engine.typed import escape_typed, target_acts
from docassemble_lite.host import current
from docassemble_lite.language.words import word

# addresses that lead elsewhere
_FOREIGN = ("https://", "http://", "mailto:")

__all__ = [
    "action_argument",
    "action_arguments",
    "action_button_html",
    "action_menu_item",
    "interview_url",
    "interview_url_action",
    "interview_url_action_as_qr",
    "interview_url_as_qr",
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


def action_button_html(
    url: str,
    icon: str | None = None,
    color: str = "dark",
    size: str = "sm",
    block: bool = False,
    label: str = "Edit",
    classname: str | None = None,
    new_window: bool | str | None = None,
    id_tag: str | None = None,
) -> Markup:
    """A link to an address that looks like a button, for a text. `icon` has no effect.

    Raises ValueError for an address that acts.
    """
    if target_acts(url):
        raise ValueError("action_button_html() can't lead to an address that runs code or reads a file.")
    classes = ["btn", f"btn-{size}", f"btn-{color}", *(["d-block"] if block else []), *(classname or "").split()]
    attributes = {"href": url, "class": " ".join(classes), "id": id_tag or ""}
    if new_window:
        attributes["target"] = "_blank" if new_window is True else new_window
    written = " ".join(f'{name}="{escape(value)}"' for name, value in attributes.items() if value)
    return Markup(f"<a {written}>{escape_typed(word(label))}</a>")


def interview_url_action(action: str, _forget_prior: bool = False, **arguments: Any) -> str:
    """The absolute address that carries out an action of this session, for somebody else to use.

    `i`, `session`, `local`, `temporary` and `once_temporary` mean what they mean to `interview_url()`, and `new_session` and
    `reset` what they do in an address; all other arguments are those of the action.
    """
    return current().host.action_url(action, arguments, with_session=True, forget_prior=_forget_prior)


def url_ask(names: Any) -> str:
    """The address of a link that asks for variables anew."""
    names = [names] if isinstance(names, (str, dict)) else list(names)
    return url_action("_da_force_ask", variables=names)


def interview_url(**arguments: Any) -> str:
    """The absolute address of this session; with `i`, of another interview, with `session`, too, of that session of it.

    With `local=True` it has no host. With `temporary` it leads there for so many hours and doesn't tell the session; with
    `once_temporary` only one time. All other arguments are for the interview. `style` has no effect.
    """
    interview = arguments.pop("i", None)
    return current().host.interview_url(interview, arguments)


def interview_url_as_qr(**arguments: Any) -> str:
    """Markup for a code that a telephone reads: the address that `interview_url()` gives."""
    return _qr_of(interview_url, arguments)


def interview_url_action_as_qr(action: str, **arguments: Any) -> str:
    """Markup for a code that a telephone reads: the address that `interview_url_action()` gives."""
    return _qr_of(partial(interview_url_action, action), arguments)


def _qr_of(address: Callable[..., str], arguments: dict[str, Any]) -> str:
    width, alt_text = arguments.pop("width", None), arguments.pop("alt_text", None)
    return qr_markup(address(**arguments), width, alt_text)


def url_of(page: str, **arguments: Any) -> str:
    """The address of a page of the server, or of a static file ("logo.png", "package:static/logo.png").

    An address like "https://example.com" gets the arguments as its query. "temp_url" leads to `url` for `expire` seconds (90
    days), with `one_time=True` only once.
    """
    if page.startswith(_FOREIGN):
        quoting = quote if page.startswith("mailto:") else quote_plus
        given = {key: value for key, value in arguments.items() if not key.startswith("_")}
        return f"{page}{'&' if '?' in page else '?'}{urlencode(given, quote_via=quoting)}" if given else page
    return current().host.page_url(page, arguments)
