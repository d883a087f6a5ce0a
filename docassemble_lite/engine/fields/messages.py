"""What a person is told when an answer won't do. Authors replace these texts by their codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from docassemble_lite.language.words import word

STANDARD: Mapping[str, str] = {
    "required": "This field is required.",
    "multiple choice required": "You need to select one.",
    "combobox required": "You need to select one or type in a new value.",
    "checkboxes required": 'Check at least one option, or check "%s"',
    "choice": "You need to select one of the choices on the list.",
    "minlength": "You must type at least %s characters.",
    "maxlength": "You cannot type more than %s characters.",
    "checkbox minmaxlength": "Please select exactly %s.",
    "checkbox minlength": "Please select at least %s.",
    "checkbox maxlength": "Please select no more than %s.",
    "multiselect minmaxlength": "Please select exactly %s.",
    "multiselect minlength": "Please select at least %s.",
    "multiselect maxlength": "Please select no more than %s.",
    "date": "You need to enter a valid date.",
    "date minmax": "You need to enter a date between %s and %s.",
    "date min": "You need to enter a date on or after %s.",
    "date max": "You need to enter a date on or before %s.",
    "time": "You need to enter a valid time.",
    "time minmax": "You need to enter a time between %s and %s.",
    "time min": "You need to enter a time that is not before %s.",
    "time max": "You need to enter a time that is not after %s.",
    "datetime": "You need to enter a valid date and time.",
    "email": "You need to enter a complete e-mail address.",
    "number": "You need to enter a number.",
    "integer": "You need to enter a whole number.",
    "min": "You need to enter a number that is at least %s.",
    "max": "You need to enter a number that is at most %s.",
    "step": "You need to enter a multiple of %s.",
    "accept": "%s isn’t one of the kinds of files that are asked for here.",
    "file empty": "%s is empty.",
    "file large": "%s is too large. A file may have at most %s.",
    "file kind": "%s isn’t what its name says. Save it anew in the program that it comes from, or send another file.",
    "file package": "%s can’t be opened. Save it anew, without a password, and send it again.",
    "file picture": "%s can’t be read as a picture. Send another one.",
    "file pixels": "%s has too many pixels. Make it smaller and send it again.",
    "file room": "There is no room for %s: all files together have become too large.",
    "file again": "Please choose the file again.",
    "file number": "You can send at most %s.",
    "signature required": "You must sign your name to continue.",
}


def chosen_messages(keys: Mapping[str, Any]) -> dict[str, str]:
    """The messages that the author wrote for a field: code -> text.

    `keys` are the field's; "validation messages" are its own, "default validation messages" those of the interview.
    A field may shorten a code to its last word: "min" for "date min".
    """
    own = keys.get("validation messages") or {}
    chosen = dict(keys.get("default validation messages") or {})
    for code in STANDARD if own else ():
        for written in (code, code.rsplit(" ", 1)[-1]):
            if written in own:
                chosen[code] = own[written]
                break
    return {code: str(text) for code, text in chosen.items()}


def message(chosen: Mapping[str, str], code: str, *parts: Any) -> str:
    """The text of a code in the person's language, each `%s` replaced by one of `parts`."""
    text = chosen[code] if code in chosen else word(STANDARD[code])
    pieces = text.split("%s")
    filled = pieces[0]
    for number, piece in enumerate(pieces[1:]):
        filled += (str(parts[number]) if number < len(parts) else "") + piece
    return filled
