"""Who is asked what in an interview that several people answer.

The interview's own code says in the variable `role` who the person is. A question for others isn't shown to the person;
what is sought then is `role_event`, and `role_needed` holds the roles of those whom it is for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from docassemble_lite.engine.document import Section
from docassemble_lite.objects.missing import DAAttributeError

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation

#: What is sought when somebody else has to go on.
ROLE_EVENT = "role_event"


def roles_at(section: Section, key: str) -> list[str]:
    """The roles under a key: one, or a list of them."""
    value = section.get(key)
    if value is None:
        return []
    roles = value if isinstance(value, list) else [value]
    if not all(isinstance(role, str) and role.strip() for role in roles):
        raise section.mistake(
            key, f"“{key}” must be a role or a list of roles.", f"Write “{key}: client”, or “{key}:” and below it “- client”."
        )
    return [role.strip() for role in roles]


def require_role(evaluation: Evaluation, roles: Sequence[str]) -> None:
    """Have `role_event` sought if the person has none of these roles.

    As long as the interview hasn't said who the person is, everybody is asked: the very code that says it may have to ask.
    """
    answers = evaluation.answers
    if not roles or "role" not in answers or answers["role"] in roles:
        return
    answers["role_needed"] = list(roles)
    raise DAAttributeError(ROLE_EVENT)
