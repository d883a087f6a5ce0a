"""Numbers: whole, decimal, amounts of money, sliders."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar

from docassemble_lite.engine.fields.datatype import Datatype, FieldSpec
from docassemble_lite.engine.screen import AskedField, ChoiceView, FieldView
from docassemble_lite.errors import LiteError
from docassemble_lite.language.money import currency_symbol

# longer texts are no numbers that people type
_LONGEST = 100
# commas and blanks may part groups of digits; “1,5” is refused, since it might mean 1.5
_PLAIN = r"(?:[0-9]+|[0-9]{1,3}(?:[, ][0-9]{2,3})*[, ][0-9]{3})(?:\.[0-9]*)?"
_NUMBER = re.compile(rf"(?P<sign>[+-]?)\s*(?P<digits>{_PLAIN}|\.[0-9]+)(?P<exponent>[eE][+-]?[0-9]{{1,3}})?")

_ONE_DECIMAL = re.compile(r"-?[0-9]+\.[0-9]")


def parse_number(text: str) -> Decimal | None:
    """The number that a person typed, None when it is none.

    Separators of groups, currency symbols and percent signs don't count: "1,234.50", "$5" and "12 %" are 1234.50, 5
    and 12.
    """
    if len(text) > _LONGEST:
        return None
    bare = "".join(char for char in unicodedata.normalize("NFKC", text) if char != "%" and unicodedata.category(char) != "Sc")
    found = _NUMBER.fullmatch(bare.replace("\u2212", "-").strip())
    if not found:
        return None
    digits = found["digits"].replace(",", "").replace(" ", "")
    number = Decimal(found["sign"] + digits + (found["exponent"] or ""))
    return number if math.isfinite(float(number)) else None


class Number(Datatype):
    """A number with or without decimals: a float."""

    names: ClassVar[tuple[str, ...]] = ("number", "float")
    # the code of the message for what is no number of this kind
    kind_code: ClassVar[str] = "number"
    html_inputmode: ClassVar[str] = "decimal"

    def limits(self, spec: FieldSpec) -> dict[str, Any]:
        written = {name: limit for name in ("min", "max", "step") if (limit := self._limit(spec, name))}
        if "step" in written and parse_number(written["step"]) == 0:
            raise LiteError(f"The “step” of the field “{spec.variable}” must not be zero.")
        return written

    def _limit(self, spec: FieldSpec, name: str) -> str:
        written = str(spec.keys.get(name) if spec.keys.get(name) is not None else "").strip()
        if name == "step" and written == "any":
            return ""
        if written and parse_number(written) is None:
            raise LiteError(f"The “{name}” of the field “{spec.variable}” must be a number, not “{written}”.")
        return written

    def typed(self, posted: Sequence[str]) -> str:
        text = super().typed(posted)
        # a lone currency symbol is an empty field
        return "" if all(unicodedata.category(char) in ("Sc", "Zs") for char in text) else text

    def parsed(self, asked: AskedField, text: str) -> Any:
        number = parse_number(text)
        if number is None:
            raise self.refusal(asked, "number")
        if not self.accepts(number):
            raise self.refusal(asked, self.kind_code)
        self._check_limits(asked, number)
        return self.as_value(number)

    def accepts(self, number: Decimal) -> bool:
        """Whether the number is one of this datatype's."""
        return True

    def as_value(self, number: Decimal) -> Any:
        """The number as the variable's value."""
        # never the negative zero, which shows as "-0.0"
        return float(number) + 0.0

    def _check_limits(self, asked: AskedField, number: Decimal) -> None:
        limits = {
            name: parsed for name in ("min", "max", "step") if (parsed := parse_number(asked.options.get(name, ""))) is not None
        }
        if "min" in limits and number < limits["min"]:
            raise self.refusal(asked, "min", asked.options["min"])
        if "max" in limits and number > limits["max"]:
            raise self.refusal(asked, "max", asked.options["max"])
        # decimals divide inexactly, fractions don't
        start = Fraction(limits.get("min", Decimal(0)))
        if "step" in limits and (Fraction(number) - start) % Fraction(limits["step"]):
            raise self.refusal(asked, "step", asked.options["step"])

    def empty(self, asked: AskedField) -> Any:
        return 0.0

    def text_of(self, value: Any) -> str:
        if isinstance(value, float):
            return repr(value).removesuffix(".0") if math.isfinite(value) else ""
        return super().text_of(value).strip()

    def value_of_choice(self, value: Any) -> Any:
        number = parse_number(str(value).strip())
        if number is None or not self.accepts(number):
            raise LiteError(f"The choice {value!r} doesn't suit “datatype: {self.names[0]}”.")
        return self.as_value(number)

    def attributes(self, spec: FieldSpec, asked: AskedField) -> dict[str, str]:
        limits = {f"data-{name}": asked.options[name] for name in ("min", "max", "step") if name in asked.options}
        return {"data-number": self.kind_code, **self._keyboard(asked), **limits}

    def _keyboard(self, asked: AskedField) -> dict[str, str]:
        # the keypads of some telephones have no minus sign
        least = parse_number(asked.options.get("min", ""))
        return {} if least is not None and least < 0 else {"inputmode": self.html_inputmode}

    def rules(self, asked: AskedField) -> dict[str, str]:
        limits = {name: self.told(asked, name, asked.options[name]) for name in ("min", "max", "step") if name in asked.options}
        return {**super().rules(asked), "type": self.told(asked, self.kind_code), **limits}


