"""What a browser would make of a page, as an HTML parser that isn't ours sees it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

_SCHEME_THAT_ACTS = re.compile(r"(?:javascript|vbscript|data):", re.IGNORECASE)
_IGNORED_IN_ADDRESSES = re.compile(r"[\x00-\x20]")
_ADDRESSES = frozenset(
    {
        *("href", "xlink:href", "src", "srcset", "action", "formaction", "data", "background", "poster", "ping", "cite"),
        *("to", "from", "by", "values", "manifest", "codebase", "usemap", "longdesc", "dynsrc", "lowsrc", "icon"),
    }
)
# others that change what an element does; what has no value (`autofocus`) does no harm
_POWERS = frozenset({"nonce", "target", "http-equiv", "form", "type", "name", "is", "slot"})
_HANDLER = re.compile(r"on[a-z]+")
_STRING = r""" "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' """
_LITERAL = re.compile(_STRING, re.DOTALL | re.VERBOSE)
# what the reader of a script takes as one piece; half a string is none
_PIECE = re.compile(rf"//[^\n]* | /\*.*?\*/ | `(?:[^`\\]|\\.)*` | {_STRING} | (?P<half>[\"'`])", re.DOTALL | re.VERBOSE)
# without one of these code does nothing
_CODE_THAT_ACTS = re.compile(r"[(`=\[{.+]|</|<!--")
_ESCAPED_SIGN = re.compile(r"\\u00[0-7][0-9a-f]")
# a declaration, and what loads or runs something
_STYLE_THAT_ACTS = re.compile(r"url\(|expression\(|(?:^|[;{}])\s*(?:/\*.*?\*/\s*)*[-\w]{2,}\s*:", re.IGNORECASE | re.DOTALL)
_ACTS = {"script": _CODE_THAT_ACTS, "style": _STYLE_THAT_ACTS}
# what only lays words out; line breaks that were typed make some of it
_LAYOUT = frozenset(
    {
        *("br", "p", "em", "strong", "code", "pre", "hr", "blockquote", "ul", "ol", "li", "dl", "dt", "dd", "sup", "sub"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
    }
)
Nodes = Counter[tuple[str, ...]]


def nodes_of_page(page: str, nonce: str = "") -> Nodes:
    """All that the page consists of beside words. What carries `nonce` is the same in all pages."""
    root = LexborHTMLParser(page.replace(nonce, "the nonce") if nonce else page).root
    assert root is not None
    return _counted(root.traverse(include_text=False))


def nodes_of_fragment(markup: str) -> Nodes:
    """The same of HTML that a script puts into a page."""
    return nodes_of_page(f"<!DOCTYPE html><body>{markup}")


def active(nodes: Nodes, harmless: Nodes) -> Nodes:
    """What is there beyond what the same page has with a harmless answer, but for what only lays words out."""
    return Counter({node: count for node, count in (nodes - harmless).items() if not (node[-1] == "" and _is_inert(node[-2]))})


def _is_inert(name: str) -> bool:
    """Whether elements of that name only lay words out. What is left of the name of a tag that code cut means nothing."""
    return name in _LAYOUT or name.endswith("…") or "…<" in name


def _counted(nodes: Iterator[LexborNode]) -> Nodes:
    return Counter(found for node in nodes if not node.is_comment_node for found in _found(node))


def _found(node: LexborNode) -> Iterator[tuple[str, ...]]:
    """The element, and what of its attributes and its text could act."""
    name = str(node.tag)
    yield name, ""
    for key, value in node.attributes.items():
        yield from _found_in_attribute(name, key, value or "")
    if name in _ACTS:
        yield from _found_in_code(name, "code", name, node.text())


def _found_in_attribute(name: str, key: str, value: str) -> Iterator[tuple[str, ...]]:
    if key in _ADDRESSES:
        yield name, key
        if _SCHEME_THAT_ACTS.match(_IGNORED_IN_ADDRESSES.sub("", value)):
            yield name, key, "an address that acts"
    elif _HANDLER.fullmatch(key):
        yield name, key
        yield from _found_in_code(name, key, "script", value)
    elif key == "style":
        yield name, key
        yield from _found_in_code(name, key, "style", value)
    elif key == "srcdoc":
        for inner, count in nodes_of_page(value).items():
            yield from [(name, key, *inner)] * count
    elif key in _POWERS:
        yield name, key, *([] if key == "name" else [value])


def _found_in_code(name: str, key: str, language: str, code: str) -> Iterator[tuple[str, ...]]:
    """What makes code act, outside of strings; there anything may be typed."""
    if language == "script" and not _is_run(code):
        return
    for act in _ACTS[language].findall(_LITERAL.sub("", code)):
        yield name, key, act


def _is_run(script: str) -> bool:
    """Whether a browser can read it: without half a string, and without an escaped sign outside of strings."""
    return not any(piece["half"] for piece in _PIECE.finditer(script)) and not _ESCAPED_SIGN.search(_PIECE.sub("", script))
