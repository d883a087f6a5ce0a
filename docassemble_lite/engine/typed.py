"""What people typed is data: how it is cleaned when it is entered, and how it stays data where it is shown.

In a text that is about to become HTML, typed characters that could be taken for markup stand as entities of one
peculiar form, `&#0060;`. Nothing else writes that form, so they can be told from everything that the author wrote.
While Markdown is being read they are *veiled*: each is one private-use character, which no grammar gives a meaning.
At the end `settle` puts each of them into the form that its place in the HTML asks for.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from docassemble_lite.host import current

# --- entering ------------------------------------------------------------------------------------------------------

# veiled characters are ours alone
_VEIL = 0x10F000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f" + f"{chr(_VEIL)}-{chr(_VEIL + 127)}]")
_TAG_START = re.compile(r"[A-Za-z/!?]")
# <jane@example.com> is how people write an address, and has no room for an attribute
_ADDRESS = re.compile(r"<[\w.+-]+@[\w.-]+")


def strip_html(text: str) -> str:
    """What a person typed without HTML tags and comments (what is between them stays) and without control characters.

    Line ends become "\\n". Stripping again changes nothing; `a < b` and `5 <6` stay as they are.
    """
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _without_tags(text) if "<" in text and ">" in text else text


def _without_tags(text: str) -> str:
    """Everything outside of tags. A "<" and a letter that only removing a tag brings together begin a tag, too."""
    kept: list[str] = []
    # where the last ones are, so that nothing is searched for in vain
    last_end, last_comment_end = text.rfind(">"), text.rfind("-->")
    position = 0
    while position < len(text):
        if position <= last_end and kept and kept[-1] == "<" and _TAG_START.match(text[position]):
            end = _tag_end(text, position, last_comment_end)
            if _ADDRESS.fullmatch("<" + text[position:end]):
                kept.extend(text[position : end + 1])
            else:
                kept.pop()
            position = end + 1
        else:
            kept.append(text[position])
            position += 1
    return "".join(kept)


def _tag_end(text: str, start: int, last_comment_end: int) -> int:
    """Where the ">" of the tag is whose "<" stands before `start`; a comment ends at "-->" if there is one."""
    if text.startswith("!--", start) and start < last_comment_end:
        return text.index("-->", start + 1) + 2
    return text.index(">", start)


def gather_typed(value: Any, found: set[str]) -> None:
    """Add every text in a value from outside that could be mistaken for markup."""
    if isinstance(value, str):
        if needs_escape(value):
            found.add(value)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            gather_typed(key, found)
            gather_typed(item, found)
    elif isinstance(value, (list, tuple, set)):
        for item in value:
            gather_typed(item, found)


# --- marking -------------------------------------------------------------------------------------------------------

_SPECIAL = re.compile(
    r"""[!"#&'()*:<=>\[\\\]_`{|}~\x00-\x1f]"""
    r"|^(?:[\s.]|[+\-]+(?:\s|$)|\d{1,9}\.(?:\s|$)|-{2})"
    r"|\s\s|\s$"
)
_ESCAPED = re.compile(r"[!-/:-@\[-`{-~\x00-\x1f]|(?<!\S) | (?!\S)")
_OURS = re.compile(r"&#0(0\d\d|1[01]\d|12[0-7]);")
# a typed text that is shorter is recognized only when it is the whole of what is shown, or if it is telling
_SHORTEST = 4


def needs_escape(text: str) -> bool:
    """Whether anything in a typed text could be taken for markup, wherever an author puts it."""
    return _SPECIAL.search(text) is not None


def escape_typed(text: str) -> str:
    """The text with everything that could be taken for HTML or Markdown as entities that `to_html` and its siblings know."""
    return _ESCAPED.sub(lambda match: f"&#{ord(match[0]):04d};", text)


def unescape_typed(text: str) -> str:
    """The text as it was before `escape_typed`; entities that an author wrote stay."""
    return _OURS.sub(lambda match: chr(int(match[1])), text) if "&#0" in text else text


