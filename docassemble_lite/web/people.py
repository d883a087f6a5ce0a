"""`/user/people`: who can sign in, and with which privileges, for administrators."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from docassemble_lite.language.words import word
from docassemble_lite.language.zones import zone_called
from docassemble_lite.store.people import Account
from docassemble_lite.store.tables import EMAIL_LENGTH
from docassemble_lite.web import account_page, signed_in
from docassemble_lite.web.pages import page_context
from docassemble_lite.web.plain_pages import FormField, PeoplePage, PersonRow, PlainForm
from docassemble_lite.web.services import services

log = logging.getLogger(__name__)
blueprint = Blueprint("people", __name__)

_ON_A_PAGE = 50
_LAST_PAGE = 10_000


@blueprint.before_request
def let_in() -> Response | None:
    return signed_in.only_for(("admin",), home=url_for("people.index"))


@blueprint.get("/user/people")
def index() -> str:
    """A page of the people, in the order of their e-mail addresses."""
    page = page_context(notice=account_page.flashed())
    return render_template("people.html", shown=_page(_words(), _number()), page=page)


@blueprint.get("/userlist")
def other_address() -> Response:
    """The address of the page in docassemble."""
    return redirect(url_for(".index"))


def _words() -> str:
    return request.args.get("search", "").strip()[:EMAIL_LENGTH]


def _number() -> int:
    """The number of the page that is asked for, from 1."""
    return min(max(request.args.get("page", 1, type=int), 1), _LAST_PAGE)


def _address(words: str, number: int) -> str:
    return url_for(".index", search=words or None, page=number if number > 1 else None)


def _page(words: str, number: int) -> PeoplePage:
    people = services().store.people
    # one more than is shown says whether there are more
    found = people.page(words, most=_ON_A_PAGE + 1, skipped=(number - 1) * _ON_A_PAGE)
    zone = zone_called(signed_in.person().timezone or services().settings.timezone)
    field = FormField("search", word("E-mail address or name"), "search", words, longest=EMAIL_LENGTH)
    links = (("Add a person", "person.add"), ("Invite a person", "person.invite"), ("Privileges", "privileges.show"))
    return PeoplePage(
        people=tuple(_row(account, zone) for account in found[:_ON_A_PAGE]),
        number=_number_of(people.count(words)),
        search=PlainForm("da-search", url_for(".index"), word("Search"), (field,), is_search=True),
        timezone=zone.key,
        links=tuple((word(label), url_for(endpoint)) for label, endpoint in links),
        earlier_url=_address(words, number - 1) if number > 1 else "",
        later_url=_address(words, number + 1) if len(found) > _ON_A_PAGE else "",
    )


def _number_of(number: int) -> str:
    return word("1 person") if number == 1 else word("{number} people").format(number=number)


def _row(account: Account, zone: ZoneInfo) -> PersonRow:
    person = account.person
    if person.id is None:
        abort(404)
    return PersonRow(
        id=person.id,
        email=person.email,
        name=f"{person.first_name} {person.last_name}".strip(),
        privileges=", ".join(person.privileges) or "user",
        active=account.active,
        created=_day(account.created, zone),
        last_seen=_day(account.last_seen, zone) if account.last_seen else "",
        url=url_for("person.show", user_id=person.id),
    )


def _day(moment: datetime, zone: ZoneInfo) -> str:
    return moment.replace(tzinfo=UTC).astimezone(zone).strftime("%Y-%m-%d")
