"""Which sessions are the current ones of this browser: for each interview one, in its cookie."""

from __future__ import annotations

from collections.abc import Mapping

from flask import session

#: So many of them are remembered.
_MOST = 40


def known_session(name: str) -> str | None:
    """The current session of an interview."""
    sessions: Mapping[str, str] = session.get("sessions", {})
    return sessions.get(name)


def remember(name: str, session_id: str | None) -> None:
    """Make a session the current one of its interview, or have none with None."""
    sessions = dict(session.get("sessions", {}))
    if sessions.pop(name, None) == session_id is not None:
        return
    if session_id is not None:
        sessions[name] = session_id
    session["sessions"] = dict(list(sessions.items())[-_MOST:])
    session.permanent = True
