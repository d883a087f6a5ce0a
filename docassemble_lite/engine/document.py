"""Reads the text of a file into sections: YAML 1.2 mappings that know the line of every key and value.

A file is split at lines that are `---`. `yes`, `no`, `on` and `off` are strings, and a key that stands twice is a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import yaml

from docassemble_lite.engine.source import Source
from docassemble_lite.errors import SourceError

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):
    """Composes nodes with the plain scalars of YAML 1.2, and timestamps."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


def _plain(tag: str, pattern: str, first: str) -> None:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), list(first))


_plain("bool", "true|True|TRUE|false|False|FALSE", "tTfF")
_plain("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789")
_plain(
    "float",
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
    "-+0123456789.",
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile(r"^<<$"), ["<"])
_plain("timestamp", r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "0123456789")


@dataclass(frozen=True)
class Place:
    """A line of a source; every block, code and text has one."""

    source: Source
    line: int

    def mistake(self, message: str, hint: str | None = None) -> SourceError:
        """An error that points here."""
        return SourceError(message, source=self.source.name, path=self.source.path, line=self.line, hint=hint)

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line}"


class Section(dict[str, Any]):
    """A mapping of the source. `place` is its first line, `key_place(k)` the line of a key, `value_place(k)` the line
    on which the text of its value begins."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.key_lines: dict[Any, int] = {}
        self.value_lines: dict[Any, int] = {}

    def key_place(self, key: Any) -> Place:
        return Place(self.place.source, self.key_lines.get(key, self.place.line))

    def value_place(self, key: Any) -> Place:
        return Place(self.place.source, self.value_lines.get(key, self.place.line))

    def mistake(self, key: Any, message: str, hint: str | None = None) -> SourceError:
        """An error that points at the key (at the section, if it has no such key)."""
        return self.key_place(key).mistake(message, hint)

    def __reduce__(self) -> Any:
        return (dict, (dict(self),))


class Items(list[Any]):
    """A list of the source; `item_place(n)` is the line on which the text of an item begins."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.lines: list[int] = []

    def item_place(self, number: int) -> Place:
        line = self.lines[number] if number < len(self.lines) else self.place.line
        return Place(self.place.source, line)

    def __reduce__(self) -> Any:
        return (list, (list(self),))


@dataclass
class _Reader:
    """Makes values of the nodes of one document."""

    source: Source
    # lines of the file before this document
    offset: int
    made: dict[int, Any] = field(default_factory=dict)

    def place(self, node: yaml.Node) -> Place:
        return Place(self.source, node.start_mark.line + 1 + self.offset)

    def text_line(self, node: yaml.Node) -> int:
        block = isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")
        return self.place(node).line + (1 if block else 0)

    def value(self, node: yaml.Node) -> Any:
        if id(node) not in self.made:
            if isinstance(node, yaml.MappingNode):
                self.mapping(node)
            elif isinstance(node, yaml.SequenceNode):
                self.sequence(node)
            else:
                self.made[id(node)] = self.scalar(node)
        return self.made[id(node)]

    def refuse_tag(self, node: yaml.Node, own: str) -> None:
        """A list or a mapping is what it looks like; a tag that says otherwise would be passed over in silence."""
        if node.tag != own:
            raise self.place(node).mistake(f"The tag “{node.tag}” can't be used in an interview.", "Leave the tag out.")

    def mapping(self, node: yaml.MappingNode) -> None:
        self.refuse_tag(node, "tag:yaml.org,2002:map")
        section = Section(self.place(node))
        self.made[id(node)] = section
        merged: list[Any] = []
        for key_node, value_node in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                found = self.value(value_node)
                merged += found if isinstance(found, list) else [found]
                continue
            key = self.value(key_node)
            if isinstance(key, (list, dict)):
                raise self.place(key_node).mistake(
                    "A list or a mapping can't be a key.", "A text that begins with “{” or “[” must be in quotation marks."
                )
            if key in section:
                first = section.key_lines[key]
                raise self.place(key_node).mistake(
                    f"The key “{key}” stands twice in one block (first in line {first}).",
                    "Remove one of the two, or begin a new block with a line “---”.",
                )
            section.key_lines[key] = self.place(key_node).line
            section.value_lines[key] = self.text_line(value_node)
            section[key] = self.value(value_node)
        for other in merged:
            for key, value in other.items():
                section.setdefault(key, value)

    def sequence(self, node: yaml.SequenceNode) -> None:
        self.refuse_tag(node, "tag:yaml.org,2002:seq")
        items = Items(self.place(node))
        self.made[id(node)] = items
        for child in node.value:
            items.lines.append(self.text_line(child))
            items.append(self.value(child))

    def scalar(self, node: yaml.ScalarNode) -> Any:
        kind = node.tag.rpartition(":")[2]
        text: str = node.value
        match kind:
            case "bool":
                return text.lower() == "true"
            case "int":
                return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
            case "float":
                return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
            case "null":
                return None
            case "timestamp":
                return self.moment(node)
            case "str":
                return text
        raise self.place(node).mistake(f"The tag “{node.tag}” can't be used in an interview.", "Leave the tag out.")

    def moment(self, node: yaml.ScalarNode) -> date | datetime | str:
        try:
            return date.fromisoformat(node.value)
        except ValueError:  # looks like a date and is none, e.g. 2026-99-99
            return str(node.value)


