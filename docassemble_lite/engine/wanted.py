"""What a search is after, and how trying one block for it ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from docassemble_lite.engine.names import NOTHING_BOUND, Binding


@dataclass(frozen=True)
class Wanted:
    """What a block is to define: the real name, the name under which the block is registered, what x and i mean.

    A forced search wants a screen or an event for the name, whether or not it is defined.
    """

    name: str
    variant: str
    binding: Binding = NOTHING_BOUND
    forced: bool = False


class Result(Enum):
    """How trying a block ended, when it didn't end with an outcome."""

    DEFINED = "defined"
    NEXT = "next"
    FROM_THE_START = "from the start"
