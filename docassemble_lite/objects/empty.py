"""`DAEmpty`: nothing, in place of an object that isn't there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class DAEmpty:
    """Stands for an object that isn't there: every attribute, item and call gives the same nothing, and its text is empty.

    `DAEmpty(str='not applicable')` shows another text.
    """

    def __init__(self, *_: object, str: str = "", **__: object) -> None:
        self._text = str

    def __getattr__(self, name: str) -> DAEmpty:
        if name.startswith("_"):
            raise AttributeError(name)
        return self

    def __getitem__(self, _: object) -> DAEmpty:
        return self

    def __call__(self, *_: object, **__: object) -> DAEmpty:
        return self

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return repr(self._text)

    def __format__(self, spec: str) -> str:
        return format(self._text, spec)

    def __bool__(self) -> bool:
        return False

    def __len__(self) -> int:
        return 0

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __contains__(self, _: object) -> bool:
        return False

    def __int__(self) -> int:
        return 0

    def __float__(self) -> float:
        return 0.0

    def __hash__(self) -> int:
        return hash(self._text)

    def __eq__(self, other: object) -> bool:
        return self._text == (other._text if isinstance(other, DAEmpty) else other)

    def __lt__(self, other: object) -> bool:
        return self._text < str(other)

    def __le__(self, other: object) -> bool:
        return self._text <= str(other)

    def __gt__(self, other: object) -> bool:
        return self._text > str(other)

    def __ge__(self, other: object) -> bool:
        return self._text >= str(other)

    def __add__(self, other: Any) -> Any:
        return self._text + other if isinstance(other, str) else other

    def __radd__(self, other: Any) -> Any:
        return other + self._text if isinstance(other, str) else other
