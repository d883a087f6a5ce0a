"""`/user/privileges`: which privileges a person can have, for administrators."""

from __future__ import annotations

import logging

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from docassemble_lite.language.words import word
from docassemble_lite.store.people import PRIVILEGES, PrivilegeRefused
from docassemble_lite.store.tables import PRIVILEGE_LENGTH
from docassemble_lite.web import account_page, signed_in
from docassemble_lite.web.account_page import typed
from docassemble_lite.web.plain_pages import FormField, FormPage, PlainForm
from docassemble_lite.web.services import services

log = logging.getLogger(__name__)
blueprint = Blueprint("privileges", __name__)

_TEXT = "Always there: {names}. Those that you add mean what interviews make of them."
_ADDED = "There is a privilege “{name}” now."
_REMOVED = "The privilege “{name}” is removed, and nobody has it any more."


@blueprint.before_request
def let_in() -> Response | None:
    return signed_in.only_for(("admin",), home=url_for("privileges.show"))


@blueprint.get("/user/privileges")
def show() -> Response:
    return _page()


@blueprint.get("/privilegelist")
def other_address() -> Response:
    """The address of the page in docassemble."""
    return redirect(url_for(".show"))


@blueprint.post("/user/privileges/add")
def add() -> Response:
    name = typed("name")
    try:
        services().store.people.add_privilege(name)
    except PrivilegeRefused as error:
        return _page(422, {"name": error.message})
    return _changed("privilege_added", name, _ADDED)


@blueprint.post("/user/privileges/remove")
def remove() -> Response:
    name = request.form.get("privilege", "")
    try:
        services().store.people.remove_privilege(name)
    except PrivilegeRefused as error:
        return _page(422, {"privilege": error.message})
    return _changed("privilege_removed", name, _REMOVED)


def _changed(action: str, name: str, text: str) -> Response:
    log.info('action="%s" name=%r by=%s', action, name, signed_in.person().id)
    return account_page.go_to(url_for(".show"), word(text).format(name=name))


def _page(status: int = 200, errors: dict[str, str] | None = None) -> Response:
    wrong = errors or {}
    field = FormField(
        "name",
        word("Name"),
        value=typed("name")[:PRIVILEGE_LENGTH],
        required=True,
        error=wrong.get("name", ""),
        longest=PRIVILEGE_LENGTH,
    )
    forms = [PlainForm("da-add", url_for(".add"), word("Add"), (field,), word("Add a privilege"))]
    added = [name for name in services().store.people.privileges() if name not in PRIVILEGES]
    if added or "privilege" in wrong:
        choices = tuple((name, name) for name in added)
        chosen = FormField("privilege", word("Name"), "select", choices=choices, error=wrong.get("privilege", ""))
        title = word("Remove a privilege")
        forms.append(PlainForm("da-remove", url_for(".remove"), word("Remove"), (chosen,), title, is_final=True))
    text = word(_TEXT).format(names=", ".join(PRIVILEGES))
    links = ((word("People"), url_for("people.index")),)
    return account_page.show(FormPage(word("Privileges"), tuple(forms), (text,), links=links), status)
