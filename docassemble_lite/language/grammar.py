"""Nouns and verbs in sentences. The rules are English; `update_language_function()` brings those of other languages."""

from __future__ import annotations

from collections.abc import Callable, Sized

from docassemble_lite.language import english_nouns, english_verbs
from docassemble_lite.language.language_function import language_function
from docassemble_lite.language.readings import number_from

__all__ = ["indefinite_article", "noun_plural", "noun_singular", "verb_past", "verb_present"]

_PRESENT = {"1sg", "2sg", "3sg", "pl"}
# the last is how the function's default is commonly written
_PAST = {"1sgp": "1sgp", "2sgp": "2sgp", "3sgp": "3sgp", "ppl": "ppl", "p": "p", "3gp": "3sgp"}
_PARTICIPLES: dict[str, Callable[[str], str]] = {
    "inf": str,
    "part": english_verbs.present_participle_of,
    "ppart": english_verbs.past_participle_of,
}


@language_function
def noun_plural(noun: object, number: object = None, *, noun_is_singular: bool = False) -> str:
    """The plural of a noun, or the singular where `number` is 1 or is something that holds one item.

    Unless `noun_is_singular`, the noun may come as a plural, too.
    """
    text = str(noun)
    singular = text if noun_is_singular else english_nouns.singular_of(text)
    if number is not None and _is_one(number):
        return singular
    return english_nouns.plural_of(singular)


@language_function
def noun_singular(noun: object, number: object = None) -> str:
    """The singular of a noun; where `number` is given and is not 1 (or one item), the noun as it is."""
    return str(noun) if number is not None and not _is_one(number) else english_nouns.singular_of(str(noun))


@language_function
def indefinite_article(noun: object) -> str:
    """The noun with "a" or "an" before it."""
    return f"{english_nouns.article_for(str(noun))} {noun}"


@language_function
def verb_present(verb: object, person: str = "3sg") -> str:
    """The verb in the present: `person` is "1sg", "2sg", "3sg" or "pl", or one of "inf", "part" (-ing), "ppart" (-ed)."""
    if person in _PRESENT:
        return _conjugated(verb, lambda infinitive: english_verbs.present_of(infinitive, person))
    return _conjugated(verb, _other_form(person))


@language_function
def verb_past(verb: object, person: str = "3gp") -> str:
    """The verb in the past: `person` is "1sgp", "2sgp", "3sgp", "ppl" or "p", or one of "inf", "part" (-ing), "ppart" (-ed)."""
    if person in _PAST:
        return _conjugated(verb, lambda infinitive: english_verbs.past_of(infinitive, _PAST[person]))
    return _conjugated(verb, _other_form(person))


def _other_form(person: str) -> Callable[[str], str]:
    if person not in _PARTICIPLES:
        known = sorted([*_PRESENT, *_PAST, *_PARTICIPLES])
        raise ValueError(f"There is no form {person!r} of a verb here. There are: {', '.join(known)}.")
    return _PARTICIPLES[person]


def _conjugated(verb: object, form: Callable[[str], str]) -> str:
    """Conjugate the first word of `verb` ("pick up" → "picked up"), with its capital letter."""
    first, blank, rest = str(verb).strip().partition(" ")
    result = form(english_verbs.infinitive_of(first.lower()))
    return (result.capitalize() if first[:1].isupper() else result) + blank + rest


def _is_one(number: object) -> bool:
    if isinstance(number, Sized) and not isinstance(number, str):
        return len(number) == 1
    return number_from(number) == 1
