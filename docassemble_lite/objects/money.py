"""Amounts of money, and lists of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from docassemble_lite.objects.base import DAObject
from docassemble_lite.objects.dicts import DADict
from docassemble_lite.objects.lists import DAList


class Value(DAObject):
    """An amount that may not apply: `exists` says whether it does, `value` is the number."""

    def amount(self) -> Decimal:
        """The value, or 0 if it doesn't apply."""
        return _number(self.value) if self.exists else Decimal(0)

    def __str__(self) -> str:
        return str(self.amount())

    def __float__(self) -> float:
        return float(self.amount())

    def __int__(self) -> int:
        return int(self.amount())

    def __lt__(self, other: Any) -> bool:
        return self.amount() < _number(other)

    def __le__(self, other: Any) -> bool:
        return self.amount() <= _number(other)

    def __gt__(self, other: Any) -> bool:
        return self.amount() > _number(other)

    def __ge__(self, other: Any) -> bool:
        return self.amount() >= _number(other)

    def __add__(self, other: Any) -> Decimal:
        return self.amount() + _number(other)

    def __radd__(self, other: Any) -> Decimal:
        return _number(other) + self.amount()

    def __sub__(self, other: Any) -> Decimal:
        return self.amount() - _number(other)

    def __rsub__(self, other: Any) -> Decimal:
        return _number(other) - self.amount()

    def __mul__(self, other: Any) -> Decimal:
        return self.amount() * _number(other)

    def __rmul__(self, other: Any) -> Decimal:
        return _number(other) * self.amount()

    def __truediv__(self, other: Any) -> Decimal:
        return self.amount() / _number(other)


class PeriodicValue(Value):
    """An amount that comes `period` times a year."""

    def amount(self, period_to_use: Any = 1) -> Decimal:
        """The amount in a year, or in a part of it: 12 stands for a month."""
        return _number(self.value) * _number(self.period) / _number(period_to_use) if self.exists else Decimal(0)


class FinancialList(DADict):
    """Amounts by what they are for, e.g. "rent"."""

    ValueClass: type[Value] = Value

    def _defaults(self) -> dict[str, Any]:
        return {**super()._defaults(), "object_type": self.ValueClass}

    def total(self) -> Decimal:
        """The sum of the amounts that apply."""
        return sum((item.amount() for item in self.values()), Decimal(0))

    def existing_items(self) -> DAList:
        """What the amounts that apply are for."""
        return DAList(elements=[key for key, item in self.items() if item.exists], auto_gather=False)

    def _take_new_item(self, key: Any, kind: Any) -> None:
        item = self.initializeObject(key, kind, exists=True)
        for attribute in ("value", "period"):
            given = f"new_item_{attribute}"
            if given in self.__dict__:
                setattr(item, attribute, getattr(self, given))
                self.delattr(given)

    def __str__(self) -> str:
        return str(self.total())


class PeriodicFinancialList(FinancialList):
    """Amounts that come again and again, by what they are for."""

    ValueClass = PeriodicValue

    def total(self, period_to_use: Any = 1) -> Decimal:
        """The sum of the amounts that apply, in a year or in a part of it: 12 stands for a month."""
        return sum((item.amount(period_to_use) for item in self.values()), Decimal(0))


class Asset(FinancialList):
    """What somebody owns."""


class Income(PeriodicFinancialList):
    """What somebody earns."""


class Expense(PeriodicFinancialList):
    """What somebody spends."""


def _number(value: Any) -> Decimal:
    """A number of any kind as a decimal one, by its digits."""
    if isinstance(value, Value):
        return value.amount()
    return value if isinstance(value, Decimal) else Decimal(str(value))
