"""Amounts of money, in the currency of the server or of the locale."""

from __future__ import annotations

from babel.numbers import format_currency, get_currency_precision
from babel.numbers import get_currency_symbol as symbol_in_locale

from docassemble_lite.host import current
from docassemble_lite.language.conventions import conventions, number_locale
from docassemble_lite.language.language_function import language_function, replacement
from docassemble_lite.language.numbers import decimal_text
from docassemble_lite.language.readings import is_empty, number_from, rounded

__all__ = ["currency", "currency_symbol"]


@language_function
def currency_symbol() -> str:
    """The symbol of the currency, e.g. "$": what `set_locale()` was told, what the server is set to, or the locale's."""
    return _chosen_symbol() or str(symbol_in_locale(_code(), locale=number_locale()))


@language_function
def currency(amount: object, *, decimals: bool = True, symbol: str | None = None, symbol_precedes: bool | None = None) -> str:
    """The amount with the symbol of the currency: "$45.20", or "$45" with `decimals=False`. Empty text stays empty.

    `symbol` stands in for the currency's, `symbol_precedes` says whether it comes first (None: as the locale has it).
    """
    if is_empty(amount):
        return ""
    value = number_from(amount)
    places = get_currency_precision(_code()) if decimals else 0
    chosen = symbol or _replaced_symbol() or _chosen_symbol()
    customised = conventions().deviations or symbol_precedes is not None
    if chosen is None and not customised:
        locale = number_locale()
        pattern = None if decimals else _without_decimals(locale.currency_formats["standard"].pattern)
        return format_currency(rounded(value, places), _code(), format=pattern, locale=locale, currency_digits=decimals)
    digits = decimal_text(abs(value), "#,##0" + ("." + "0" * places if places else ""), places, monetary=True)
    placed = _placed(digits, chosen or currency_symbol(), symbol_precedes, negative=value < 0)
    return f"-{placed}" if value < 0 else placed


def _code() -> str:
    return conventions().currency or str(current().host.setting("currency", "USD"))


def _replaced_symbol() -> str | None:
    own = replacement("currency_symbol")
    return str(own()) if own else None


def _chosen_symbol() -> str | None:
    """The symbol that the interview or the server decided on, whatever the currency."""
    symbol = conventions().deviations.get("currency_symbol") or current().host.setting("currency symbol", None)
    return None if symbol is None else str(symbol)


def _without_decimals(pattern: str) -> str:
    return pattern.replace(".00", "")


def _placed(digits: str, symbol: str, precedes: bool | None, *, negative: bool) -> str:
    standard = number_locale().currency_formats["standard"].pattern
    changes = conventions().deviations
    sign = "n" if negative else "p"
    if precedes is None:
        precedes = bool(changes.get(f"{sign}_cs_precedes", standard.find("¤") < standard.find("0")))
    spaced = changes.get(f"{sign}_sep_by_space", "\N{NO-BREAK SPACE}" in standard)
    space = "\N{NO-BREAK SPACE}" if spaced else ""
    return f"{symbol}{space}{digits}" if precedes else f"{digits}{space}{symbol}"