def shown(value: Any) -> str:
    """What `${ value }` puts into a text: str(value), in which everything that a person typed is escaped.

    What has `__html__` is markup by its type and passes unchanged.
    """
    if type(value) is str:
        text = value
    else:
        markup = getattr(type(value), "__html__", None)
        if markup is not None:
            return str(markup(value))
        text = str(value)
    if _SPECIAL.search(text) is None:
        return text
    evaluation = current().evaluation
    return _escape_within(text, evaluation) if getattr(evaluation, "typed", None) else text


def _escape_within(text: str, evaluation: Any) -> str:
    typed: Collection[str] = evaluation.typed
    if text in typed or (len(text) >= _SHORTEST and _is_piece(text, typed)):
        return escape_typed(text)
    marks = bytearray(len(text))
    for item in typed:
        if _is_known_in_part(item) and item in text:
            _mark(marks, _occurrences(item, text) if len(item) >= _SHORTEST else _telling_signs(item, text))
    _mark(marks, _changed(text, _traces_of(evaluation)))
    if "\\" in text:
        _mark_written(marks, text, typed)
        _mark_last_backslash(marks, text, typed)
    return _ESCAPED.sub(lambda match: f"&#{ord(match[0]):04d};" if marks[match.start()] else match[0], text)


# what hardly any code writes itself
_TELLING = re.compile(r"[<&`+]|\]\(|\]:|\[\^")


def _is_known_in_part(item: str) -> bool:
    return len(item) >= _SHORTEST or _TELLING.search(item) is not None


def _telling_signs(item: str, text: str) -> Iterator[tuple[int, int]]:
    """Only these are marked of a short text: a quotation mark in it could stand there as the code's as well."""
    for start, end in _occurrences(item, text):
        yield from (match.span() for match in _TELLING.finditer(text, start, end))


def _mark(marks: bytearray, spans: Iterable[tuple[int, int]]) -> None:
    for start, end in spans:
        marks[start:end] = b"\1" * (end - start)


def _is_piece(text: str, typed: Collection[str]) -> bool:
    """Whether the text is a piece that code cut out of something typed."""
    return text in "\0".join(typed)


def _occurrences(item: str, text: str) -> Iterator[tuple[int, int]]:
    size = len(item)
    start = text.find(item)
    while start >= 0:
        end = start + size
        step = text.find(item, start + 1) - start
        if 0 < step < size:
            # it overlaps itself; a whole run of it ("****" in "**********") is one span, or it would take hours
            beat = item[-step:]
            while text.startswith(beat, end):
                end += step
        yield start, end
        start = text.find(item, end - size + 1)


# --- what code has changed

# so many characters on either side tell what code made of something typed from what it wrote itself
_REACH = 3
_EDGE = "\0" * _REACH
# with blanks between them they may stand so far away
_FAR = 12
_MEANT = re.compile(r"[!-/:-@\[-`{-~]")


@dataclass(frozen=True)
class _Traces:
    """What surrounds the characters in what was typed that could be markup, without case and blanks."""

    typed: Collection[str]
    size: int
    both: frozenset[str]
    # with one side, at the ends of what was typed
    ends: frozenset[str]
    breaks: frozenset[str]


def _traces_of(evaluation: Any) -> _Traces:
    known: _Traces | None = getattr(evaluation, "traces", None)
    typed = evaluation.typed
    if known is None or known.typed is not typed or known.size != len(typed):
        squeezed = f"{_EDGE}{_EDGE.join(_squeezed(text) for text in typed)}{_EDGE}"
        places = [match.start() for match in _MEANT.finditer(squeezed)]
        both = frozenset(squeezed[place - _REACH : place + _REACH + 1] for place in places)
        ends = frozenset(end for trace in both for end in _ends(trace))
        breaks = frozenset(around for text in typed for _, around in _line_breaks(text))
        known = evaluation.traces = _Traces(typed, len(typed), both, ends, breaks)
    return known


def _squeezed(text: str) -> str:
    return "".join(text.casefold().split())


# so many letters behind "[" tell a typed [FILE …] or [QR …], wherever code has cut it off
_NAME = 2
# what makes a scheme, a call or a text of JavaScript, and what neither JSON nor HTML consists of (but for the colon)
_JOINTS = frozenset(":(`+;&")


