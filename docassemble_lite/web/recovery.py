"""`/user/recovery-code` and `/user/recover`: what opens a person's sessions when the password is forgotten."""

from __future__ import annotations

import logging

from flask import Blueprint, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from docassemble_lite.language.words import word
from docassemble_lite.store.people import SignIn, WrongCode
from docassemble_lite.web import account_page, signed_in
from docassemble_lite.web.account_page import typed
from docassemble_lite.web.pages import page_context
from docassemble_lite.web.plain_pages import CodePage, FormField, FormPage, PlainForm
from docassemble_lite.web.services import services

log = logging.getLogger(__name__)
blueprint = Blueprint("recovery", __name__, url_prefix="/user")

_CLOSED = "{number} of your private interviews are closed."
_ONE_CLOSED = "One of your private interviews is closed."
_TICK = "Tick the box if you don’t have the earlier code any more."
_WRONG = "This isn’t your recovery code. Nothing was changed."
_OPENED = "{number} interviews are open to you again."
_ONE_OPENED = "One interview is open to you again."
_NONE_OPENED = "There was nothing to open: all that this code opens was open already."
_NO_CODE = "You have no recovery code, so there is nothing to open with one."
#: A code, with room for whatever somebody types between its groups.
LONGEST_CODE = 80
_EXPLAINED = (
    "When a forgotten password is replaced by another one, the private interviews from before are closed: nothing but the old "
    "password and the recovery code opens them.",
    "Enter the code that you printed or wrote down. Small letters and missing hyphens don’t matter.",
)


@blueprint.before_request
def let_in() -> Response | None:
    return signed_in.only_signed_in(home=url_for("recovery.show"))


@blueprint.get("/recovery-code")
def show() -> Response:
    """What the code is for, and a button that makes one."""
    return _code_page()


@blueprint.post("/recovery-code")
def make() -> Response:
    """A new code, which is shown in this answer and never again."""
    found = _sign_in()
    if _may_be_lost(found) and not request.form.get("lost"):
        return _code_page(422, error=word(_TICK))
    people = services().store.people
    had_code = people.has_code(found.person)
    code = people.new_code(found)
    log.info('action="recovery_code_made" user=%s', found.person.id)
    return _show(CodePage(code, found.person.email, had_code, **_ways_on()))


@blueprint.get("/recover")
def ask() -> Response:
    """A field for the code."""
    return _recover_page()


@blueprint.post("/recover")
def recover() -> Response:
    found, code = _sign_in(), typed("code")[:LONGEST_CODE]
    wait = account_page.seconds_to_wait("recover", str(found.person.id))
    if wait:
        return _recover_page(429, word(account_page.TOO_OFTEN), wait=wait)
    store = services().store
    try:
        opened_by_code = store.people.recovered(found.person, code)
    except WrongCode:
        log.info('action="recovery_code_refused" user=%s', found.person.id)
        return _recover_page(422, error=word(_WRONG))
    number = store.sessions.hand_over(opened_by_code, found.secret)
    # the code has opened what is open now in another way; from now on it opens that
    store.people.keep_code(found, code)
    log.info('action="recovered" user=%s sessions=%d', found.person.id, number)
    text = word({0: _NONE_OPENED, 1: _ONE_OPENED}.get(number, _OPENED)).format(number=number)
    return account_page.go_to(url_for("profile.show"), text)


def closed_text() -> str:
    """How many of the person's interviews are closed, in words; empty: none."""
    number = _closed(_sign_in())
    return word(_ONE_CLOSED if number == 1 else _CLOSED).format(number=number) if number else ""


def _sign_in() -> SignIn:
    found = signed_in.sign_in()
    assert found is not None
    return found


def _closed(found: SignIn) -> int:
    return services().store.sessions.count_closed(found.person.id or 0, found.secret)


def _may_be_lost(found: SignIn) -> bool:
    """Whether there are interviews that an earlier code may open, and a new one not."""
    return services().store.people.has_code(found.person) and _closed(found) > 0


def _code_page(status: int = 200, error: str = "") -> Response:
    found = _sign_in()
    shown = CodePage(
        has_code=services().store.people.has_code(found.person),
        closed=closed_text() if _may_be_lost(found) else "",
        error=error,
        **_ways_on(),
    )
    return _show(shown, status)


def _ways_on() -> dict[str, str]:
    back = account_page.next_path()
    return {"recover_url": url_for(".ask", next=back or None), "next": back, "on_url": back or url_for("profile.show")}


def _show(shown: CodePage, status: int = 200) -> Response:
    page = page_context(notice=account_page.flashed(), action_url=url_for(".make"))
    return make_response(render_template("recovery_code.html", shown=shown, page=page), status)


def _recover_page(status: int = 200, error: str = "", wait: float = 0.0) -> Response:
    has_code = services().store.people.has_code(_sign_in().person)
    field = FormField("code", word("Recovery code"), required=True, longest=LONGEST_CODE)
    form = PlainForm("da-recover", url_for(".recover"), word("Open"), (field,))
    texts = (closed_text(), *(word(text) for text in (_EXPLAINED if has_code else (_NO_CODE,))))
    page = FormPage(
        word("Open interviews with a recovery code"),
        (form,) if has_code else (),
        tuple(filter(None, texts)),
        error,
        links=((word("Recovery code"), url_for(".show")), (word("Profile"), url_for("profile.show"))),
    )
    return account_page.show(page, status, wait)
