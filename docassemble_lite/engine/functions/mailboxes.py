"""E-mails that are sent to the interview."""

from __future__ import annotations

from docassemble_lite.host import current
from docassemble_lite.language.zones import zone_called
from docassemble_lite.objects.emails import InterviewAddress, made_email

__all__ = ["close_interview_email", "get_emails", "interview_email"]


def interview_email(key: object = None, index: object = None) -> str:
    """An e-mail address of this session; the same one whenever it is asked for with the same `key` and `index`."""
    return current().host.interview_email(*_label("interview_email", key, index))


def close_interview_email(key: object = None, index: object = None) -> bool:
    """Give up an address that `interview_email()` gave: nothing more is taken in for it. Whether there was one.

    What came before stays. Asking for an address with the same `key` and `index` gives a new one.
    """
    return current().host.close_interview_email(*_label("close_interview_email", key, index))


def get_emails(key: object = None, index: object = None) -> list[InterviewAddress]:
    """The e-mail addresses of this session, each with the `emails` that were sent to it.

    With `key`, only those that `interview_email()` gave for that key; with `index`, for that index.
    """
    found = current().host.mailboxes(*_label("get_emails", key, index))
    zone = zone_called(None)
    return [
        InterviewAddress(item.address, item.key, item.index, [made_email(email, zone) for email in item.emails]) for item in found
    ]


def _label(function: str, key: object, index: object) -> tuple[str | int | None, str | int | None]:
    return _word(function, "key", key), _word(function, "index", index)


def _word(function: str, name: str, value: object) -> str | int | None:
    if value is None or isinstance(value, int):
        return None if value is None else int(value)
    if isinstance(value, str):
        return str(value)
    raise TypeError(f"{function}() takes a text or a number as its {name}, not {type(value).__name__}.")
