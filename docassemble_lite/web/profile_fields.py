"""The controls for what is known of a person."""

from __future__ import annotations

from babel import Locale
from flask import request

from docassemble_lite.host import Person
from docassemble_lite.language.countries import countries_list
from docassemble_lite.language.words import language_name, word
from docassemble_lite.language.zones import timezone_list
from docassemble_lite.store.people import PROFILE, ProfileRefused
from docassemble_lite.web.account_page import typed
from docassemble_lite.web.plain_pages import FormField
from docassemble_lite.web.services import services

# name → (label, what a browser may fill in)
_TEXTS = {
    "first_name": ("First name", "given-name"),
    "last_name": ("Last name", "family-name"),
    "organization": ("Organization", "organization"),
    "subdivision_first": ("First subdivision", "address-level1"),
    "subdivision_second": ("Second subdivision", "address-level2"),
    "subdivision_third": ("Third subdivision", "address-level3"),
}
_HINTS = {
    "subdivision_first": "A state or province, for example.",
    "subdivision_second": "A county, for example.",
    "subdivision_third": "A municipality, for example.",
}
_LISTS = {"language": "Language", "timezone": "Time zone", "country": "Country"}
_CODE_LENGTH = 2
_ORDER = (
    "first_name",
    "last_name",
    "language",
    "timezone",
    "country",
    "subdivision_first",
    "subdivision_second",
    "subdivision_third",
    "organization",
)


def typed_profile(person: Person) -> dict[str, str]:
    """What was typed into the controls that were there. Raises `ProfileRefused` for what is on no list."""
    profile = {name: typed(name) for name in PROFILE if name in request.form}
    for name in _LISTS.keys() & profile.keys():
        if profile[name] not in {*dict(_choices(name)), getattr(person, name)}:
            raise ProfileRefused(word("Choose something from the list."))
    return profile


def profile_fields(person: Person) -> tuple[FormField, ...]:
    """The controls, with what was typed into them, or else what is known of the person."""
    return tuple(_field(name, request.form.get(name, getattr(person, name))) for name in _ORDER)


def _field(name: str, value: str) -> FormField:
    if name in _TEXTS:
        label, autocomplete = _TEXTS[name]
        hint = word(_HINTS[name]) if name in _HINTS else ""
        return FormField(name, word(label), value=value, autocomplete=autocomplete, hint=hint)
    choices = _choices(name)
    if value not in dict(choices):
        # what somebody else has set stays as it is
        choices = (*choices, (value, value))
    autocomplete = "country" if name == "country" else "off"
    return FormField(name, word(_LISTS[name]), "select", value, choices=choices, autocomplete=autocomplete)


def _choices(name: str) -> tuple[tuple[str, str], ...]:
    """What there is to choose from, and first of all nothing."""
    usual = getattr(services().settings, name)
    return ("", word("As usual here ({value})").format(value=usual)), *_LISTED[name]()


def _languages() -> list[tuple[str, str]]:
    codes = [str(code) for code in Locale("en").languages]
    named = ((code, language_name(code)) for code in codes if len(code) == _CODE_LENGTH)
    return sorted(named, key=lambda item: item[1])


def _zones() -> list[tuple[str, str]]:
    return [(name, name) for name in timezone_list()]


def _countries() -> list[tuple[str, str]]:
    return [item for one in countries_list() for item in one.items()]


_LISTED = {"language": _languages, "timezone": _zones, "country": _countries}