class Integer(Number):
    """A whole number: an int."""

    names: ClassVar[tuple[str, ...]] = ("integer", "int")
    kind_code: ClassVar[str] = "integer"
    html_inputmode: ClassVar[str] = "numeric"

    def accepts(self, number: Decimal) -> bool:
        return Fraction(number).denominator == 1

    def as_value(self, number: Decimal) -> Any:
        return int(number)

    def empty(self, asked: AskedField) -> Any:
        return 0


class Currency(Number):
    """An amount of money: a float; the currency is shown, not stored."""

    names: ClassVar[tuple[str, ...]] = ("currency",)

    def shown(self, spec: FieldSpec, asked: AskedField, text: str, choices: tuple[ChoiceView, ...] = ()) -> FieldView:
        symbol = spec.keys.get("currency symbol") or currency_symbol()
        return replace(super().shown(spec, asked, text, choices), prefix=str(symbol).strip())

    def text_of(self, value: Any) -> str:
        text = super().text_of(value)
        # 4.5 is shown as an amount is written
        return f"{text}0" if _ONE_DECIMAL.fullmatch(text) else text


class Range(Number):
    """A slider between `min` and `max`: a float. It always has a value, so it is never marked as required."""

    names: ClassVar[tuple[str, ...]] = ("range",)
    kind: ClassVar[str] = "range"
    html_type: ClassVar[str] = "range"

    def is_required(self, spec: FieldSpec) -> bool:
        return False

    def limits(self, spec: FieldSpec) -> dict[str, Any]:
        limits = super().limits(spec)
        missing = [name for name in ("min", "max") if name not in limits]
        if missing:
            raise LiteError(f"The field “{spec.variable}” is a range, which needs a “{missing[0]}”.")
        return {"step": "1", **limits}

    def view(self, spec: FieldSpec, asked: AskedField, value: Any) -> FieldView:
        return self.shown(spec, asked, self.text_of(value) or asked.options["min"])

    def empty(self, asked: AskedField) -> Any:
        return self.parsed(asked, asked.options["min"])

    def attributes(self, spec: FieldSpec, asked: AskedField) -> dict[str, str]:
        # HTML knows only bare numbers, not "1,000"
        limits = {
            name: format(parsed, "f")
            for name in ("min", "max", "step")
            if (parsed := parse_number(asked.options[name])) is not None
        }
        scale = str(spec.keys.get("scale") or "").strip()
        return {**limits, "data-scale": scale} if scale else limits
