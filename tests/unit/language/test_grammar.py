import pytest

from docassemble_lite.language.grammar import indefinite_article, noun_plural, noun_singular, verb_past, verb_present
from docassemble_lite.language.phrases import PHRASES, possessify, possessify_long

NOUNS = [
    ("friend", "friends"),
    ("fish", "fish"),
    ("moose", "mooses"),
    ("box", "boxes"),
    ("bus", "buses"),
    ("city", "cities"),
    ("boy", "boys"),
    ("address", "addresses"),
    ("knife", "knives"),
    ("analysis", "analyses"),
    ("person", "people"),
    ("grandchild", "grandchildren"),
    ("woman", "women"),
    ("human", "humans"),
    ("status", "statuses"),
    ("potato", "potatoes"),
    ("piano", "pianos"),
    ("expense", "expenses"),
    ("house", "houses"),
    ("movie", "movies"),
    ("headache", "headaches"),
    ("shoe", "shoes"),
    ("witness", "witnesses"),
    ("attorney at law", "attorneys at law"),
    ("mother-in-law", "mothers-in-law"),
    ("bank account", "bank accounts"),
    ("Child", "Children"),
    ("DVD", "DVDs"),
]


@pytest.mark.parametrize(("singular", "plural"), NOUNS)
def test_a_noun_has_its_plural(singular: str, plural: str) -> None:
    assert noun_plural(singular) == plural


@pytest.mark.parametrize(("singular", "plural"), NOUNS)
def test_a_noun_has_its_singular(singular: str, plural: str) -> None:
    assert noun_singular(plural) == singular


@pytest.mark.parametrize(("singular", "plural"), NOUNS)
def test_a_plural_stays_one(singular: str, plural: str) -> None:
    assert noun_plural(plural) == plural


@pytest.mark.parametrize("singular", [singular for singular, _ in NOUNS])
def test_a_singular_stays_one(singular: str) -> None:
    assert noun_singular(singular) == singular


def test_a_noun_agrees_with_its_number() -> None:
    assert [noun_plural("friends", 1), noun_plural("friend", 2), noun_plural("friend", 0)] == ["friend", "friends", "friends"]


def test_a_noun_agrees_with_how_much_a_group_holds() -> None:
    assert [noun_plural("friend", ["Jo"]), noun_plural("friend", {}), noun_singular("friends", {"Jo"})] == [
        "friend",
        "friends",
        "friend",
    ]


def test_a_noun_is_left_alone_where_the_number_is_not_one() -> None:
    assert noun_singular("friends", 3) == "friends"


def test_a_noun_that_is_known_to_be_singular_is_not_taken_for_a_plural() -> None:
    assert [noun_plural("glas", noun_is_singular=True), noun_plural("glas")] == ["glases", "glas"]


@pytest.mark.parametrize(
    "phrase",
    [
        "a bean",
        "an apple",
        "an hour",
        "a university",
        "an FBI agent",
        "an 8",
        "a 10",
        "an umbrella",
        "a European",
        "a one-way street",
        "an unimportant matter",
        "an unidentified man",
        "a NASA engineer",
    ],
)
def test_an_article_goes_by_the_sound(phrase: str) -> None:
    assert indefinite_article(phrase.split(" ", 1)[1]) == phrase


@pytest.mark.parametrize(
    ("verb", "past"),
    [
        ("help", "helped"),
        ("eat", "ate"),
        ("finish", "finished"),
        ("stop", "stopped"),
        ("carry", "carried"),
        ("play", "played"),
        ("admit", "admitted"),
        ("visit", "visited"),
        ("use", "used"),
        ("pick up", "picked up"),
        ("Go", "Went"),
    ],
)
def test_a_verb_has_its_past(verb: str, past: str) -> None:
    assert verb_past(verb) == past


@pytest.mark.parametrize(
    ("person", "form"), [("3gp", "was"), ("2sgp", "were"), ("ppl", "were"), ("ppart", "been"), ("part", "being")]
)
def test_to_be_differs_by_person(person: str, form: str) -> None:
    assert verb_past("be", person) == form


@pytest.mark.parametrize(
    "verb",
    [
        "help",
        "stop",
        "use",
        "create",
        "love",
        "try",
        "agree",
        "live",
        "decide",
        "owe",
        "file",
        "walk",
        "go",
        "watch",
        "pass",
        "close",
        "die",
        "lie",
        "charge",
        "change",
        "list",
        "sue",
        "have",
        "require",
        "buy",
        "arrange",
        "belong",
        "commit",
    ],
)
@pytest.mark.parametrize("form", ["3sg", "3gp", "part"])
def test_the_infinitive_is_found_again(verb: str, form: str) -> None:
    conjugated = verb_present(verb, form) if form != "3gp" else verb_past(verb)
    if (verb, form) == ("lie", "3gp"):
        # "lay" is a verb of its own
        assert conjugated == "lay"
    else:
        assert verb_present(conjugated, "1sg") == verb


def test_the_present_differs_by_person() -> None:
    assert [verb_present("helped", "3sg"), verb_present("helps", "1sg"), verb_present("helps", "pl")] == ["helps", "help", "help"]


def test_a_form_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="There is no form '4sg'"):
        verb_present("help", "4sg")


@pytest.mark.parametrize(
    ("name", "arguments", "phrase"),
    [
        ("her", ("turtle",), "her turtle"),
        ("its", (), "its"),
        ("am_i", (), "am I"),
        ("do_you", ("smoke",), "do you smoke"),
        ("does_a_b", ("Fred", "smoke"), "does Fred smoke"),
        ("were_a_b", ("celebrities", "present"), "were celebrities present"),
        ("in_the", ("house",), "in the house"),
        ("a_in_the_b", ("cat", "hat"), "cat in the hat"),
        ("a_preposition_b", ("fish", "sea"), "fish in the sea"),
    ],
)
def test_a_phrase_is_put_together(name: str, arguments: tuple[str, ...], phrase: str) -> None:
    assert PHRASES[name](*arguments) == phrase


def test_a_phrase_can_begin_a_sentence() -> None:
    assert PHRASES["his"]("turtle", capitalize=True) == "His turtle"


def test_a_phrase_ignores_what_only_another_language_needs() -> None:
    assert PHRASES["your"]("house", formal=True) == "your house"


def test_an_owner_has_an_apostrophe() -> None:
    assert possessify("Fred", "cat") == "Fred's cat"
    assert possessify("the parents", "cat", plural=True) == "the parents' cat"
    assert possessify_long("Fred", "cat") == "the cat of Fred"
