"""`/healthz` and `/readyz`, for whatever watches over the process: a supervisor, Docker, a load balancer."""

from __future__ import annotations

import logging

from flask import Blueprint, jsonify
from werkzeug.wrappers import Response

from docassemble_lite.web.services import services

log = logging.getLogger(__name__)

blueprint = Blueprint("health", __name__)


#: Where to ask.
HEALTH_PATHS = ("/healthz", "/readyz")


@blueprint.get("/healthz")
def alive() -> Response:
    """The process answers. It looks at nothing else: a process isn't to be ended because the database is away."""
    return _told(200, {"status": "alive"})


@blueprint.get("/readyz")
def ready() -> Response:
    """Whether the process can do its work; 503 if not, and which part is to blame."""
    parts = services().health.parts()
    wrong = [part for part in parts if part.problem]
    for part in wrong:
        log.warning('action="not_ready" %s', part)
    found = {part.name: part.problem or "ok" for part in parts}
    return _told(503 if wrong else 200, {"status": "not ready" if wrong else "ready"} | found)


def _told(status: int, told: dict[str, str]) -> Response:
    response = jsonify(told)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
