"""Short English phrases around a word: "his turtle", "does Fred smoke", "in the house".

They are for Python modules; in an interview their names would stand in the way of variables such as `this` or `some`.
"""

from __future__ import annotations

from collections.abc import Callable

from docassemble_lite.language.language_function import language_function

# the name of a function that puts words before what it is given -> those words
_BEFORE_ONE = {
    "am_i": "am I",
    "are_we": "are we",
    "are_word": "are",
    "are_you": "are you",
    "are_you_plural": "are you",
    "did_i": "did I",
    "did_we": "did we",
    "did_you": "did you",
    "did_you_plural": "did you",
    "do_i": "do I",
    "do_we": "do we",
    "do_you": "do you",
    "do_you_plural": "do you",
    "genderless_objective": "them",
    "genderless_self": "themself",
    "genderless_subjective": "they",
    "have_i": "have I",
    "have_we": "have we",
    "have_you": "have you",
    "have_you_plural": "have you",
    "he_subjective": "he",
    "her": "her",
    "her_objective": "her",
    "herself": "herself",
    "him_objective": "him",
    "himself": "himself",
    "his": "his",
    "i_subjective": "I",
    "in_the": "in the",
    "is_word": "is",
    "it_objective": "it",
    "it_subjective": "it",
    "its": "its",
    "itself": "itself",
    "me_objective": "me",
    "my_possessive": "my",
    "myself": "myself",
    "of_the": "of the",
    "our_possessive": "our",
    "ourselves": "ourselves",
    "she_subjective": "she",
    "some": "some",
    "the": "the",
    "their": "their",
    "them_objective": "them",
    "themselves": "themselves",
    "these": "these",
    "they_subjective": "they",
    "this": "this",
    "us_objective": "us",
    "was_i": "was I",
    "we_subjective": "we",
    "were_we": "were we",
    "were_you": "were you",
    "were_you_plural": "were you",
    "you_objective": "you",
    "you_objective_plural": "you",
    "you_subjective": "you",
    "you_subjective_plural": "you",
    "your": "your",
    "your_plural": "your",
    "yourself": "yourself",
    "yourselves": "yourselves",
}

# the name of a function that takes two phrases -> the word that comes before them
_BEFORE_TWO = {
    "did_a_b": "did",
    "did_a_b_plural": "did",
    "do_a_b": "do",
    "does_a_b": "does",
    "has_a_b": "has",
    "have_a_b": "have",
    "was_a_b": "was",
    "were_a_b": "were",
    "were_a_b_plural": "were",
}


def _before_one(name: str, words: str) -> Callable[..., str]:
    def phrase(what: object = "", **_: object) -> str:
        return f"{words} {what}".rstrip()

    phrase.__name__ = name
    phrase.__doc__ = f'"{words}" and what is given, if anything is.'
    return language_function(phrase)


def _before_two(name: str, word: str) -> Callable[..., str]:
    def phrase(who: object, what: object, **_: object) -> str:
        return f"{word} {who} {what}"

    phrase.__name__ = name
    phrase.__doc__ = f'"{word}", who and what.'
    return language_function(phrase)


@language_function
def a_in_the_b(what: object, where: object, **_: object) -> str:
    """ "cat in the hat"."""
    return f"{what} in the {where}"


@language_function
def a_preposition_b(what: object, where: object, **_: object) -> str:
    """ "fish in the sea", or with the words of `what.preposition` where it has them."""
    return f"{what} {getattr(what, 'preposition', None) or 'in the'} {where}"


@language_function
def possessify(owner: object, thing: object, *, plural: bool = False, **_: object) -> str:
    """ "Fred's cat"; with `plural`, an owner that ends in -s gets the apostrophe alone ("the parents' cat")."""
    apostrophe = "'" if plural and str(owner).endswith("s") else "'s"
    return f"{owner}{apostrophe} {thing}"


@language_function
def possessify_long(owner: object, thing: object, **_: object) -> str:
    """ "the cat of Fred"."""
    return f"the {thing} of {owner}"


PHRASES: dict[str, Callable[..., str]] = {
    **{name: _before_one(name, words) for name, words in _BEFORE_ONE.items()},
    **{name: _before_two(name, word) for name, word in _BEFORE_TWO.items()},
    "a_in_the_b": a_in_the_b,
    "a_preposition_b": a_preposition_b,
    "possessify": possessify,
    "possessify_long": possessify_long,
}
