import pytest

from docassemble_lite.host import Current, entered
from docassemble_lite.language import MODULE_NAMES, NAMES
from docassemble_lite.language import words as module
from docassemble_lite.language.conventions import (
    get_country,
    get_dialect,
    get_language,
    get_voice,
    language_from_browser,
    set_country,
    set_language,
)
from docassemble_lite.language.language_function import (
    _replacements,
    language_function_constructor,
    update_language_function,
)
from docassemble_lite.language.phrases import possessify
from docassemble_lite.language.words import language_name, update_word_collection, word


@pytest.fixture(autouse=True)
def own_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_collections", {})
    for name in ("possessify", "closing"):
        monkeypatch.setitem(_replacements, name, {})


def test_a_word_without_a_translation_stays_as_it_is() -> None:
    assert word("cow") == "cow"


def test_a_word_is_translated_into_the_current_language() -> None:
    update_word_collection("es", {"cow": "vaca"})
    assert word("cow") == "cow"
    set_language("es")
    assert [word("cow"), word("cow", capitalize=True), word("fish")] == ["vaca", "Vaca", "fish"]


def test_translations_add_to_those_that_are_there() -> None:
    update_word_collection("es", {"cow": "vaca"})
    update_word_collection("es", {"fish": "pez"})
    assert [word("cow", language="es"), word("fish", language="es")] == ["vaca", "pez"]


def test_truth_values_have_words() -> None:
    assert [word(True), word(False), word(None)] == ["yes", "no", "I don't know"]


def test_a_language_holds_until_the_end_of_the_evaluation() -> None:
    with entered(Current()):
        set_language("es", dialect="mx", voice="Juana")
        assert (get_language(), get_dialect(), get_voice()) == ("es", "mx", "Juana")
    assert (get_language(), get_dialect(), get_voice()) == ("en", None, None)


@pytest.mark.parametrize("code", ["Spanish", "", "ES"])
def test_what_is_no_code_of_a_language_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="A language is a code"):
        set_language(code)


def test_a_language_that_is_no_text_is_refused() -> None:
    with pytest.raises(TypeError):
        set_language(None)  # type: ignore[arg-type]


def test_the_country_is_the_server_s_until_an_interview_sets_it(server) -> None:
    with server({"country": "DE"}):
        assert get_country() == "DE"
        set_country("FR")
        assert get_country() == "FR"


def test_a_country_that_is_no_code_is_refused() -> None:
    with pytest.raises(ValueError, match="two capital letters"):
        set_country("France")


def test_the_browser_s_first_known_language_wins(server) -> None:
    with server(languages=("x-klingon", "fr-CA", "en")):
        assert [language_from_browser(), language_from_browser("en", "es"), language_from_browser("de")] == ["fr", "en", None]


def test_a_browser_that_asks_for_no_language_gets_none() -> None:
    assert language_from_browser() is None


def test_a_language_has_a_name_by_either_code() -> None:
    assert [language_name("de"), language_name("deu"), language_name("xyz1")] == ["German", "German", "xyz1"]


def test_an_author_replaces_a_function_for_one_language() -> None:
    update_language_function("es", "possessify", lambda owner, thing, **_: f"{thing} de {owner}")
    assert possessify("Ana", "gato") == "Ana's gato"
    assert possessify("Ana", "gato", language="es") == "gato de Ana"


def test_an_author_replaces_a_function_for_all_languages_but_those_with_their_own() -> None:
    update_language_function("*", "possessify", lambda *_, **__: "anybody's")
    update_language_function("es", "possessify", lambda *_, **__: "suyo")
    assert [possessify("Ana", "gato"), possessify("Ana", "gato", language="es")] == ["anybody's", "suyo"]


def test_an_author_s_function_is_told_to_capitalize() -> None:
    update_language_function("*", "possessify", lambda *_, **keywords: str(keywords))
    assert possessify("Ana", "gato", capitalize=True) == "{'capitalize': True}"


def test_an_author_makes_a_new_language_function() -> None:
    closing = language_function_constructor("closing")
    with pytest.raises(ValueError, match="closing"):
        closing("Ana")
    update_language_function("*", "closing", lambda name, **_: f"Goodbye, {name}!")
    assert closing("Ana") == "Goodbye, Ana!"


def test_what_replaces_a_function_must_be_one() -> None:
    with pytest.raises(TypeError, match="must be a function"):
        update_language_function("*", "closing", "Goodbye")  # type: ignore[arg-type]


def test_the_functions_of_the_reference_are_open_to_interviews() -> None:
    assert {"today", "comma_and_list", "format_date", "word", "states_list", "DADateTime", "iso_country"} <= NAMES.keys()


def test_names_that_would_hide_common_variables_are_for_modules_only() -> None:
    assert {"this", "some", "the", "his", "possessify"} <= MODULE_NAMES.keys()
    assert not MODULE_NAMES.keys() & NAMES.keys()
