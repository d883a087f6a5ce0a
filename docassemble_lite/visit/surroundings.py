"""What visits need of the process that they happen in."""

from __future__ import annotations

from dataclasses import dataclass, field

from docassemble_lite.broker import Broker
from docassemble_lite.engine.program import Programs
from docassemble_lite.pokes import Pokes
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store

#: What logs and numbers call an action that the interview doesn't have.
OTHER_ACTION = "other"


@dataclass(frozen=True)
class Surroundings:
    """One process's store, programs, configuration, and ways to the workers and to the pages that wait."""

    store: Store = field(repr=False)
    programs: Programs = field(repr=False)
    settings: Settings
    broker: Broker
    pokes: Pokes

    def known_action(self, interview: str, action: str) -> str:
        """The action, if the interview is known here and has it: code can make its name of what somebody typed.

        That may be in no log. Nothing is compiled for it, which would run code of authors.
        """
        program = self.programs.compiled(interview)
        return action if program is not None and program.has_blocks_for(action) else OTHER_ACTION
