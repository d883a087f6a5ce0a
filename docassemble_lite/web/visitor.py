"""Who is at the other end of a request, as interviews see it."""

from __future__ import annotations

from flask import request

from docassemble_lite.host import Request
from docassemble_lite.web.security import browser_id
from docassemble_lite.web.signed_in import person


def request_for(name: str) -> Request:
    """The request that is being answered, to an interview."""
    return Request(
        interview=name,
        interface="web",
        person=person(),
        browser=browser_id(),
        url_root=request.url_root.rstrip("/"),
        referring_url=request.referrer or "",
        address=request.remote_addr or "",
        user_agent=request.user_agent.string,
        languages=tuple(str(value) for value in request.accept_languages.values()),
    )
