"""What the page of a browser may answer.

A private session has one person, and its newest page is what counts. In one that several people are in (`multi_user`),
each has a page of their own, which stays what it is while others go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from docassemble_lite.engine.screen import Asked
from docassemble_lite.store.loaded import Loaded

# under this name `_internal` holds, by browser, what each of them was asked
_KEPT = "asked"
#: So many browsers of one session have pages that stay valid.
_MOST = 50
_NOTHING = Asked(block="")


@dataclass(frozen=True)
class KeptPage:
    """What a browser was asked, and the number of the step that was the newest then."""

    asked: Asked
    step: int


def asked_of(loaded: Loaded, browser: str) -> Asked:
    """What the page of a browser asks."""
    kept = kept_page(loaded, browser)
    return kept.asked if kept is not None else last_asked(loaded)


def last_asked(loaded: Loaded) -> Asked:
    """What was asked last, whoever was asked."""
    return loaded.extra if isinstance(loaded.extra, Asked) else _NOTHING


def kept_page(loaded: Loaded, browser: str) -> KeptPage | None:
    """The page of a browser, in a session that several people are in."""
    kept: KeptPage | None = loaded.answers["_internal"].get(_KEPT, {}).get(browser)
    return kept


def keep_page(answers: dict[str, Any], browser: str, asked: Asked, step: int) -> None:
    """Remember what a browser is asked, as long as the session is one that several people are in."""
    if answers.get("multi_user") is not True:
        answers["_internal"].pop(_KEPT, None)
        return
    pages = answers["_internal"].setdefault(_KEPT, {})
    known = pages.pop(browser, None)
    # what somebody does without leaving the page makes it no newer
    pages[browser] = KeptPage(asked, known.step if known is not None and known.asked.token == asked.token else step)
    for other in list(pages)[:-_MOST]:
        del pages[other]
