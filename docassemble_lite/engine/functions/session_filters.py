"""`DA.Sessions.email == "a@example.com"`: how authors write down which sessions `interview_list()` is to find.

Authors also write `DA.Sessions.email == 'a' | DA.Sessions.email == 'b'`, without parentheses. Python takes that for
`DA.Sessions.email == ('a' | DA.Sessions.email) == 'b'`, so what is in the middle (`_Middle`) keeps its left side until the right
one is compared with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

from docassemble_lite.host import current
from docassemble_lite.language.dates import as_datetime
from docassemble_lite.language.zones import get_default_timezone
from docassemble_lite.session_query import FIELDS, Comparison, Negation, Operator, SessionQuery, Together, Value

__all__ = ["DA"]

_Word = Literal["and", "or"]
_LARGEST = 2**31 - 1
_NAMES = {str: "a text", int: "a whole number", bool: "True or False", datetime: "a date"}


class NoQuery(TypeError):
    """This can't be asked about sessions."""


class Condition:
    """Something that holds for a session or not; conditions are put together with `&`, `|` and `~`."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, *terms: tuple[_Word, SessionQuery]) -> None:
        # each with the word that stands before it; that of the first one says nothing
        self._terms = terms

    @property
    def query(self) -> SessionQuery:
        """The condition as a value. `and` binds more than `or`, as it does in Python."""
        groups: list[list[SessionQuery]] = []
        for word, term in self._terms:
            if word == "and" and groups:
                groups[-1].append(term)
            else:
                groups.append([term])
        alternatives = tuple(group[0] if len(group) == 1 else Together("and", tuple(group)) for group in groups)
        return alternatives[0] if len(alternatives) == 1 else Together("or", alternatives)

    def _joined(self, word: _Word, other: Any) -> Any:
        if isinstance(other, Field):
            return _Middle(self, word, other)
        return Condition(("and", self.query), (word, _condition(other).query))

    def __and__(self, other: Any) -> Any:
        return self._joined("and", other)

    def __or__(self, other: Any) -> Any:
        return self._joined("or", other)

    def __rand__(self, value: Any) -> Any:
        return _Ending(value, "and", self)

    def __ror__(self, value: Any) -> Any:
        return _Ending(value, "or", self)

    def __invert__(self) -> Condition:
        return Condition(("and", Negation(self.query)))

    def __bool__(self) -> bool:
        # where Python puts a chain of comparisons together, it asks for the truth of the first ones
        return True


class _Comparable:
    """What stands on the left of `==` and so on."""

    __hash__ = None  # type: ignore[assignment]

    def _compared(self, operator: Operator, value: Any) -> Any:
        raise NotImplementedError

    def __eq__(self, value: Any) -> Any:
        return self._compared("==", value)

    def __ne__(self, value: Any) -> Any:
        return self._compared("!=", value)

    def __lt__(self, value: Any) -> Any:
        return self._compared("<", value)

    def __le__(self, value: Any) -> Any:
        return self._compared("<=", value)

    def __gt__(self, value: Any) -> Any:
        return self._compared(">", value)

    def __ge__(self, value: Any) -> Any:
        return self._compared(">=", value)


class Field(_Comparable):
    """Something that is known of a session or of its owner."""

    def __init__(self, name: str) -> None:
        self.name = name

    def Like(self, pattern: str) -> Condition:
        """Whether it looks like the pattern, in which % stands for any text and _ for any character."""
        if FIELDS[self.name] is not str:
            raise NoQuery(f"DA.Sessions.{self.name} is {_NAMES[FIELDS[self.name]]}, and Like() is for texts.")
        return self._simple("like", pattern)

    def In(self, *values: Any) -> Condition:
        """Whether it is one of these values."""
        given = tuple(values[0]) if len(values) == 1 and isinstance(values[0], (list, tuple, set, frozenset)) else values
        return self._simple("in", *given)

    like, in_ = Like, In

    def _compared(self, operator: Operator, value: Any) -> Any:
        if isinstance(value, (_Middle, _Ending)):
            return value.after(self, operator)
        return self._simple(operator, value)

    def _simple(self, operator: Operator, *values: Any) -> Condition:
        return Condition(("and", Comparison(self.name, operator, tuple(_value(self.name, value) for value in values))))

    def __rand__(self, value: Any) -> Any:
        return _Middle(value, "and", self)

    def __ror__(self, value: Any) -> Any:
        return _Middle(value, "or", self)


class _Middle(_Comparable):
    """`'a' | field`, which stands between two signs of comparison, or `condition | field`, before one."""

    def __init__(self, before: Any, word: _Word, field: Field) -> None:
        # the value that is still to be compared with what stands on the left, or a condition that is complete
        self._before = before
        self._word = word
        self._field = field

    def after(self, left: Field | _Middle, operator: Operator) -> _Middle:
        """The same with what stands on its left."""
        self._before = left._compared(operator, self._before)
        return self

    def _compared(self, operator: Operator, value: Any) -> Any:
        if isinstance(value, (_Middle, _Ending)):
            return value.after(self, operator)
        before = _condition(self._before)
        right = self._field._compared(operator, value)
        return Condition(*before._terms, (self._word, right.query))


@dataclass
class _Ending:
    """`'a' | condition`, at the end of a chain of comparisons."""

    value: Any
    word: _Word
    condition: Condition

    def after(self, left: Field | _Middle, operator: Operator) -> Condition:
        """The whole chain."""
        before: Condition = left._compared(operator, self.value)
        return Condition(*before._terms, (self.word, self.condition.query))


class _Sessions:
    """The fields of sessions."""

    def __getattr__(self, name: str) -> Field:
        if name not in FIELDS:
            raise AttributeError(f"Nothing is known of sessions as “{name}”. There are: {', '.join(FIELDS)}.")
        return Field(name)


class DA:
    """What `interview_list(query=…)` is told: conditions about `DA.Sessions`, which `And` and `Or` put together."""

    Sessions = _Sessions()

    @staticmethod
    def And(*conditions: Any) -> Condition:
        """Whether all of these hold."""
        return _together("and", conditions)

    @staticmethod
    def Or(*conditions: Any) -> Condition:
        """Whether at least one of these holds."""
        return _together("or", conditions)


def query_of(given: Any) -> SessionQuery | None:
    """What an author asks for; None where nothing is. Raises `NoQuery`."""
    return None if given is None else _condition(given).query


def _together(word: _Word, conditions: tuple[Any, ...]) -> Condition:
    if not conditions:
        raise NoQuery("DA.And() and DA.Or() need conditions.")
    return Condition(("and", Together(word, tuple(_condition(condition).query for condition in conditions))))


def _condition(given: Any) -> Condition:
    if not isinstance(given, Condition):
        raise NoQuery(f"{given!a} is no condition. Write for example: DA.Sessions.email == 'jane@example.com'")
    return given


def _value(name: str, value: Any) -> Value:
    wanted = FIELDS[name]
    if value is None:
        return None
    if wanted is datetime and isinstance(value, (str, date)):
        return _moment(value)
    fits: Callable[[Any], bool] = {
        str: lambda text: isinstance(text, str) and "\0" not in text,
        int: lambda number: isinstance(number, int) and not isinstance(number, bool) and abs(number) <= _LARGEST,
        bool: lambda truth: isinstance(truth, bool),
    }.get(wanted, lambda _: False)
    if not fits(value):
        raise NoQuery(f"DA.Sessions.{name} is {_NAMES[wanted]}, and can't be compared with {value!a}.")
    return value


def _moment(given: Any) -> datetime:
    """A date as authors write it, in the time zone of the person, as the store keeps it."""
    zone = current().request.person.timezone or get_default_timezone()
    return as_datetime(given, zone).astimezone(UTC).replace(tzinfo=None)
