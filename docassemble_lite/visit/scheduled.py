"""The visit of a scheduled task to a session: an action, on behalf of the cron user, whose changes are saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from docassemble_lite.engine.screen import Exit, Response
from docassemble_lite.errors import SavedByAnother, SessionNotFound
from docassemble_lite.host import Person, Request
from docassemble_lite.mail import Outbox
from docassemble_lite.store.loaded import Loaded
from docassemble_lite.visit.leaving_emails import outbox_of
from docassemble_lite.visit.surroundings import Surroundings
from docassemble_lite.visit.visits import RERUNS, PersonVisit, within_limit

#: What tells the place of scheduled tasks in a session from those of its browsers.
BROWSER = "cron"
#: Behind the name of an action: the action that is to be run in the background.
IN_BACKGROUND = "_background"
_ENDS = ("exit", "exit_logout", "restart")
_NULL = b"null"


@dataclass(frozen=True)
class Ran:
    """How it went: "ran"; "deleted": the interview ended with it; "busy": somebody else is in the session; "gone": it is over.

    `text` is what the interview said with `response()`.
    """

    how: Literal["ran", "deleted", "busy", "gone"]
    text: str = ""


class ScheduledVisits:
    """All visits of scheduled tasks of one process. `cron` is on whose behalf they are."""

    def __init__(self, surroundings: Surroundings, cron: Person) -> None:
        self._surroundings = surroundings
        self._cron = cron

    def run(self, session_id: str, event: str, *, patience: float, claim: Callable[[], bool]) -> Ran:
        """Run the action `event` in a session, if nobody else is in it for so many seconds.

        `claim` is asked when the session is there and nobody else is; if it says no, this has been done already. Raises
        what the interview raises.
        """
        store = self._surroundings.store
        with store.locks.hold(session_id, patience) as got:
            if not got:
                return Ran("busy")
            try:
                loaded = store.sessions.load_plain(session_id)
            except SessionNotFound:
                return Ran("gone")
            if not loaded.allow_cron or not claim():
                return Ran("gone")
            with outbox_of(self._surroundings, session_id) as outbox:
                for _ in range(RERUNS):
                    try:
                        return self._work(loaded, event, outbox)
                    except SavedByAnother:
                        loaded = store.sessions.load_plain(session_id)
                return self._work(loaded, event, outbox)

    def _work(self, loaded: Loaded, event: str, outbox: Outbox) -> Ran:
        settings = self._surroundings.settings
        request = Request(
            interview=loaded.interview,
            interface="cron",
            person=self._cron,
            browser=BROWSER,
            url_root=settings.public_url,
            action=event,
            own_action=True,
        )
        visit = _ScheduledVisit(self._surroundings, lambda: loaded, request, outbox)
        return within_limit(self._surroundings, loaded.interview, settings.cron_time_limit, lambda: visit.run(event))


class _ScheduledVisit(PersonVisit):
    """One attempt. Nobody is counted as having been there."""

    by_person = False

    def run(self, event: str) -> Ran:
        program = self.program
        evaluation = self.evaluation()
        text = b""
        if program.has_blocks_for(event):
            evaluation, outcome = self.followed(evaluation, lambda current: self.assemble(current, new_step=False))
            if isinstance(outcome, Exit) and outcome.kind in _ENDS:
                self.surroundings.store.sessions.delete(self.loaded)
                return Ran("deleted")
            if isinstance(outcome, Response):
                if outcome.body == _NULL:
                    return Ran("ran")
                text = outcome.body
        if program.has_blocks_for(event + IN_BACKGROUND):
            self.host.start_task(event + IN_BACKGROUND, {}, None)
        if evaluation.save_status != "ignore" or self.host.new_tasks:
            # what the person sees stays what it is, so that the page on which somebody is typing stays valid
            self.save(evaluation, self.asked, new_step=False)
        return Ran("ran", text.decode(errors="replace"))
