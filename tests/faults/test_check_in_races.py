"""P13: a page checks in at the moment at which it is sent."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.acceptance.visitor import Page, Visitor, filled, interview_path, value_of
from tests.faults.shared_words import InBackground

NAME = "racing.yml"
OTHER_CHOICES = "choosing.yml"
# every screen asks for the next item of a list that only submits fill, while check-ins count and collect in other variables
INTERVIEW = """
mandatory: True
code: |
  posted = []
  checked_in = 0
  drafts = []
---
mandatory: True
code: |
  posted.append(entry)
  del entry
  del choice
  entry
---
question: Word ${ len(posted) }
subquestion: "[[${ json.dumps([posted, checked_in, drafts]) }]]"
fields:
  - Word: entry
  - Choice: choice
    choices: [old, older]
check in: listen
---
event: listen
code: |
  checked_in += 1
  drafts.append([len(posted), action_argument('entry')])
  background_response({'choice': {'choices': ['new', 'old']}}, 'fields')
"""
# the same, but what could be chosen before the check-in can't be chosen any more
CHOOSING = INTERVIEW.replace("['new', 'old']", "['new']")


class Racer:
    """One browser, whose page checks in and is sent at the same time."""

    def __init__(self, url: str, name: str = NAME) -> None:
        self.visitor = Visitor(url)
        self.name = name
        self.page = self.visitor.show(name)

    def state(self) -> list[Any]:
        """What the answers hold: what was posted, how often the page has checked in, and with what."""
        page = self.visitor.show(self.name)
        found: list[Any] = json.loads(page.words.split("[[", 1)[1].rsplit("]]", 1)[0])
        return found

    def check_in(self, page: Page, word: str) -> dict[str, Any]:
        """Check in from a page on which that word stands."""
        known = [(name, value_of(page.form, name)) for name in ("csrf_token", "_session", "_tracker")]
        sent = [*known, ("do_action", "listen"), ("parameters", json.dumps({"entry": word}))]
        answer = self.visitor.post(interview_path(self.name).replace("interview?", "checkin?"), sent)
        assert answer.status == 200, answer.text
        reply: dict[str, Any] = json.loads(answer.text)
        return reply

    def submit(self, page: Page, word: str, choice: str = "old") -> Page:
        """Send a page on which that word stands."""
        return self.visitor.post(interview_path(self.name), filled(page, entry=word, choice=choice))


def race(racer: Racer, number: int, chance: random.Random) -> tuple[dict[str, Any], Page]:
    """Check in and submit at the same time, in either order; what each was answered."""
    page, word = racer.page, f"word{number}"
    first, second = chance.sample(["check in", "submit"], 2)
    head_start = chance.choice((0.0, 0.0, chance.random() * 0.01))
    work = {
        "check in": lambda: racer.check_in(page, f"draft{number}"),
        "submit": lambda: racer.submit(page, word),
    }
    going = {first: InBackground(work[first])}
    time.sleep(head_start)
    going[second] = InBackground(work[second])
    reply, sent = going["check in"].result(), going["submit"].result()
    assert reply["success"]
    return reply, sent


def test_p13_what_was_posted_is_never_lost_or_reverted(
    server: Callable[..., Any], stored: dict[str, Any], long_form: bool, measured: Callable[..., None]
) -> None:
    """P13: check-ins and submits of the same page at the same time, at two web processes."""
    running = server({NAME: INTERVIEW}, web_processes=2, **stored)
    racer, chance = Racer(running.url), random.Random(13)
    rounds = 1000 if long_form else 40
    first = drafts_expected = 0
    for number in range(rounds):
        page = racer.page
        reply, racer.page = race(racer, number, chance)
        assert racer.page.status == 200, racer.page.text
        # a page that is over is told so, and changes nothing
        assert racer.check_in(page, "too late").get("reload") is True
        came_through = not reply.get("reload", False)
        drafts_expected += came_through
        first += came_through
    posted, checked_in, drafts = racer.state()
    measured("P13", races=rounds, lost=rounds - len(posted), check_ins_before_the_post=first)
    assert posted == [f"word{number}" for number in range(rounds)]
    assert checked_in == len(drafts) == drafts_expected
    # each was heard on the screen on which it was typed
    assert all(draft == f"draft{screen}" for screen, draft in drafts)
    assert 0 < first < rounds


def test_p13_what_was_posted_is_judged_by_the_choices_that_the_screen_had_then(
    server: Callable[..., Any], stored: dict[str, Any], long_form: bool, measured: Callable[..., None]
) -> None:
    """P13: either the check-in came first, and what was chosen can't be chosen any more, or it came too late."""
    running = server({OTHER_CHOICES: CHOOSING}, web_processes=2, **stored)
    racer, chance = Racer(running.url, OTHER_CHOICES), random.Random(14)
    rounds, first = 1000 if long_form else 40, 0
    for number in range(rounds):
        page = racer.page
        reply, sent = race(racer, number, chance)
        if not reply.get("reload", False):
            first += 1
            assert sent.status == 422, sent.text
            assert sent.typed("entry") == f"word{number}"
            assert racer.state()[0] == [f"word{earlier}" for earlier in range(number)]
            sent = racer.submit(sent, f"word{number}", "new")
        assert sent.status == 200, sent.text
        assert racer.check_in(page, "too late").get("reload") is True
        racer.page = sent
    posted, checked_in, _ = racer.state()
    measured("P13", races=rounds, lost=rounds - len(posted), other_choices_before_the_post=first)
    assert posted == [f"word{number}" for number in range(rounds)]
    assert checked_in == first
    assert 0 < first < rounds


@pytest.mark.parametrize("choice", ["new", "old"])
def test_choices_that_a_check_in_gave_are_judged_by_whatever_process(
    server: Callable[..., Any], stored: dict[str, Any], choice: str
) -> None:
    running = server({NAME: INTERVIEW}, web_processes=2, **stored)
    racer = Racer(running.url)
    racer.check_in(racer.page, "x")
    sent = racer.visitor.post(interview_path(NAME), filled(racer.page, entry="a", choice=choice))
    assert sent.heading == "Word 1"
