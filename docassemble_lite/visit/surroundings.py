"""What visits need of the process that they happen in."""

from __future__ import annotations

from dataclasses import dataclass, field

from docassemble_lite.broker import Broker
from docassemble_lite.engine.program import Programs
from docassemble_lite.pokes import Pokes
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store


@dataclass(frozen=True)
class Surroundings:
    """One process's store, programs, configuration, and ways to the workers and to the pages that wait."""

    store: Store = field(repr=False)
    programs: Programs = field(repr=False)
    settings: Settings
    broker: Broker
    pokes: Pokes
