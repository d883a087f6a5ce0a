"""English nouns: plural, singular, and whether "a" or "an" comes before them."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from docassemble_lite.language.word_table import listed

_IRREGULAR = {
    "child": "children",
    "person": "people",
    "man": "men",
    "foot": "feet",
    "tooth": "teeth",
    "goose": "geese",
    "mouse": "mice",
    "louse": "lice",
    "ox": "oxen",
    "die": "dice",
    "alumnus": "alumni",
    "alumna": "alumnae",
    "cactus": "cacti",
    "fungus": "fungi",
    "nucleus": "nuclei",
    "radius": "radii",
    "stimulus": "stimuli",
    "syllabus": "syllabi",
    "criterion": "criteria",
    "phenomenon": "phenomena",
    "automaton": "automata",
    "datum": "data",
    "medium": "media",
    "bacterium": "bacteria",
    "stratum": "strata",
    "addendum": "addenda",
    "erratum": "errata",
    "memorandum": "memoranda",
    "curriculum": "curricula",
    "appendix": "appendices",
    "matrix": "matrices",
    "vertex": "vertices",
    "vortex": "vortices",
    "larva": "larvae",
    "vertebra": "vertebrae",
    "quiz": "quizzes",
    "axis": "axes",
    "passerby": "passersby",
}
# a longer noun that ends in one of these forms its plural in the same way, as "grandchild" does
_IRREGULAR_ENDINGS = ("child", "person", "man", "foot", "tooth", "mouse")
_NOT_MEN = {
    "human",
    "german",
    "roman",
    "norman",
    "ottoman",
    "shaman",
    "talisman",
    "caiman",
    "brahman",
    "cayman",
}

# each is its own plural
_INVARIANT = listed(
    """
    fish sheep deer salmon trout cod shrimp squid swine bison aircraft spacecraft hovercraft watercraft series
    species offspring means headquarters crossroads barracks gallows information equipment money rice news
    furniture luggage baggage advice homework housework knowledge research evidence feedback software hardware
    clothing jewelry mail traffic weather music electricity scissors pants trousers jeans shorts pajamas tweezers
    pliers binoculars clothes thanks chinese japanese swiss proceeds premises congratulations
    """
)
# singular nouns that end in -s and aren't covered by an ending such as -ss
_SINGULAR_IN_S = listed(
    """
    bus gas lens alias atlas bias canvas christmas iris pelvis status campus bonus census virus focus genus corpus
    circus chorus discus exodus hiatus minus plus prospectus rhinoceros octopus platypus walrus apparatus
    consensus nexus opus surplus sinus thesaurus uterus isthmus abacus cosmos chaos asbestos pancreas texas kansas
    arkansas dallas judas thomas james charles trellis metropolis cannabis tennis ibis debris chassis mathematics
    physics politics economics diabetes rabies summons fracas ethos pathos pythagoras ananas mistress hippopotamus
    asparagus caucus crocus mucus ruckus stylus terminus onus locus fetus cactus fungus nucleus radius stimulus
    syllabus alumnus
    """
)
_PLURAL_IN_US = frozenset({"menus", "gurus", "emus", "gnus", "haikus", "caribous", "bayous", "tutus"})
_SINGULAR_IN_SIS = listed(
    """
    analysis basis crisis thesis hypothesis synthesis antithesis parenthesis diagnosis prognosis oasis synopsis
    emphasis neurosis psychosis paralysis catharsis genesis nemesis metamorphosis ellipsis axis praxis dialysis
    catalysis sepsis
    """
)
_SINGULAR_FROM_SES = {singular[:-2] + "es": singular for singular in _SINGULAR_IN_SIS - {"basis", "axis"}}

_F_TO_VES = listed(
    """
    knife wife housewife midwife life afterlife half calf leaf cloverleaf loaf self shelf bookshelf thief wolf
    werewolf elf sheaf scarf hoof wharf
    """
)
_VES = {(noun[:-2] if noun.endswith("fe") else noun[:-1]) + "ves": noun for noun in _F_TO_VES}
_O_TO_OES = listed(
    """
    potato tomato hero superhero echo veto torpedo embargo mosquito tornado volcano buffalo domino cargo mango
    motto go no
    """
)
_OES = {noun + "es": noun for noun in _O_TO_OES}
_SINGULAR_IN_IE = listed(
    """
    movie cookie zombie calorie prairie selfie rookie brownie genie birdie hippie hoodie junkie smoothie pixie
    goalie collie talkie lingerie boogie cutie eerie foodie groupie hankie kiddie laddie magpie menagerie newbie
    oldie pinkie quickie sortie sweetie townie veggie walkie-talkie yuppie auntie bourgeoisie camaraderie caddie
    eyrie budgie cowrie techie
    """
)
_SINGULAR_IN_CHE = (
    "ache",
    "cache",
    "moustache",
    "mustache",
    "niche",
    "avalanche",
    "creche",
    "quiche",
    "cliche",
    "psyche",
    "douche",
    "brioche",
)
_HARD_CH = ("stomach", "monarch", "patriarch", "matriarch", "epoch", "eunuch", "loch", "oligarch", "tech")
_SINGULAR_IN_OE = listed(
    """
    shoe toe foe canoe hoe doe aloe oboe floe roe woe throe tiptoe horseshoe mistletoe
    """
)

_PREPOSITIONS = listed(
    """
    of in at on to for by with from about under over against without de du en
    """
)


def plural_of(noun: str) -> str:
    """The plural of a singular English noun or of a phrase that ends in one ("attorney at law" → "attorneys at law")."""
    return _inflected(noun, _plural_word)


def singular_of(noun: str) -> str:
    """The singular of an English noun or phrase; one that is singular already stays as it is, as far as it can be told."""
    return _inflected(noun, _singular_word)


def article_for(phrase: str) -> str:
    """ "a" or "an", by the sound with which `phrase` begins."""
    match = re.search(r"[A-Za-z]+|\d+", phrase)
    if match is None:
        return "a"
    first = match.group()
    if first.isdigit():
        return "an" if first[0] == "8" or (first[:2] in ("11", "18") and len(first) % 3 == 2) else "a"
    return "an" if _begins_with_vowel_sound(first) else "a"


def _begins_with_vowel_sound(first: str) -> bool:
    spelled_out = len(first) == 1 or (first.isupper() and (len(first) <= 3 or not re.search(r"[AEIOUY]", first)))
    if spelled_out:
        return first[0].upper() in "AEFHILMNORSX"
    lower = first.lower()
    if re.match(r"hour|honest|honou?r|heir|herb", lower):
        return True
    if re.match(r"eu|ewe|once\b|one|ouija|u[bcgkrst][aeiou]|uni(?!n|m[aiop]|dent|ss)|ubiq|unanim|uvula|ural|uranium", lower):
        return False
    return lower[0] in "aeiou" or re.match(r"y[^aeiou]", lower) is not None


def _inflected(noun: str, inflect: Callable[[str], str]) -> str:
    """Inflect the word that carries the number: the one before a preposition, else the last."""
    parts = re.split(r"([\s-]+)", noun)
    words = [index for index in range(0, len(parts), 2) if parts[index]]
    if not words:
        return noun
    target = words[-1]
    for before, index in pairwise(words):
        if parts[index].lower() in _PREPOSITIONS and index != words[-1]:
            target = before
            break
    parts[target] = _in_case_of(parts[target], inflect(parts[target].lower()))
    return "".join(parts)


def _in_case_of(model: str, text: str) -> str:
    """`text` in small or capital letters like `model`."""
    if model.lower() == text:
        return model
    if len(model) > 1 and model.isupper():
        # "DVD" is an abbreviation rather than a loud noun
        return model + "s" if text == model.lower() + "s" and len(model) <= 4 else text.upper()
    common = 0
    while common < min(len(model), len(text)) and model[common].lower() == text[common]:
        common += 1
    return model[:common] + text[common:]


def _plural_word(noun: str) -> str:
    if noun in _INVARIANT:
        return noun
    irregular = _irregular_plural(noun)
    if irregular:
        return irregular
    if noun in _F_TO_VES:
        return (noun[:-2] if noun.endswith("fe") else noun[:-1]) + "ves"
    if noun in _SINGULAR_IN_SIS:
        return noun[:-2] + "es"
    return _regular_plural(noun)


def _regular_plural(noun: str) -> str:
    if re.search(r"([^aeiou]|qu)y$", noun):
        return noun[:-1] + "ies"
    if noun.endswith("man") and noun in _NOT_MEN:
        return noun + "s"
    if noun in _O_TO_OES or (re.search(r"(s|x|z|ch|sh)$", noun) and noun not in _HARD_CH):
        return noun + "es"
    return noun + "s"


def _irregular_plural(noun: str) -> str | None:
    if noun in _IRREGULAR:
        return _IRREGULAR[noun]
    for ending in _IRREGULAR_ENDINGS:
        if noun.endswith(ending) and noun not in _NOT_MEN:
            return noun[: -len(ending)] + _IRREGULAR[ending]
    return None


def _singular_word(noun: str) -> str:
    if noun in _INVARIANT or noun in _SINGULAR_IN_S or noun in _IRREGULAR:
        return noun
    for singular, plural in _IRREGULAR.items():
        if noun == plural or (singular in _IRREGULAR_ENDINGS and noun.endswith(plural)):
            return noun[: -len(plural)] + singular
    known = _VES.get(noun) or _OES.get(noun) or _SINGULAR_FROM_SES.get(noun)
    return known or _regular_singular(noun)


def _regular_singular(noun: str) -> str:
    if noun.endswith("ss") or not noun.endswith("s") or len(noun) < 3:
        return noun
    if noun.endswith("ies"):
        return noun[:-1] if len(noun) <= 4 or noun[:-1] in _SINGULAR_IN_IE else noun[:-3] + "y"
    if noun.endswith("es"):
        return _singular_without_es(noun)
    if noun.endswith("us"):
        return noun[:-1] if noun in _PLURAL_IN_US else noun
    if noun in _SINGULAR_IN_SIS or noun.endswith("itis"):
        return noun
    return noun[:-1]


def _singular_without_es(noun: str) -> str:
    stem = noun[:-2]
    if noun[:-1] in _SINGULAR_IN_OE or noun[:-1].endswith(_SINGULAR_IN_CHE):
        return noun[:-1]
    if stem in _SINGULAR_IN_S or stem.endswith(("ss", "sh", "ch", "x", "zz", "tz")):
        return stem
    return noun[:-1]