def _ends(trace: str) -> Iterator[str]:
    """What of the trace tells enough when code has put something else beside it: the beginning of a tag, and joints."""
    before, sign, after = trace[:_REACH], trace[_REACH], trace[_REACH + 1 :]
    if sign == "<":
        yield sign + after.rstrip("\0")
    if sign == "[" and after[:_NAME].isalpha():
        yield sign + after[:_NAME]
    if sign in _JOINTS and before.startswith("\0") and "\0" not in after:
        yield sign + after
    if sign in _JOINTS and after.endswith("\0") and "\0" not in before:
        yield before + sign


def _changed(text: str, traces: _Traces) -> Iterator[tuple[int, int]]:
    """Characters of something typed of which code changed the case or the blanks, or which it cut or put together anew.

    They are known by what stands on both sides of them. One side alone would take quotation marks for typed that the
    code wrote, and a script that the code made would be broken.
    """
    where = [(char, place) for place, char in enumerate(text) for char in char.casefold() if not char.isspace()]
    squeezed = f"{_EDGE}{''.join(char for char, _ in where)}{_EDGE}"
    for match in _MEANT.finditer(squeezed):
        around = squeezed[match.start() - _REACH : match.end() + _REACH]
        if around in traces.both or _is_end(around, traces.ends):
            place = where[match.start() - _REACH][1]
            yield place, place + 1
    yield from ((place, place + 1) for place, around in _line_breaks(text) if around in traces.breaks)


def _is_end(around: str, ends: Collection[str]) -> bool:
    sign = around[_REACH]
    if sign == "<":
        return any(around[_REACH:end] in ends for end in range(_REACH + 1, len(around) + 1))
    if sign == "[":
        return around[_REACH : _REACH + 1 + _NAME] in ends
    return sign in _JOINTS and (around[: _REACH + 1] in ends or around[_REACH:] in ends)


def _line_breaks(text: str) -> Iterator[tuple[int, str]]:
    """Where lines end, and what stands around that."""
    for match in re.finditer(r"\n", text):
        before = _squeezed(text[max(0, match.start() - _FAR) : match.start()])
        after = _squeezed(text[match.end() : match.end() + _FAR])
        yield match.start(), f"{before[-_REACH:]}\n{after[:_REACH]}"


# --- what code has written with backslashes

# the second half may stand behind the end of what was typed
_PAIR = re.compile(r"\\.?", re.DOTALL)


def _mark_written(marks: bytearray, text: str, typed: Iterable[str]) -> None:
    """Mark what was typed where `json.dumps` or `repr` wrote it. The backslashes that these put before characters are theirs."""
    for form in {form for item in typed if _is_known_in_part(item) for form in _written_forms(item)}:
        for start, end in _occurrences(form, text):
            if _backslashes_before(text, start) % 2:
                continue
            _mark(marks, [(start, end)])
            for pair in _PAIR.finditer(text, start, end):
                marks[pair.start()] = 0


def _mark_last_backslash(marks: bytearray, text: str, typed: Iterable[str]) -> None:
    """One that ends an answer, however short, would take away the meaning of what the author wrote behind it."""
    if _backslashes_before(text, len(text)) % 2 and any(item.endswith("\\") for item in typed):
        marks[-1] = 1


def _backslashes_before(text: str, place: int) -> int:
    first = place
    while first and text[first - 1] == "\\":
        first -= 1
    return place - first


def _written_forms(item: str) -> Iterator[str]:
    for written in (json.dumps(item), json.dumps(item, ensure_ascii=False), repr(item)):
        if "\\" in written:
            yield written[1:-1]


# --- veiling and settling ------------------------------------------------------------------------------------------

_VEILED = re.compile(f"[{chr(_VEIL)}-{chr(_VEIL + 127)}]")
_VEILED_IN_CODE = re.compile(rf"(\\*)({_VEILED.pattern})")
_QUOTED = r"""(?:[^>"']|"[^"]*"|'[^']*')*+>"""
_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)"
    rf"|(?P<open><(?P<name>script|style|textarea|title)\b{_QUOTED})(?P<body>.*?)(?=</(?P=name)|\Z)"
    rf"|<(?P<end>/?)(?P<tag>[a-z][^\s/>]*){_QUOTED}",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(\s*=\s*)("[^"]*"|'[^']*'|[^\s"'=<>`]+)""")
