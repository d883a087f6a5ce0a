"""`/interviews`: the sessions of who is signed in, to go on with or to delete. None is opened for that."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, get_flashed_messages, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from docassemble_lite.errors import AuthorError, InterviewNotFound, SessionNotFound
from docassemble_lite.language.words import word
from docassemble_lite.language.zones import zone_called
from docassemble_lite.logs import session_shown
from docassemble_lite.session_query import Comparison, Negation
from docassemble_lite.store.loaded import Listed
from docassemble_lite.visit.addresses import interview_address
from docassemble_lite.web.opening import count_unknown
from docassemble_lite.web.page import Notice
from docassemble_lite.web.pages import page_context
from docassemble_lite.web.plain_pages import InterviewPage, InterviewRow
from docassemble_lite.web.services import services
from docassemble_lite.web.signed_in import only_signed_in, person, person_secret

log = logging.getLogger(__name__)
blueprint = Blueprint("interviews", __name__, url_prefix="/interviews")

_ON_A_PAGE = 50
_LAST_PAGE = 10_000
_DELETED = "“{title}” is deleted."
_LEFT = "“{title}” is no longer on your list. It stays with those who share it."
_ALL_DELETED = "{number} interviews are deleted."


@blueprint.before_request
def let_in() -> Response | None:
    return only_signed_in(home=url_for("interviews.index"))


@blueprint.get("")
def index() -> str:
    """The sessions of who is signed in, the latest first."""
    messages = get_flashed_messages(with_categories=True)
    notice = Notice(messages[-1][1], messages[-1][0]) if messages else None
    return render_template("interviews.html", shown=_page(_number()), page=page_context(notice=notice))


@blueprint.post("/<session_id>/delete")
def delete(session_id: str) -> Response:
    """Delete a session with all that belongs to it, or take one of somebody else off the list.

    Whoever hasn't got it on the list is told that there is none.
    """
    seen = _on_my_list(session_id)
    sessions, mine = services().store.sessions, seen.owner_id == person().id
    if mine:
        sessions.delete_surely(session_id)
    else:
        sessions.leave(person().id or 0, session_id=session_id)
    log.info('action="session_%s" session=%s user=%s', "deleted" if mine else "left", session_shown(session_id), person().id)
    flash(word(_DELETED if mine else _LEFT).format(title=seen.title or seen.interview), "success")
    return redirect(_address(_number()), 303)


def _on_my_list(session_id: str) -> Listed:
    found = services().store.sessions.listing(person().id or 0, None, most=1, session_id=session_id)
    if not found:
        count_unknown()
        raise SessionNotFound
    return found[0]


@blueprint.get("/delete-all")
def ask_to_delete_all() -> str:
    """Whether really all of them are to be deleted."""
    return render_template("delete_interviews.html", shown=_page(1), page=page_context())


@blueprint.post("/delete-all")
def delete_all() -> Response:
    number = services().store.sessions.delete_listed(person().id or 0)
    log.info('action="sessions_deleted" number=%s user=%s', number, person().id)
    flash(word(_ALL_DELETED).format(number=number), "success")
    return redirect(_address(), 303)


def _number() -> int:
    """The number of the page that is asked for, from 1."""
    return min(max(request.values.get("page", 1, type=int), 1), _LAST_PAGE)


def _address(number: int = 1) -> str:
    return url_for(".index", page=number if number > 1 else None)


def _page(number: int) -> InterviewPage:
    who = person()
    found, any_hidden = _found(number)
    zone = zone_called(who.timezone or services().settings.timezone)
    return InterviewPage(
        rows=tuple(_row(session, zone) for session in found[:_ON_A_PAGE]),
        number=number,
        timezone=zone.key,
        newer_url=_address(number - 1) if number > 1 else "",
        older_url=_address(number + 1) if len(found) > _ON_A_PAGE else "",
        # what is hidden is deleted as well
        delete_all_url=url_for(".ask_to_delete_all") if found or any_hidden else "",
        index_url=_address(),
    )


def _found(number: int) -> tuple[list[Listed], bool]:
    """The sessions of a page, and one more if there are more; and whether others were left out, as their interviews want it."""
    hidden: set[str] = set()
    while True:
        query = Negation(Comparison("filename", "in", tuple(sorted(hidden)))) if hidden else None
        found = services().store.sessions.listing(
            person().id or 0, person_secret(), most=_ON_A_PAGE + 1, skipped=(number - 1) * _ON_A_PAGE, query=query
        )
        others = {name for name in {session.interview for session in found} if _is_hidden(name)}
        if not others:
            return found, bool(hidden)
        hidden |= others


def _is_hidden(interview: str) -> bool:
    try:
        return services().programs.get(interview).metadata.get("hidden") is True
    except (AuthorError, InterviewNotFound):
        return False


def _row(session: Listed, zone: ZoneInfo) -> InterviewRow:
    begun, used = _local(session.created, zone), _local(session.modified, zone)
    return InterviewRow(
        id=session.session_id,
        title=session.title or session.interview,
        interview=session.interview,
        tags=session.tags,
        begun=_shown(begun),
        begun_iso=begun.isoformat(timespec="seconds"),
        used=_shown(used),
        used_iso=used.isoformat(timespec="seconds"),
        is_shared=session.multi_user,
        is_mine=session.owner_id == person().id,
        resume_url=interview_address(session.interview, session=session.session_id) if session.opens else "",
        delete_url=url_for(".delete", session_id=session.session_id),
    )


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.replace(tzinfo=UTC).astimezone(zone)


def _shown(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")
