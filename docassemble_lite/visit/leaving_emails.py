"""The e-mails of a visit, and what becomes of them if the visit fails.

What has left can't be called back, but the answers of a visit that fails are as if it had never been, and with them what says
that the e-mail was sent. So the next visit to the session that sends an equal one is told that it is sent.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError, OperationalError

from docassemble_lite.mail import Outbox
from docassemble_lite.visit.surroundings import Surroundings

log = logging.getLogger(__name__)

_WHAT = "email that left"


@contextmanager
def outbox_of(surroundings: Surroundings, session_id: str) -> Iterator[Outbox]:
    """`with outbox_of(…) as outbox:` around a visit to the session with all its reruns."""
    counters = surroundings.store.counters
    outbox = Outbox(surroundings.settings.mail, lambda digest: counters.take(_WHAT, session_id, digest))
    try:
        yield outbox
    except Exception:
        _keep(surroundings, session_id, outbox.sent)
        raise


def _keep(surroundings: Surroundings, session_id: str, digests: list[str]) -> None:
    for digest in digests:
        try:
            surroundings.store.counters.put(_WHAT, session_id, digest, number=1, session_id=session_id)
        except (IntegrityError, OperationalError) as error:
            # the session is gone, or the store away, and the visit has failed for that
            log.warning('action="mail_not_kept" An e-mail may leave a second time. %s', type(error).__name__)
