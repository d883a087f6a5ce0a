"""English verbs: present, past and participles. A verb may come in any of its forms; the infinitive is the surest."""

from __future__ import annotations

import re

from docassemble_lite.language.word_table import listed

# infinitive, past and past participle; the past serves as participle where no third form is given
_IRREGULAR_FORMS = """
    arise arose arisen | awake awoke awoken | bear bore borne | beat beat beaten | become became become
    begin began begun | bend bent | bet bet | bid bid | bind bound | bite bit bitten | bleed bled | blow blew blown
    break broke broken | breed bred | bring brought | build built | burst burst | buy bought | cast cast | catch caught
    choose chose chosen | cling clung | come came come | cost cost | creep crept | cut cut | deal dealt | dig dug
    do did done | draw drew drawn | drink drank drunk | drive drove driven | eat ate eaten | fall fell fallen
    feed fed | feel felt | fight fought | find found | flee fled | fling flung | fly flew flown
    forbid forbade forbidden | forecast forecast | foresee foresaw foreseen | forget forgot forgotten
    forgive forgave forgiven | forgo forwent forgone | forsake forsook forsaken | freeze froze frozen | get got gotten
    give gave given | go went gone | grind ground | grow grew grown | hang hung | have had | hear heard
    hide hid hidden | hit hit | hold held | hurt hurt | keep kept | kneel knelt | know knew known | lay laid | lead led
    leave left | lend lent | let let | lie lay lain | light lit | lose lost | make made | mean meant | meet met
    mislead misled | mistake mistook mistaken | misunderstand misunderstood | outdo outdid outdone
    overcome overcame overcome | overhear overheard | oversee oversaw overseen | oversleep overslept
    overtake overtook overtaken | overthrow overthrew overthrown | partake partook partaken | pay paid
    prove proved proven | put put | quit quit | read read | rebuild rebuilt | redo redid redone | repay repaid
    resell resold | reset reset | rid rid | ride rode ridden | ring rang rung | rise rose risen | run ran run
    say said | see saw seen | seek sought | sell sold | send sent | set set | sew sewed sewn | shake shook shaken
    shed shed | shine shone | shoot shot | show showed shown | shrink shrank shrunk | shut shut | sing sang sung
    sink sank sunk | sit sat | sleep slept | slide slid | sling slung | slit slit | speak spoke spoken | speed sped
    spend spent | spin spun | split split | spread spread | spring sprang sprung | stand stood | steal stole stolen
    stick stuck | sting stung | stink stank stunk | stride strode stridden | strike struck | string strung
    strive strove striven | sublet sublet | swear swore sworn | sweep swept | swell swelled swollen | swim swam swum
    swing swung | take took taken | teach taught | tear tore torn | tell told | think thought | throw threw thrown
    thrust thrust | tread trod trodden | undergo underwent undergone | understand understood
    undertake undertook undertaken | undo undid undone | unwind unwound | uphold upheld | upset upset | wake woke woken
    wear wore worn | weave wove woven | weep wept | win won | wind wound | withdraw withdrew withdrawn
    withhold withheld | withstand withstood | wring wrung | write wrote written
"""
_FORMS = [entry.split() for line in _IRREGULAR_FORMS.split("\n") for entry in line.split("|") if entry]
_PAST = {forms[0]: forms[1] for forms in _FORMS}
_PARTICIPLE = {forms[0]: forms[-1] for forms in _FORMS}
_INFINITIVE = {form: forms[0] for forms in reversed(_FORMS) for form in forms[1:]}
_BE = {"am", "are", "is", "was", "were", "been", "being"}

# verbs of several syllables whose stress on the last one doubles the consonant
_DOUBLING = listed(
    """
    admit commit permit submit omit emit transmit remit acquit allot regret abet occur recur incur concur refer
    prefer defer infer confer deter transfer control patrol compel expel propel repel dispel excel rebel equip
    abhor begin forget forbid upset reset sublet outfit format kidnap worship handicap unplug forgot
    """
)

# what is left of a verb without -ed or -ing and seldom stands without its "e": "lov", "decid", "arrang"
_ENDING_WITH_E = re.compile(
    r"([^s]s|[cuv]|[^z]z|[^aeiourlwy]l|dg|[nr]g|ag|[^aeo]at|[^aeou]id|[^ae]ir|[^aeo]ur|ud|[^ao]ut|um|par|lar|plor|gnor)$"
)
_STEMS_WITH_E = frozenset({"creat", "ow"})
_BARE_STEMS = listed(
    """
    belong bring clang cling bang fling focus hang long ring sing sling spring sting string swing twang visit wing wring
    """
)