_SEPARATOR = re.compile(r"^---[ \t]*$")
_END = re.compile(r"^\.\.\.[ \t]*$")


def read_sections(source: Source) -> Iterator[Section]:
    """The sections of a file in their order. Raises `SourceError` at the first one that isn't YAML."""
    for offset, text in _documents(source):
        section = _read(source, offset, text)
        if section is not None:
            yield section


def read_values(source: Source) -> Iterator[Any]:
    """The values of a file of data, which needn't be mappings. Raises `SourceError` at the first one that isn't YAML."""
    for offset, text in _documents(source):
        node = _composed(source, offset, text)
        if node is not None:
            yield _Reader(source, offset).value(node)


def _documents(source: Source) -> Iterator[tuple[int, str]]:
    begin, lines = 0, [line.replace("\t", "  ") for line in source.lines]
    if lines:
        lines[0] = lines[0].removeprefix("\ufeff")
    for number, line in enumerate(lines):
        if _SEPARATOR.match(line):
            yield begin, _without_end(lines[begin:number])
            begin = number + 1
    yield begin, _without_end(lines[begin:])


def _without_end(lines: list[str]) -> str:
    while lines and (not lines[-1].strip() or _END.match(lines[-1])):
        lines = lines[:-1]
    return "\n".join(lines) + "\n"


def _composed(source: Source, offset: int, text: str) -> yaml.Node | None:
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        raise _yaml_mistake(source, offset, error) from error
    except yaml.YAMLError as error:
        raise Place(source, offset + 1).mistake(f"This isn't YAML: {error}") from error
    return node


def _read(source: Source, offset: int, text: str) -> Section | None:
    node = _composed(source, offset, text)
    if node is None:
        return None
    reader = _Reader(source, offset)
    section = reader.value(node)
    if section is None:
        return None
    if not isinstance(section, Section):
        raise reader.place(node).mistake(
            "A block must consist of lines of the form “key: value”.", "For instance “question: What is your name?”."
        )
    return _with_lower_keys(section)


def _with_lower_keys(section: Section) -> Section:
    if all(isinstance(key, str) and key == key.lower() for key in section):
        return section
    result = Section(section.place)
    for key, value in section.items():
        lower = str(key).lower()
        if lower in result:
            raise section.mistake(key, f"The key “{lower}” stands twice in one block.", "Remove one of the two.")
        result[lower] = value
        result.key_lines[lower] = section.key_lines.get(key, section.place.line)
        result.value_lines[lower] = section.value_lines.get(key, section.place.line)
    return result


_HINTS = (
    (
        "mapping values are not allowed",
        "A text with “: ” in it must be in quotation marks, or stand on lines of its own after “|”.",
    ),
    ("could not find expected ':'", "A key needs a colon after it, and what belongs to it must be indented further."),
    ("found character '\\t'", "Indent with blanks, not with tabs."),
    ("cannot start any token", "A text that begins with this character must be in quotation marks."),
    (
        "did not find expected key",
        "The indentation of this line doesn't fit the lines before it, or a quotation mark is missing.",
    ),
    (
        "did not find expected '-' indicator",
        "What belongs to one item must be indented exactly like the item’s first key; another item begins with “- ”.",
    ),
    ("block collections are not allowed", "A list or a mapping begins on a line of its own."),
    ("found undefined alias", "A text that begins with “*” must be in quotation marks."),
    ("found unexpected end of stream", "A quotation mark that opens a text is never closed."),
    ("unexpected end of the stream", "A quotation mark that opens a text is never closed."),
)


def _yaml_mistake(source: Source, offset: int, error: yaml.MarkedYAMLError) -> SourceError:
    mark = error.problem_mark or error.context_mark
    line = offset + 1 + (mark.line if mark else 0)
    line = min(line, max(len(source.lines), 1))
    problem = error.problem or error.context or "something is wrong"
    hint = next((hint for part, hint in _HINTS if part in problem), "Check the indentation and the quotation marks around here.")
    return Place(source, line).mistake(f"This isn't YAML: {problem}.", hint)
