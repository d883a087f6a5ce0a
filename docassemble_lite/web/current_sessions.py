"""Which sessions a browser is in: for each interview a current one, and those that were current before.

Its cookie says so, unless that is a copy from before somebody signed out.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence

from flask import session

from docassemble_lite.web.signed_in import assure_not_ended

#: So many of them are remembered, and so many earlier ones.
_MOST = 40
_MOST_EARLIER = 40
# of an id, so that a cookie has room for all
_DIGEST_BYTES = 9


def known_session(name: str) -> str | None:
    """The current session of an interview."""
    return _current().get(name)


def remember(name: str, session_id: str | None) -> None:
    """Make a session the current one of its interview, or have none with None."""
    sessions = dict(_current())
    before = sessions.pop(name, None)
    if before == session_id is not None:
        return
    if session_id is not None:
        sessions[name] = session_id
    kept = list(sessions.items())[-_MOST:]
    replaced = [before] if before and session_id else []
    _remember_earlier([*replaced, *(other for _, other in list(sessions.items())[:-_MOST])])
    session["sessions"] = dict(kept)
    session.permanent = True


def is_known(session_id: str) -> bool:
    """Whether the browser is in a session, or was before it went to another one of that interview."""
    return session_id in _current().values() or _digest(session_id) in _earlier()


def _current() -> Mapping[str, str]:
    assure_not_ended()
    found: Mapping[str, str] = session.get("sessions", {})
    return found


def _earlier() -> Sequence[str]:
    assure_not_ended()
    found: Sequence[str] = session.get("earlier", ())
    return found


def _remember_earlier(ids: Sequence[str]) -> None:
    if ids:
        digests = [_digest(session_id) for session_id in ids]
        session["earlier"] = [*(known for known in _earlier() if known not in digests), *digests][-_MOST_EARLIER:]


def _digest(session_id: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(session_id.encode()).digest()[:_DIGEST_BYTES]).decode()