_THIRD_PERSON = {"have": "has", "do": "does", "go": "goes", "undergo": "undergoes", "outdo": "outdoes", "redo": "redoes"}
_PRESENT_OF_BE = {"1sg": "am", "2sg": "are", "3sg": "is", "pl": "are"}
_PAST_OF_BE = {"1sgp": "was", "2sgp": "were", "3sgp": "was", "ppl": "were", "p": "was"}


def infinitive_of(verb: str) -> str:
    """The infinitive of a verb in any form, e.g. "help" for "helped"; a best guess for regular verbs."""
    if verb in _BE:
        return "be"
    if verb in _PAST:
        return verb
    if verb in _INFINITIVE:
        return _INFINITIVE[verb]
    if verb.endswith("ing") and len(verb) >= 5 and re.search(r"[aeiouy]", verb[:-3]):
        return _stem_with_its_e(verb[:-3], ied=False)
    if verb.endswith("ed") and not verb.endswith("eed") and len(verb) > 3:
        return _stem_with_its_e(verb[:-2], ied=True)
    if verb.endswith("eed") and verb[:-1] in ("agree", "guarantee", "free", "decree", "disagree", "referee", "oversee"):
        return verb[:-1]
    return _without_third_person_s(verb)


def present_of(infinitive: str, person: str) -> str:
    """The present tense; `person` is one of "1sg", "2sg", "3sg", "pl"."""
    if infinitive == "be":
        return _PRESENT_OF_BE[person]
    return _third_person(infinitive) if person == "3sg" else infinitive


def past_of(infinitive: str, person: str) -> str:
    """The past tense; `person` is one of "1sgp", "2sgp", "3sgp", "ppl", "p"."""
    if infinitive == "be":
        return _PAST_OF_BE[person]
    return _PAST.get(infinitive) or _regular_past(infinitive)


def past_participle_of(infinitive: str) -> str:
    """The past participle, e.g. "eaten"."""
    return "been" if infinitive == "be" else _PARTICIPLE.get(infinitive) or _regular_past(infinitive)


def present_participle_of(infinitive: str) -> str:
    """The present participle, e.g. "stopping"."""
    if infinitive.endswith("ie"):
        return infinitive[:-2] + "ying"
    if re.search(r"[^eoy]e$", infinitive) and infinitive != "be":
        return infinitive[:-1] + "ing"
    return _doubled(infinitive) + "ing"


def _third_person(verb: str) -> str:
    if verb in _THIRD_PERSON:
        return _THIRD_PERSON[verb]
    if re.search(r"[^aeiou]y$", verb):
        return verb[:-1] + "ies"
    if verb == "quiz":
        return "quizzes"
    return verb + "es" if re.search(r"(s|x|z|ch|sh|o)$", verb) else verb + "s"


def _regular_past(verb: str) -> str:
    if verb.endswith("e"):
        return verb + "d"
    if re.search(r"[^aeiou]y$", verb):
        return verb[:-1] + "ied"
    return _doubled(verb) + "ed"


def _doubled(verb: str) -> str:
    """The verb with its last consonant doubled where a syllable that begins with a vowel asks for it."""
    short = re.fullmatch(r"([^aeiou]*|.*qu)[aeiouy][^aeiouwxy]", verb) is not None and len(verb) > 2
    return verb + verb[-1] if short or verb in _DOUBLING else verb


def _stem_with_its_e(stem: str, *, ied: bool) -> str:
    """Undo what -ed or -ing did to a verb: a doubled consonant, an "e" that was dropped, a "y" that became "i"."""
    if ied and stem.endswith("i"):
        return stem[:-1] + ("ie" if len(stem) <= 2 else "y")
    if not ied and len(stem) == 2 and stem.endswith("y"):
        return stem[0] + "ie"
    if re.search(r"([^aeiou])\1$", stem) and (stem[:-1] in _DOUBLING or not stem.endswith(("ll", "ss", "zz", "ff"))):
        return stem[:-1]
    return stem + "e" if _lost_an_e(stem) else stem


def _lost_an_e(stem: str) -> bool:
    if stem in _BARE_STEMS:
        return False
    one_syllable = re.fullmatch(r"(?:[^aeiou]*|[^aeiou]*qu)[aeiouy][^aeiouwxy]", stem) is not None
    return one_syllable or stem in _STEMS_WITH_E or _ENDING_WITH_E.search(stem) is not None


def _without_third_person_s(verb: str) -> str:
    known = {third: base for base, third in _THIRD_PERSON.items()}
    if verb in known:
        return known[verb]
    if verb.endswith("ies") and len(verb) > 4:
        return verb[:-3] + "y"
    if re.search(r"(ss|x|zz|[^a]ch|sh)es$", verb):
        return verb[:-2]
    return verb[:-1] if re.search(r"[^siu]s$", verb) and len(verb) > 3 else verb
