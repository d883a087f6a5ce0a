"""Numbers out of what authors pass: numbers of any kind, and text that holds one."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from typing import SupportsFloat


def number_from(value: object) -> Decimal:
    """The number that `value` is or spells. Raises TypeError or ValueError where it is none."""
    if isinstance(value, bool) or value is None:
        raise TypeError(f"{value!r} isn't a number.")
    if isinstance(value, (int, Decimal)):
        return _finite(Decimal(value))
    if isinstance(value, float):
        # the shortest spelling: 4.505 is meant, not 4.50499999999999989
        return _finite(Decimal(float.__repr__(value)))
    if isinstance(value, str):
        return _spelled(value)
    if isinstance(value, SupportsFloat):
        return _finite(Decimal(repr(float(value))))
    raise TypeError(f"{value!r} isn't a number.")


def whole_number_from(value: object) -> int:
    """The whole number that `value` is or spells. Raises TypeError or ValueError where it is none."""
    number = number_from(value)
    if number != number.to_integral_value():
        raise ValueError(f"{value} isn't a whole number.")
    return int(number)


def rounded(number: Decimal, places: int) -> Decimal:
    """The number with `places` digits after the point, halves away from zero."""
    with localcontext(prec=max(28, number.adjusted() + places + 2)):
        return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def is_empty(value: object) -> bool:
    """Whether `value` is text, or prints as text, without anything in it: an optional question that wasn't answered."""
    return value is not None and str(value).strip() == ""


def _spelled(text: str) -> Decimal:
    try:
        return _finite(Decimal(text.strip().replace(",", "")))
    except InvalidOperation as error:
        raise ValueError(f"{text!r} isn't a number.") from error


def _finite(number: Decimal) -> Decimal:
    if not number.is_finite():
        raise ValueError(f"{number} isn't a number that can be written out.")
    return number
