"""`def` blocks: functions of Mako that texts of other blocks may use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from docassemble_lite.engine.document import Section
from docassemble_lite.engine.templates import compile_text

if TYPE_CHECKING:
    from docassemble_lite.engine.program import Program

# name → Mako, of the interview that is being read
_known: ContextVar[Mapping[str, str]] = ContextVar("known defs", default={})  # noqa: B039
# the Mako that stands before the texts that are being read
_used: ContextVar[str] = ContextVar("used defs", default="")


def read_def(program: Program, section: Section) -> None:
    """Take up a `def` block. Raises `SourceError` for Mako that can't be read."""
    name, mako = section["def"], section.get("mako")
    if not isinstance(name, str) or not name.strip():
        raise section.mistake("def", "“def” must be a name.", "Blocks that use it name it under “usedefs”.")
    if not isinstance(mako, str):
        raise section.mistake("def", "A “def” block needs “mako”.", 'Write “mako: |” and below it “<%def name="…">”.')
    place = section.value_place("mako")
    compile_text(mako, source=place.source.name, path=place.source.path, line=place.line)
    program.defs[name.strip()] = mako


@contextmanager
def known_defs(defs: Mapping[str, str]) -> Iterator[None]:
    """While the files of an interview are read, these are its definitions; there may come more of them."""
    token = _known.set(defs)
    try:
        yield
    finally:
        _known.reset(token)


def using_defs(section: Section) -> AbstractContextManager[None]:
    """While the texts of a section are read, they may use what it names under `usedefs`. Raises `SourceError`."""
    return with_defs(_used.get() + _named(section))


@contextmanager
def with_defs(mako: str) -> Iterator[None]:
    """While texts are read, this stands before each of them."""
    token = _used.set(mako)
    try:
        yield
    finally:
        _used.reset(token)


def used_defs() -> str:
    """The Mako that belongs to a text which is read now."""
    return _used.get()


def _named(section: Section) -> str:
    value = section.get("usedefs")
    if value is None:
        return ""
    names = [str(name).strip() for name in (value if isinstance(value, list) else [value])]
    known = _known.get()
    for name in names:
        if name not in known:
            raise section.mistake("usedefs", f"There is no “def: {name}” before this block.", "A “def” block must come first.")
    return "".join(f"{known[name]}\n" for name in names)
