"""`/goto`: addresses that lead to another one for a while. One that does so once asks first: programs look at links, too."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from docassemble_lite.language.words import word
from docassemble_lite.visit.temporary_files import AddressOver, AddressRefused
from docassemble_lite.visit.temporary_links import TemporaryLink, read_link
from docassemble_lite.web import account_page
from docassemble_lite.web.plain_pages import FormPage, PlainForm
from docassemble_lite.web.services import services
from docassemble_lite.web.ways_out import lead_to

blueprint = Blueprint("temporary_links", __name__)

_ONCE = "This address holds for one time only. Go on when you are ready."


@blueprint.get("/goto")
def follow() -> Response:
    """Lead on, or ask whether the only time is now."""
    link = _wanted()
    if not link.ticket:
        return redirect(link.url, 303)
    if services().store.tickets.find("link", link.ticket) is None:
        abort(410)
    form = PlainForm("da-goto", url_for(".use_up"), word("Go on"), hidden=(("c", request.args.get("c", "")),), is_main=True)
    return account_page.show(FormPage(word("You can go on from here"), (form,), (word(_ONCE),)))


@blueprint.post("/goto")
def use_up() -> Response:
    """Lead on for the only time."""
    link = _wanted()
    if link.ticket and not services().store.tickets.take(link.ticket):
        abort(410)
    return lead_to(link.url)


def _wanted() -> TemporaryLink:
    try:
        return read_link(services().store.vault, request.values.get("c", ""))
    except AddressRefused:
        abort(404)
    except AddressOver:
        abort(410)
