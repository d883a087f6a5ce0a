"""Opening the session that a request names, and nobody tries out which ones there are.

An id that opens nothing is counted by network. Where there were too many of them, no other session is opened for it for a
while, but those that the browser is in already, or whose key it holds.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from flask import Flask, request

from docassemble_lite.errors import LiteError, SessionNotFound
from docassemble_lite.networks import network_of
from docassemble_lite.web import security, signed_in
from docassemble_lite.web.current_sessions import is_known
from docassemble_lite.web.services import services

T = TypeVar("T")
log = logging.getLogger(__name__)

#: So many ids that open nothing from one network, within so many seconds.
MOST = 60
WITHIN = 60.0
_WHAT = "unknown session"
# whose requests name sessions
_BLUEPRINTS = ("interview", "checkin", "interviews")


class TooManyUnknown(LiteError):
    """Too many sessions were asked for that can't be opened."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        #: after which one may ask again
        self.seconds = seconds


def init_app(app: Flask) -> None:
    app.before_request(refuse_guesses)


def in_session(work: Callable[[bytes], T]) -> T:
    """Do something in a session with what opens the sessions of whoever is there.

    Where that doesn't open it, it may be one that the browser began at the very moment of the sign-in. Raises `SessionNotFound`
    and `TooManyUnknown`.
    """
    found = signed_in.sign_in()
    try:
        return work(found.secret if found else security.browser_secret())
    except SessionNotFound:
        if found is None or not signed_in.take_along(found):
            count_unknown()
            raise
        return work(found.secret)


def count_unknown() -> None:
    """The session that the request names can't be opened. Raises `TooManyUnknown`."""
    if _named():
        wait = services().store.attempts.seconds_to_wait(_WHAT, _network(), most=MOST, seconds=WITHIN)
        if wait:
            raise _too_many(wait)


def refuse_guesses() -> None:
    """Open nothing that the browser isn't in already for a network that asked for too much. Raises `TooManyUnknown`."""
    named = _named() if request.blueprint in _BLUEPRINTS else ""
    if not named:
        return
    wait = services().store.attempts.seconds_left(_WHAT, _network(), most=MOST, seconds=WITHIN)
    if wait and not _is_held(named):
        raise _too_many(wait)


def _named() -> str:
    """The session that the request names, unless the browser is in it as its cookie says; empty: none."""
    named = (
        request.args.get("session")
        or request.form.get("_session")
        or request.headers.get("X-Session")
        or (request.view_args or {}).get("session_id")
        or ""
    )
    return "" if is_known(named) else str(named)


def _is_held(session_id: str) -> bool:
    try:
        return services().store.sessions.enter(session_id, signed_in.person_secret()).held
    except SessionNotFound:
        return False


def _network() -> str:
    return network_of(request.remote_addr)


def _too_many(wait: float) -> TooManyUnknown:
    log.warning('action="too_many_unknown_sessions" network=%s', _network())
    return TooManyUnknown(wait)
