"""What a person sees when something goes wrong: what happened, what to do, and never a traceback unless they develop."""

from __future__ import annotations

import logging
from http import HTTPStatus
from math import ceil

from flask import Flask, make_response, render_template, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from docassemble_lite.engine.actions import ActionRefused
from docassemble_lite.engine.submission import NotAsked
from docassemble_lite.errors import (
    AnswersNotStorable,
    AnswersTampered,
    AuthorError,
    EvaluationError,
    InterviewNotFound,
    LiteError,
    NoSuchFile,
    SavedByAnother,
    SessionNotFound,
    StoreAway,
)
from docassemble_lite.language.words import word
from docassemble_lite.web.kept_answers import kept_page, typed_answers
from docassemble_lite.web.opening import TooManyUnknown
from docassemble_lite.web.page import PageContext
from docassemble_lite.web.pages import page_context
from docassemble_lite.web.plain_pages import ErrorPage, SourceReport
from docassemble_lite.web.services import services
from docassemble_lite.web.signed_in import NotAllowed, assume_nobody, person

log = logging.getLogger(__name__)

#: error → (status, title, advice)
_TOLD: dict[type[LiteError], tuple[int, str, str]] = {
    InterviewNotFound: (404, "There is no such interview", "Check the address, or choose an interview from the list."),
    SessionNotFound: (
        404,
        "There is no such session",
        "It may have been ended, or it belongs to another browser. You can begin anew.",
    ),
    NoSuchFile: (404, "There is no such file", "It may have been removed, or it belongs to another browser."),
    AnswersTampered: (500, "These answers can't be opened", "Tell whoever runs this server. Nothing has been deleted."),
    NotAsked: (400, "This answer doesn't fit the question", "Nothing was changed. Load the page again and answer what it asks."),
    NotAllowed: (403, "This is not for you", "Sign in as somebody who may see it, or go back to the interviews."),
    ActionRefused: (400, "This action can't be asked for", "Nothing was changed. Go back to the interview."),
    AnswersNotStorable: (500, "The interview has a mistake", "Tell whoever runs this server. What you answered before is kept."),
}
_STATUS_TEXTS = {
    400: ("This request can't be understood", "Check the address."),
    403: ("This form has expired", "Load the page again and answer once more. Cookies must be allowed."),
    404: ("There is no such page", "Check the address, or choose an interview from the list."),
    405: ("This can't be done here", "Go back to the interview."),
    410: ("This address doesn't hold any more", "Ask whoever gave it to you for another one."),
    413: ("This is more than can be sent at once", "Send less, or a smaller file."),
}

_CLOSED = "This session isn't open to you just now"
_CLOSED_TEXT = (
    "You may have been signed out, or the session was ended. What you typed is kept on this page. If you had signed in, "
    "do so again in another tab, and then send it again here."
)


def init_app(app: Flask) -> None:
    app.register_error_handler(SavedByAnother, show_conflict)
    app.register_error_handler(AuthorError, show_author_error)
    app.register_error_handler(SessionNotFound, show_closed_session)
    app.register_error_handler(LiteError, show_lite_error)
    app.register_error_handler(TooManyUnknown, show_too_many)
    app.register_error_handler(HTTPException, show_http_error)
    app.register_error_handler(OperationalError, show_store_away)
    app.register_error_handler(StoreAway, show_store_away)
    app.register_error_handler(Exception, show_unexpected)


def show_lite_error(error: LiteError) -> Response:
    known = next((_TOLD[kind] for kind in type(error).__mro__ if kind in _TOLD), None)
    status, title, advice = known or (500, "Something went wrong", "Try again.")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("%s: %s", type(error).__name__, error.message)
    return _page(status, ErrorPage(word(title), error.message, word(advice), _again()))


def show_closed_session(error: SessionNotFound) -> Response:
    """The session isn't there, or not for this browser. What the person typed is kept: a sign-in may have ended meanwhile."""
    if typed_answers():
        return kept_page(404, word(_CLOSED), word(_CLOSED_TEXT), signs_in=not person().logged_in)
    return show_lite_error(error)


def show_too_many(error: TooManyUnknown) -> Response:
    page = ErrorPage(word("There is no such session"), error.message, word("Wait a minute, then try again."), _again())
    response = _page(429, page)
    response.headers["Retry-After"] = str(ceil(error.seconds))
    return response


def show_author_error(error: AuthorError) -> Response:
    """A mistake of the interview. Everybody is told which variable is missing; only developers see the source."""
    debug = services().settings.debug
    log.error("interview error: %s", known_text(error))
    text = (
        error.message if debug or (isinstance(error, EvaluationError) and error.public) else word("The interview has a mistake.")
    )
    advice = word("Tell whoever runs this server. What you answered before is kept.")
    report = SourceReport.of(error) if debug else None
    return _page(500, ErrorPage(word("The interview has a mistake"), text, advice, _again(), report))


def show_http_error(error: HTTPException) -> Response:
    status = error.code or 500
    title, advice = _STATUS_TEXTS.get(status, ("Something went wrong", "Try again."))
    return _page(status, ErrorPage(word(title), f"{status} {error.name}", word(advice), _again()))


def show_conflict(_: SavedByAnother) -> Response:
    """Others kept saving first. What the person typed is kept in a form that can be sent again."""
    return _kept(409, "", "")


def show_store_away(error: OperationalError | StoreAway) -> Response:
    log.exception("the store can't be reached: %s", error.orig if isinstance(error, OperationalError) else error.__cause__)
    assume_nobody()
    title = word("Your answers can't be saved just now")
    return _kept(503, title, word("Nothing that you typed is lost: wait a moment, then send it again."))


def show_unexpected(error: Exception) -> Response:
    log.exception("unexpected error: %s", type(error).__name__)
    assume_nobody()
    text = f"{type(error).__name__}: {error}" if services().settings.debug else word("The server has a problem.")
    return _page(
        500, ErrorPage(word("Something went wrong"), text, word("Try again, or tell whoever runs this server."), _again())
    )


def known_text(error: AuthorError) -> str:
    """What a log and a browser's console may tell of the error: all of it to developers alone."""
    return str(error) if services().settings.debug else error.without_answers()


def _kept(status: int, title: str, text: str) -> Response:
    if request.method == "POST" and request.blueprint == "interview":
        return kept_page(status, title, text)
    return _page(status, ErrorPage(title or word("Somebody else is saving this session"), "", word("Try again."), _again()))


def _page(status: int, error: ErrorPage) -> Response:
    page: PageContext = page_context()
    return make_response(render_template("error.html", error=error, page=page), status)


def _again() -> str:
    return request.full_path.rstrip("?")