# attributes whose value is only ever read by people
_WORDS_FOR_PEOPLE = frozenset({"alt", "content", "label", "placeholder", "summary", "title", "value"})
_SCHEME_THAT_ACTS = re.compile(r"(?:javascript|vbscript|data|file):", re.IGNORECASE)


def veil(text: str) -> str:
    """Each of our entities as one private-use character, so that no grammar sees it."""
    return _OURS.sub(lambda match: chr(_VEIL + int(match[1])), text) if "&#0" in text else text


def is_veiled(char: str) -> bool:
    """Whether that is a veiled character."""
    return _VEILED.fullmatch(char) is not None


def unveil(text: str) -> str:
    """Veiled characters as the characters that were typed."""
    return _replaced(text, chr)


def target_acts(address: str) -> bool:
    """Whether following the address would run code or read a file. Browsers skip blanks and control characters in it."""
    return _SCHEME_THAT_ACTS.match(re.sub(r"[\x00-\x20]", "", address)) is not None


def settle(markup: str) -> str:
    """HTML in which each veiled character is written as its place asks for: text, attribute, address, script or style."""
    if _VEILED.search(markup) is None:
        return markup
    pieces: list[str] = []
    done = preformatted = 0
    for match in _MARKUP.finditer(markup):
        pieces.append(_settled_text(markup[done : match.start()], preformatted > 0))
        pieces.append(_settled_markup(match))
        done = match.end()
        if (match["tag"] or "").lower() == "pre":
            preformatted += -1 if match["end"] else 1
    pieces.append(_settled_text(markup[done:], preformatted > 0))
    return "".join(pieces)


def settle_script(script: str) -> str:
    """JavaScript in which each veiled character is an escape that means the character in a string, and nothing elsewhere."""
    return _replaced_in_code(script, _in_script)


def _replaced_in_code(code: str, written: Callable[[int], str]) -> str:
    """What is written instead means the character already: a backslash that code put before it (`json.dumps`) goes."""

    def replaced(match: re.Match[str]) -> str:
        backslashes = len(match[1])
        return "\\" * (backslashes - backslashes % 2) + written(ord(match[2]) - _VEIL)

    return _VEILED_IN_CODE.sub(replaced, code)


def _replaced(text: str, written: Callable[[int], str]) -> str:
    return _VEILED.sub(lambda match: written(ord(match[0]) - _VEIL), text)


def _settled_text(text: str, preformatted: bool) -> str:
    # a line break that was typed is a line break that is shown
    return _replaced(text, lambda code: "<br>\n" if code == 10 and not preformatted else _in_text(code))


def _in_text(code: int) -> str:
    # should it stand in a tag that is never closed, there is still no attribute with a value
    return "&#61;" if code == ord("=") else html.escape(chr(code))


def _settled_markup(match: re.Match[str]) -> str:
    if match["name"] is None:
        return _settled_tag(match[0])
    name = match["name"].lower()
    return _settled_tag(match["open"]) + _settled_body(name, match["body"])


def _settled_body(name: str, body: str) -> str:
    if name == "script":
        return settle_script(body)
    if name == "style":
        return _replaced_in_code(body, _in_style)
    return _replaced(body, _in_text)


def _settled_tag(tag: str) -> str:
    if _VEILED.search(tag) is None:
        return tag
    return _replaced(_ATTRIBUTE.sub(_settled_attribute, tag), _as_entity)


def _settled_attribute(match: re.Match[str]) -> str:
    name, equals, value = match[1].lower(), match[2], match[3]
    if _VEILED.search(value) is None:
        return match[0]
    return match[1] + equals + _settled_value(name, value)


def _settled_value(name: str, value: str) -> str:
    if name.startswith("on"):
        return settle_script(value)
    if name == "style":
        return _replaced_in_code(value, _in_style)
    if name == "srcdoc":
        return _replaced(value, lambda code: f"&amp;#{code};")
    harmless = name in _WORDS_FOR_PEOPLE or name.startswith(("aria-", "data-"))
    if not harmless and target_acts(html.unescape(unveil(value.strip("\"'")))):
        return '"#"'
    return _replaced(value, _as_entity)


def _as_entity(code: int) -> str:
    return f"&#{code};"


def _in_script(code: int) -> str:
    return f"\\u{code:04x}"


def _in_style(code: int) -> str:
    return f"\\{code:06x} "
