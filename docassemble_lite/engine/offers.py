"""What an interview offers on its pages: actions that an address can't ask for by itself, because they change answers.

What it offered it knows again by a mark that is made with a key of the session, of the action and of all its arguments.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation

#: The argument that holds the mark.
MARK = "mark"


def offered_url(evaluation: Evaluation, action: str, arguments: Mapping[str, Any]) -> str:
    """The address by which a page asks for an action. Raises TypeError for arguments that JSON can't express."""
    marked = {**arguments, MARK: _mark(evaluation, action, arguments)}
    return evaluation.host.action_url(action, marked, with_session=False, forget_prior=False)


def is_offered(evaluation: Evaluation, action: str, arguments: Mapping[str, Any]) -> bool:
    """Whether this interview has offered the action with these arguments in this session."""
    mark = arguments.get(MARK)
    if not isinstance(mark, str) or not mark.isascii():
        return False
    rest = {key: value for key, value in arguments.items() if key != MARK}
    return hmac.compare_digest(mark, _mark(evaluation, action, rest))


def _mark(evaluation: Evaluation, action: str, arguments: Mapping[str, Any]) -> str:
    text = json.dumps([action, dict(arguments)], sort_keys=True)
    return hmac.new(evaluation.internal["offer_key"].encode(), text.encode(), "sha256").hexdigest()[:32]
