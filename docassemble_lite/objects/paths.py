"""Intrinsic names taken apart: `park.front_gate[2]` is the attribute `front_gate` of `park`, and of that the item 2."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import lru_cache

_INDEX = r"""\[(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\]'"])*\]"""
_SEGMENT = re.compile(rf"\.?(\w+)((?:{_INDEX})*)")
_ONE_INDEX = re.compile(_INDEX)


@dataclass(frozen=True)
class Segment:
    """One word of a name and the indices right after it: `child[0]['x']` is word "child", indices (0, "x")."""

    word: str
    indices: tuple[object, ...] = ()


@lru_cache(maxsize=10_000)
def segments_of(name: str) -> tuple[Segment, ...]:
    """The segments of a name from left to right. A name that isn't a path is one segment."""
    matches = list(_SEGMENT.finditer(name))
    if not matches or "".join(match.group() for match in matches) != name:
        return (Segment(name),)
    return tuple(Segment(match[1], tuple(map(_index, _ONE_INDEX.findall(match[2])))) for match in matches)


def _index(bracketed: str) -> object:
    text = bracketed[1:-1]
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
