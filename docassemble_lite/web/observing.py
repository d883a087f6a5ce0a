"""What each request leaves behind for those who run the server: a record in a log of JSON, a number for Prometheus."""

from __future__ import annotations

import logging
import time
from contextlib import ExitStack

from flask import Flask, Response, g, request

from docassemble_lite.logs import about
from docassemble_lite.metrics import observe
from docassemble_lite.settings import Settings
from docassemble_lite.web.services import services

log = logging.getLogger(__name__)

#: What stands for the route of a request to an address that there isn't.
NO_ROUTE = "none"
#: Methods of requests; any word may stand there.
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OTHER_METHOD = "other"


def init_app(app: Flask, settings: Settings) -> None:
    """Register it before all others, as it measures how long they take."""
    if settings.log_format == "json" or settings.metrics_port:
        app.before_request(_begin)
        app.after_request(_end)
        app.teardown_request(_leave)


def _begin() -> None:
    g.began = time.monotonic()
    g.observing = ExitStack()
    # what it is about turns out on the way
    g.observing.enter_context(about())


def _end(response: Response) -> Response:
    seconds = time.monotonic() - g.began
    # an address names sessions and can hold what somebody typed; a route doesn't
    route = request.url_rule.rule if request.url_rule else NO_ROUTE
    method = request.method if request.method in METHODS else OTHER_METHOD
    observe("request_duration_seconds", seconds, method=method, route=route, status=str(response.status_code))
    if services().settings.log_format == "json":
        log.info(
            'action="request" method=%s route=%s status=%d duration=%.4f', method, route, response.status_code, round(seconds, 4)
        )
    return response


def _leave(_: BaseException | None) -> None:
    observing: ExitStack | None = g.pop("observing", None)
    if observing is not None:
        observing.close()
