import pytest

from docassemble_lite.language.conventions import get_locale, set_language, set_locale, update_locale
from docassemble_lite.language.language_function import _replacements, update_language_function
from docassemble_lite.language.money import currency, currency_symbol

NBSP = "\N{NO-BREAK SPACE}"
NARROW = "\N{NARROW NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("amount", "text"),
    [(45.2, "$45.20"), (4.5, "$4.50"), ("1000", "$1,000.00"), (1234567.891, "$1,234,567.89"), (-4.5, "-$4.50"), (4.505, "$4.51")],
)
def test_an_amount_has_symbol_separators_and_decimals(amount: object, text: str) -> None:
    assert currency(amount) == text


@pytest.mark.parametrize(("amount", "text"), [(45, "$45"), (1000, "$1,000"), (2.5, "$3")])
def test_an_amount_without_decimals_is_rounded(amount: float, text: str) -> None:
    assert currency(amount, decimals=False) == text


def test_a_symbol_for_one_amount_takes_the_place_of_the_currency_s() -> None:
    assert currency(4.5, symbol="€") == "€4.50"


def test_the_symbol_can_come_last() -> None:
    assert currency(-4.5, symbol="€", symbol_precedes=False) == "-4.50€"


def test_an_unanswered_amount_stays_empty() -> None:
    assert currency("") == ""


def test_an_amount_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="isn't a number"):
        currency("a lot")


def test_the_server_decides_on_the_currency(server) -> None:
    with server({"currency": "JPY"}):
        assert [currency_symbol(), currency(500)] == ["¥", "¥500"]


def test_the_server_decides_on_the_symbol(server) -> None:
    with server({"currency symbol": "₪"}):
        assert [currency_symbol(), currency(5)] == ["₪", "₪5.00"]


def test_an_interview_decides_on_the_symbol_and_takes_it_back() -> None:
    set_locale(currency_symbol="£")
    assert [currency_symbol(), currency(5), get_locale("currency_symbol")] == ["£", "£5.00", "£"]
    set_locale(currency_symbol=None)
    assert [currency(5), get_locale("currency_symbol")] == ["$5.00", None]


def test_an_interview_decides_on_separators() -> None:
    set_locale(mon_thousands_sep=".", mon_decimal_point=",")
    assert currency(1234.5) == "$1.234,50"


def test_a_name_that_is_no_convention_is_refused() -> None:
    with pytest.raises(ValueError, match="There is no convention 'symbol'"):
        set_locale(symbol="£")


def test_a_locale_takes_effect_only_when_it_is_updated() -> None:
    set_language("fr")
    set_locale("FR.utf8")
    assert [get_locale(), currency(1234.5)] == ["FR.utf8", "$1,234.50"]
    update_locale()
    assert currency(1234.5) == f"1{NARROW}234,50{NBSP}€"
    assert currency(3, decimals=False) == f"3{NBSP}€"


def test_a_locale_that_does_not_exist_is_refused() -> None:
    set_locale("QQ.utf8")
    with pytest.raises(ValueError, match="en_QQ"):
        update_locale()


def test_an_author_replaces_the_symbol_for_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(_replacements, "currency_symbol", {})
    update_language_function("*", "currency_symbol", lambda: "฿")
    assert [currency_symbol(), currency(5)] == ["฿", "฿5.00"]
