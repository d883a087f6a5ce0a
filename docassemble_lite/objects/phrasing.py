"""How to speak of an object: pronouns, possessives, and verbs that agree with it.

An object that stands for the person who answers is spoken to ("you"), every other one is spoken of by its name. The
keyword `person` of each method, or the attribute `_point_of_view` of the object, says otherwise: 1 "I", "1p" "we",
2 "you", "2p" "you" (several), 3 by name. All methods capitalize their result with `capitalize=True`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from docassemble_lite.language.grammar import verb_past, verb_present
from docassemble_lite.language.phrases import PHRASES, possessify, possessify_long
from docassemble_lite.language.text import capitalize
from docassemble_lite.objects.information import get_info


@dataclass(frozen=True)
class Pronouns:
    """The pronouns for one point of view: the names of the phrases that give them in the current language."""

    subjective: str
    objective: str
    possessive: str
    reflexive: str


IT = Pronouns("it_subjective", "it_objective", "its", "itself")
HE = Pronouns("he_subjective", "him_objective", "his", "himself")
SHE = Pronouns("she_subjective", "her_objective", "her", "herself")
THEY_ALONE = Pronouns("genderless_subjective", "genderless_objective", "their", "genderless_self")
THEY = Pronouns("they_subjective", "them_objective", "their", "themselves")
_ADDRESSED = {
    "1": Pronouns("i_subjective", "me_objective", "my_possessive", "myself"),
    "1p": Pronouns("we_subjective", "us_objective", "our_possessive", "ourselves"),
    "2": Pronouns("you_subjective", "you_objective", "your", "yourself"),
    "2p": Pronouns("you_subjective_plural", "you_objective_plural", "your_plural", "yourselves"),
}
# auxiliary verb -> point of view ("3p": several, spoken of) -> the phrase that begins a question with it
_QUESTIONS = {
    "be": {"1": "am_i", "1p": "are_we", "2": "are_you", "2p": "are_you_plural", "3": "is_word", "3p": "are_word"},
    "do": {"1": "do_i", "1p": "do_we", "2": "do_you", "2p": "do_you_plural", "3": "does_a_b", "3p": "do_a_b"},
    "did": {"1": "did_i", "1p": "did_we", "2": "did_you", "2p": "did_you_plural", "3": "did_a_b", "3p": "did_a_b_plural"},
    "was": {"1": "was_i", "1p": "were_we", "2": "were_you", "2p": "were_you_plural", "3": "was_a_b", "3p": "were_a_b"},
    "have": {"1": "have_i", "1p": "have_we", "2": "have_you", "2p": "have_you_plural", "3": "has_a_b", "3p": "have_a_b"},
}
# point of view -> form of a verb in the present and in the past
_FORMS = {
    "1": ("1sg", "1sgp"),
    "2": ("2sg", "2sgp"),
    "3": ("3sg", "3sgp"),
    "1p": ("pl", "ppl"),
    "2p": ("pl", "ppl"),
    "3p": ("pl", "ppl"),
}


class Phrasing:
    """The methods by which interviews speak of an object. Subclasses say which pronouns it has when it is spoken of."""

    def _third_person_pronouns(self) -> Pronouns:
        return IT

    def _is_plural(self) -> bool:
        return False

    def _subject(self) -> Phrasing:
        """The object whose name and pronouns are used: for a list of one item, the item."""
        return self

    def is_user(self) -> bool:
        """Whether this object stands for the person who answers, as `set_info(user=…)` says."""
        return get_info("user") is self

    def get_point_of_view(self, **options: Any) -> str:
        """ "1", "1p", "2", "2p" or "3"."""
        if options.get("third_person") or options.get("thirdperson"):
            return "3"
        person = options.get("person") or vars(self).get("_point_of_view")
        if person is None:
            return "2" if self.is_user() else "3"
        view = str(person)
        if view not in (*_ADDRESSED, "3"):
            raise ValueError(f"The point of view must be 1, '1p', 2, '2p' or 3, not {person!r}.")
        return view

    # --- pronouns --------------------------------------------------------------------------------------------------

    def pronoun(self, **options: Any) -> str:
        """The pronoun as an object: "you", "him", "it", "them"."""
        return _phrase(self._pronouns(options).objective, options)

    def pronoun_objective(self, **options: Any) -> str:
        """The same as `pronoun()`."""
        return self.pronoun(**options)

    def pronoun_subjective(self, **options: Any) -> str:
        """The pronoun as a subject: "you", "he", "it", "they"."""
        return _phrase(self._pronouns(options).subjective, options)

    def pronoun_possessive(self, target: str, **options: Any) -> str:
        """ "your fish", "his fish", "its fish", "their fish"."""
        return _phrase(self._pronouns(options).possessive, options, target)

    def itself(self, **options: Any) -> str:
        """ "yourself", "himself", "itself", "themselves"."""
        return _phrase(self._pronouns(options).reflexive, options)

    def pronoun_or_name(self, **options: Any) -> str:
        """The pronoun as an object where the object is addressed, otherwise its name."""
        return self._addressed_as("objective", options)

    def subjective_pronoun_or_name(self, **options: Any) -> str:
        """The pronoun as a subject where the object is addressed, otherwise its name."""
        return self._addressed_as("subjective", options)

    def yourself_or_name(self, **options: Any) -> str:
        """ "yourself" where the object is addressed, otherwise its name."""
        return self._addressed_as("reflexive", options)

    # --- possessives -----------------------------------------------------------------------------------------------

    def possessive(self, target: str, **options: Any) -> str:
        """ "your fish" or "Jane Smith's fish"."""
        subject = self._subject()
        if subject.get_point_of_view(**options) != "3":
            return subject.pronoun_possessive(target, **options)
        return possessify(str(subject), target, plural=bool(options.get("plural")), **_spoken(options))

    def object_possessive(self, target: str, **options: Any) -> str:
        """The same by the name of the variable: "the turnip's leaves", "the latch of the front gate in the park"."""
        if self.get_point_of_view(**options) != "3":
            return self.pronoun_possessive(target, **options)
        the_object = PHRASES["the"](self.object_name())
        if "." in self.instanceName:
            return possessify_long(the_object, target, **_spoken(options))
        return possessify(the_object, target, **_spoken(options))

    # --- verbs -----------------------------------------------------------------------------------------------------

    def is_are_you(self, **options: Any) -> str:
        """ "are you" or "is Jane Smith"."""
        return self._question("be", "", options)

    def do_question(self, rest: str, **options: Any) -> str:
        """ "do you testify" or "does Jane Smith testify"."""
        return self._question("do", rest, options)

    def did_question(self, rest: str, **options: Any) -> str:
        """ "did you testify" or "did Jane Smith testify"."""
        return self._question("did", rest, options)

    def were_question(self, rest: str, **options: Any) -> str:
        """ "were you guilty" or "was Jane Smith guilty"."""
        return self._question("was", rest, options)

    def have_question(self, rest: str, **options: Any) -> str:
        """ "have you lied" or "has Jane Smith lied"."""
        return self._question("have", rest, options)

    def does_verb(self, verb: str, **options: Any) -> str:
        """The verb in the form that agrees with the object: "testify" or "testifies"; with `past=True` "testified"."""
        present, past = _FORMS[self._agreement(options)]
        if options.get("past"):
            return verb_past(verb, past, **_spoken(options))
        return verb_present(verb, present, **_spoken(options))

    def did_verb(self, verb: str, **options: Any) -> str:
        """The verb in the past, in the form that agrees with the object."""
        return self.does_verb(verb, **{**options, "past": True})

    # --- how it is done --------------------------------------------------------------------------------------------

    instanceName: str

    def object_name(self, **options: Any) -> str:
        """What the variable is called, in words."""
        raise NotImplementedError

    def _pronouns(self, options: dict[str, Any]) -> Pronouns:
        subject = self._subject()
        view = subject.get_point_of_view(**options)
        return subject._third_person_pronouns() if view == "3" else _ADDRESSED[view]

    def _addressed_as(self, kind: str, options: dict[str, Any]) -> str:
        subject = self._subject()
        view = subject.get_point_of_view(**options)
        return finished(str(subject), options) if view == "3" else _phrase(getattr(_ADDRESSED[view], kind), options)

    def _agreement(self, options: dict[str, Any]) -> str:
        """The point of view, "3p" for several of whom one speaks."""
        subject = self._subject()
        view = subject.get_point_of_view(**options)
        return "3p" if view == "3" and subject._is_plural() else view

    def _question(self, auxiliary: str, rest: str, options: dict[str, Any]) -> str:
        view = self._agreement(options)
        name = [str(self._subject())] if view in ("3", "3p") else []
        return _phrase(_QUESTIONS[auxiliary][view], options, *name, *([rest] if auxiliary != "be" else []))


def finished(phrase: str, options: dict[str, Any]) -> str:
    """The phrase with a capital letter, if the options ask for one."""
    return capitalize(phrase) if options.get("capitalize") else phrase


def _phrase(name: str, options: dict[str, Any], *arguments: str) -> str:
    return PHRASES[name](*arguments, **_spoken(options))


def _spoken(options: dict[str, Any]) -> dict[str, Any]:
    """The options that every language function understands."""
    return {name: options[name] for name in ("capitalize", "language") if name in options}
