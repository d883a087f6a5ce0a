"""Names of variables: their parts, their parents, and under which other names a block may be able to define them.

A name is a path like `people[0].name.first`. Its variants put iterators in the place of indices and `x` in the place of
a beginning: `people[i].name.first`, `x.name.first` with x = `people[0]`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

ITERATORS = ("i", "j", "k", "l", "m", "n")
_WORD = re.compile(r"[^\W\d]\w*")


# beyond this, trying all variants of a name takes seconds and gigabytes
_LONGEST = 500
_MOST_INDICES = 8


def is_excessive(name: str) -> bool:
    """Whether the name is too long, or has too many indices, for any variable. To be asked before any other function here."""
    return len(name) > _LONGEST or name.count("[") > _MOST_INDICES


@lru_cache(maxsize=20_000)
def normalized(name: str) -> str:
    """The name in the one form in which names are compared: no blanks, indices as Python writes them."""
    if name.isidentifier():
        return name
    try:
        return ast.unparse(ast.parse(name.strip(), mode="eval"))
    except (SyntaxError, ValueError):
        return name.strip()


@lru_cache(maxsize=20_000)
def parts_of(name: str) -> tuple[str, ...]:
    """`a.b[0].c` → ("a", ".b", "[0]", ".c"). A name that isn't a path is one part."""
    parts: list[str] = []
    position = 0
    while position < len(name):
        if name[position] == "[":
            end = _closing(name, position)
        elif name[position] == "." or position == 0:
            match = _WORD.match(name, position + (name[position] == "."))
            end = match.end() if match else 0
        else:
            end = 0
        if not end:
            return (name,)
        parts.append(name[position:end])
        position = end
    return tuple(parts)


def _closing(name: str, start: int) -> int:
    """The position after the bracket that closes the one at `start`; 0 if there is none."""
    depth, quote, position = 0, "", start
    while position < len(name):
        char = name[position]
        if quote:
            if char == "\\":
                position += 1
            elif char == quote:
                quote = ""
        elif char in "'\"":
            quote = char
        elif char == "[":
            depth += 1
        elif char == "]":
            depth -= 1
            if not depth:
                return position + 1
        position += 1
    return 0


def is_path(name: str) -> bool:
    """Whether the name is a path that can be assigned to: a word, then attributes and items."""
    parts = parts_of(name)
    return bool(name) and bool(_WORD.fullmatch(parts[0])) and (len(parts) == 1 or "".join(parts) == name)


@lru_cache(maxsize=20_000)
def is_plain_path(name: str) -> bool:
    """Whether the name is a path whose indices are constants, other paths, or sums of these.

    Only such a name may come from outside: evaluating it reads variables and calls nothing.
    """
    try:
        node = ast.parse(name, mode="eval").body
        return not isinstance(node, (ast.Constant, ast.BinOp, ast.UnaryOp)) and _only_reads(node)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False


def _only_reads(node: ast.expr) -> bool:
    match node:
        case ast.Constant():
            return True
        case ast.Name(id=word):
            return not word.startswith("_")
        case ast.Attribute(value=value, attr=word):
            return not word.startswith("_") and _only_reads(value)
        case ast.Subscript(value=value, slice=index):
            return not isinstance(value, ast.Constant) and _only_reads(value) and _only_reads(index)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
            return _only_reads(left) and _only_reads(right)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _only_reads(operand)
    return False


@lru_cache(maxsize=20_000)
def words_of(name: str) -> frozenset[str]:
    """The variables that must be there for a plain path to mean anything: `people[i].name` → people, i."""
    return frozenset(node.id for node in ast.walk(ast.parse(name.strip(), mode="eval")) if isinstance(node, ast.Name))


def parents_of(name: str) -> list[str]:
    """The objects on the way: `a.b[0].c` → ["a", "a.b", "a.b[0]"]."""
    parts = parts_of(name)
    return ["".join(parts[:count]) for count in range(1, len(parts))]


@dataclass(frozen=True)
class Binding:
    """What `x` and the iterators stand for: names → expressions in terms of real variables."""

    values: Mapping[str, str] = field(default_factory=dict)

    def filled(self, name: str) -> str:
        """The name with `x` and the iterators replaced by what they stand for."""
        if not self.values or not name:
            return name
        parts = list(parts_of(name))
        if parts[0] == "x" and "x" in self.values:
            parts[0] = self.values["x"]
        for number, part in enumerate(parts[1:], 1):
            inner = part[1:-1]
            if part.startswith("[") and inner in self.values:
                parts[number] = f"[{self.values[inner]}]"
        return "".join(parts)


NOTHING_BOUND = Binding()


@dataclass(frozen=True)
class Variant:
    """One name under which a block may be registered, and what its `x` and iterators would stand for.

    `generic` says whether it begins with `x`.
    """

    name: str
    binding: Binding
    generic: bool


@lru_cache(maxsize=20_000)
def variants_of(name: str) -> tuple[Variant, ...]:
    """All variants of a name in the order in which they are tried.

    Those without `x` first; then those with more dots, more brackets, fewer iterators.
    """
    found = [variant for start in _starts(parts_of(name)) for variant in _indexed(*start)]
    found.sort(key=lambda v: (v.generic, -v.name.count("."), -v.name.count("["), len(v.binding.values)))
    return tuple(found)


def _starts(parts: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """(first part, remaining parts, what x stands for or "")."""
    yield parts[0], parts[1:], ""
    for count in range(len(parts) - 1, 0, -1):
        yield "x", parts[count:], "".join(parts[:count])


def _indexed(first: str, rest: tuple[str, ...], x: str) -> Iterator[Variant]:
    def extend(done: str, left: tuple[str, ...], bound: tuple[tuple[str, str], ...]) -> Iterator[Variant]:
        if not left:
            values = dict(bound)
            if x:
                values = {"x": x, **values}
            yield Variant(done, Binding(values), bool(x))
            return
        if left[0].startswith("[") and len(bound) < len(ITERATORS):
            iterator = ITERATORS[len(bound)]
            yield from extend(f"{done}[{iterator}]", left[1:], (*bound, (iterator, left[0][1:-1])))
        yield from extend(done + left[0], left[1:], bound)

    yield from extend(first, rest, ())
