"""The tags of a session: those of its interview, until code changes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation

# under this name `_internal` holds them, once code has asked for them
_KEPT = "tags"


def changeable_tags(evaluation: Evaluation) -> set[str]:
    """The tags of the session, to be looked at and changed."""
    tags: set[str] = evaluation.internal.setdefault(_KEPT, set(evaluation.program.tags))
    return tags


def session_tags_to_save(evaluation: Evaluation) -> tuple[str, ...]:
    """The tags of the session as they are to be stored beside its answers, sorted."""
    return tuple(sorted(str(tag) for tag in evaluation.internal.get(_KEPT, evaluation.program.tags)))
