"""The kinds of tasks that people start: each is an action of the interview, under its name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """What a task of this kind does to the answers, and how it ends if nothing happens to it."""

    name: str
    # how often it is started, compared with others
    weight: int
    # whether its response appends its number
    responds: bool = False
    # whether it names an error action, and whether that appends its number (else it fails itself)
    guarded: bool = False
    records: bool = False
    # the type of the error with which it fails by itself; empty: it doesn't
    error: str = ""
    # whether it starts a task at once ("action"), or its response does ("response")
    starts: str = ""


#: The kind of those that e-mails start.
OF_EMAIL = "incoming_email"
_ALL = [
    Kind("plain", 14),
    Kind("acting", 24, responds=True),
    Kind("acting_slowly", 8, responds=True),
    Kind("guarded", 14, responds=True, guarded=True, records=True),
    Kind("failing", 10, guarded=True, records=True, error="ValueError"),
    Kind("failing_response", 6, guarded=True, records=True, error="ValueError"),
    Kind("failing_twice", 4, guarded=True, error="ValueError"),
    Kind("slow", 6, responds=True, guarded=True, records=True),
    Kind("called_off", 6, responds=True, guarded=True, records=True),
    Kind("endless", 1, guarded=True, records=True, error="TooLong"),
    Kind("hungry", 3, guarded=True, records=True, error="MemoryError"),
    Kind("leaving", 3, guarded=True, records=True, error="WorkerLost"),
    Kind("starting", 7, starts="action"),
    Kind("chaining", 7, responds=True, starts="response"),
    # two of these need two processes; only for finding out whether there are any
    Kind("meeting", 0),
    # e-mails start these
    Kind(OF_EMAIL, 0, responds=True),
]
#: name → kind
KINDS = {kind.name: kind for kind in _ALL}
#: What the number of a task that another one starts has at its end.
OF_CHILD = ".child"
