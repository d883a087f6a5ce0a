"""What the routes work with."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from docassemble_lite.engine.program import Programs
from docassemble_lite.health import Health
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store
from docassemble_lite.store.pictures import Pictures
from docassemble_lite.visit import Surroundings, Visits
from docassemble_lite.visit.checkin import CheckIns

EXTENSION = "docassemble_lite"


@dataclass(frozen=True)
class Services:
    """The parts that one web process is made of."""

    settings: Settings
    store: Store
    programs: Programs
    surroundings: Surroundings
    visits: Visits
    checkins: CheckIns
    health: Health
    pictures: Pictures


def services() -> Services:
    """The services of the application that handles the request."""
    found: Services = current_app.extensions[EXTENSION]
    return found
