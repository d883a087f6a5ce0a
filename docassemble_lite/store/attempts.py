"""How often somebody tried something lately: in the store, so that a restart forgets nothing and all processes count together."""

from __future__ import annotations

import hmac
from datetime import timedelta

from sqlalchemy import Engine

from docassemble_lite.clock import naive_utc
from docassemble_lite.store import people_queries as queries
from docassemble_lite.store.writing import SingleReads, Writing

# rows of others that are over and that one attempt clears away
_CLEARED = 100


class Attempts:
    """Counts attempts. `key` keeps what was tried from being guessed by those who read the table."""

    def __init__(self, engine: Engine, writing: Writing, key: bytes) -> None:
        self._single_reads = SingleReads(engine)
        self._writing = writing
        self._key = key
        self._count = queries.count_attempt(engine.dialect.name)

    def seconds_to_wait(self, *what: str, most: int, seconds: float) -> float:
        """Count one more attempt. 0.0 if it is among the first `most` within `seconds`, otherwise how long to wait.

        The time begins with the first attempt, and what comes too early doesn't make it longer.
        """
        now = naive_utc()
        before, after = now - timedelta(seconds=seconds), now + timedelta(seconds=seconds)
        values = {"what": self._digest(what), "now": now, "before": before, "after": after}
        with self._writing.begin() as connection:
            row = connection.execute(self._count, values).one()
        # apart from the above: whoever holds two rows at a time may wait for somebody who waits for him
        with self._writing.begin() as connection:
            connection.execute(queries.clear_attempts, {"before": before, "most": _CLEARED})
        if row.number <= most:
            return 0.0
        return seconds - (now - row.began).total_seconds()

    def seconds_left(self, *what: str, most: int, seconds: float) -> float:
        """How long to wait after more than `most` attempts within `seconds`; 0.0 if one more is allowed. Counts nothing."""
        now = naive_utc()
        with self._single_reads.connect() as connection:
            row = connection.execute(queries.attempts_of, {"what": self._digest(what)}).first()
        if row is None or row.number <= most:
            return 0.0
        left = seconds - (now - row.began).total_seconds()
        # longer than that is left only after a clock was set back
        return left if 0 < left <= 2 * seconds else 0.0

    def forget(self, *what: str) -> None:
        """Begin to count anew: the last attempt was a good one."""
        with self._writing.begin() as connection:
            connection.execute(queries.forget_attempts, {"what": self._digest(what)})

    def _digest(self, what: tuple[str, ...]) -> str:
        # the lengths keep ("a", "bc") apart from ("ab", "c")
        text = "".join(f"{len(part)}:{part}" for part in what)
        return hmac.new(self._key, text.encode("utf-8", "surrogatepass"), "sha256").hexdigest()
