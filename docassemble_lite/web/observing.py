"""What each request leaves behind for those who run the server: a record in a log of JSON."""

from __future__ import annotations

import logging
import time
from contextlib import ExitStack

from flask import Flask, Response, g, request

from docassemble_lite.logs import about
from docassemble_lite.settings import Settings

log = logging.getLogger(__name__)

#: What stands for the route of a request to an address that there isn't.
NO_ROUTE = "none"


def init_app(app: Flask, settings: Settings) -> None:
    """Register it before all others, as it measures how long they take."""
    if settings.log_format == "json":
        app.before_request(_begin)
        app.after_request(_end)
        app.teardown_request(_leave)


def _begin() -> None:
    g.began = time.monotonic()
    g.observing = ExitStack()
    # what it is about turns out on the way
    g.observing.enter_context(about())


def _end(response: Response) -> Response:
    # an address names sessions and can hold what somebody typed; a route doesn't
    log.info(
        'action="request" method=%s route=%s status=%d duration=%.4f',
        request.method,
        request.url_rule.rule if request.url_rule else NO_ROUTE,
        response.status_code,
        time.monotonic() - g.began,
    )
    return response


def _leave(_: BaseException | None) -> None:
    observing: ExitStack | None = g.pop("observing", None)
    if observing is not None:
        observing.close()
