"""What the pages of accounts have in common: how they are shown, where they lead, and how often something may be tried."""

from __future__ import annotations

import logging
from math import ceil
from typing import Any

from flask import flash, get_flashed_messages, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from docassemble_lite.language.words import word
from docassemble_lite.networks import network_of
from docassemble_lite.store import passwords
from docassemble_lite.store.passwords import PasswordRefused
from docassemble_lite.web.page import Notice
from docassemble_lite.web.pages import page_context
from docassemble_lite.web.plain_pages import FormField, FormPage
from docassemble_lite.web.same_origin import same_origin_path
from docassemble_lite.web.services import services

log = logging.getLogger(__name__)

#: So many attempts from one network, within so many seconds.
MOST = 10
WITHIN = 60.0
#: Letters to one address that people of all networks together may have sent within a day.
LETTERS_A_DAY = 10
TOO_OFTEN = "There were too many attempts. Wait a minute, then try again."
TOO_MANY = "Too many people are signing in at this moment. Wait a moment, then try again."
DIFFERENT = "The two passwords differ."
MISSING = "This is needed."
_PASSWORD_HINT = "At least {number} characters."


def show(page: FormPage, status: int = 200, wait: float = 0.0, **known: Any) -> Response:
    """The page, with what the one before it had to say; `wait` are the seconds after which one may try again."""
    text = render_template("form.html", shown=page, page=page_context(notice=flashed(), **known))
    response = make_response(text, status)
    if wait:
        response.headers["Retry-After"] = str(ceil(wait))
    return response


def flashed() -> Notice | None:
    """What the page before had to say."""
    messages = get_flashed_messages(with_categories=True)
    return Notice(messages[-1][1], messages[-1][0]) if messages else None


def go_to(address: str, text: str, kind: str = "success") -> Response:
    """To another page, which says what happened."""
    flash(text, kind)
    return redirect(address, 303)


def next_path() -> str:
    """Where a person goes on: a page of this server, or empty."""
    return same_origin_path(request.values.get("next", ""))


def go_on() -> Response:
    return redirect(next_path() or url_for("lists.root"), 303)


def typed(name: str) -> str:
    """What stands in a control, without what is around it."""
    return request.form.get(name, "").strip()


def seconds_to_wait(*what: str, most: int = MOST, seconds: float = WITHIN) -> float:
    """Count one more attempt from this network; 0.0 if it is allowed, otherwise how long to wait."""
    network = network_of(request.remote_addr)
    wait = services().store.attempts.seconds_to_wait(*what, network, most=most, seconds=seconds)
    if wait:
        log.warning('action="too_many_attempts" at="%s" network=%s', what[0], network)
    return wait


def may_be_written_to(what: str, key: str, *, most: int, seconds: float) -> bool:
    """Count one more letter to an address; whether it may go: few that one network asks for, and not many a day in all."""
    if seconds_to_wait(what, key, most=most, seconds=seconds):
        return False
    return not services().store.attempts.seconds_to_wait("letters", key, most=LETTERS_A_DAY, seconds=24 * 3600.0)


def own_address_field(email: str) -> FormField:
    """The address for which a browser keeps the password that is typed below it."""
    return FormField("email", word("E-mail address"), "email", email, autocomplete="username", fixed=True)


def new_password_fields(errors: dict[str, str], label: str = "New password") -> tuple[FormField, ...]:
    """The controls of a new password, which is typed twice."""
    hint = word(_PASSWORD_HINT).format(number=passwords.SHORTEST)
    both = {"kind": "password", "required": True, "autocomplete": "new-password", "longest": passwords.LONGEST}
    first = FormField("password", word(label), hint=hint, error=errors.get("password", ""), **both)  # type: ignore[arg-type]
    second = FormField("again", word("The same again"), error=errors.get("again", ""), **both)  # type: ignore[arg-type]
    return first, second


def check_new_password() -> dict[str, str]:
    """What is wrong with the new password that was typed twice, by the names of the controls."""
    password = request.form.get("password", "")
    try:
        passwords.require_usable(password)
    except PasswordRefused as error:
        return {"password": word(error.message)}
    return {} if password == request.form.get("again", "") else {"again": word(DIFFERENT)}
