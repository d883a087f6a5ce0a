"""Markdown, HTML and square-bracket markup to safe HTML: the only place that makes HTML out of texts.

What authors write is trusted, and may contain HTML. What people typed stands in the text as `escape_typed` left it
(`${ }` sees to that) and never becomes markup.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from docassemble_lite.engine import terms
from docassemble_lite.engine.films import FILM, film_html
from docassemble_lite.engine.images import file_html, icon_html
from docassemble_lite.engine.qr_codes import QR, qr_html
from docassemble_lite.engine.typed import (
    escape_typed,
    is_veiled,
    needs_escape,
    settle,
    settle_script,
    shown,
    strip_html,
    target_acts,
    unescape_typed,
    unveil,
    veil,
)
from docassemble_lite.host import current

__all__ = [
    "TABLE_CLASS",
    "escape_typed",
    "is_target",
    "needs_escape",
    "shown",
    "strip_html",
    "to_html",
    "to_inline_html",
    "to_part_html",
    "to_plain",
    "to_raw_html",
    "to_script",
    "unescape_typed",
]

TABLE_CLASS = "table table-striped"

# --- what others call ------------------------------------------------------------------------------------------------


def to_html(markdown: str, table_class: str = TABLE_CLASS) -> str:
    """Block-level HTML: paragraphs, lists, tables. `table_class` may name a class for the heading row after a comma."""
    env: MutableMapping[str, Any] = {"table_class": table_class}
    return settle(str(_MARKDOWN.render(_with_columns(_with_markdown_inside(veil(markdown))), env)))


def to_inline_html(markdown: str) -> str:
    """HTML within one line: a heading, a label, a button. A blank line becomes two line breaks."""
    return settle("<br><br>".join(_MARKDOWN.renderInline(paragraph) for paragraph in _paragraphs(markdown)))


def to_part_html(markdown: str) -> str:
    """HTML for a place within a text: block-level HTML, but a single paragraph is only what is in it."""
    markup = to_html(markdown).strip()
    inner = markup.removeprefix("<p>").removesuffix("</p>")
    return inner if len(inner) == len(markup) - len("<p></p>") and "<p>" not in inner else markup


def to_plain(markdown: str) -> str:
    """The text in one line without any markup, for a title, an option or an attribute; not escaped for HTML."""
    texts = [_plain(_MARKDOWN.parseInline(paragraph)) for paragraph in _paragraphs(markdown)]
    return unveil(re.sub(r"[ \t\n]+", " ", " ".join(texts))).strip()


def to_raw_html(markup: str) -> str:
    """HTML, CSS or JavaScript that an author wrote, with what was typed made harmless where it stands; no Markdown."""
    return settle(veil(markup))


def to_script(code: str) -> str:
    """JavaScript that an author wrote: what was typed is itself within a string, and can't be code anywhere else."""
    return settle_script(veil(code))


def _paragraphs(markdown: str) -> list[str]:
    return re.split(r"\n[ \t]*\n\s*", veil(markdown).strip())


# --- links -----------------------------------------------------------------------------------------------------------


class _Markdown(MarkdownIt):
    """Reads addresses as they were typed, and refuses those that act."""

    def normalizeLink(self, url: str) -> str:
        return super().normalizeLink(unveil(url))

    def validateLink(self, url: str) -> bool:
        return not target_acts(url)


_ELSEWHERE = re.compile(r"(?:https?:)?//", re.IGNORECASE)
# files open beside the interview, like other sites
_DOCUMENT = re.compile(r"/(?:uploadedfile|packagestatic)/")


def _opens_beside(address: str) -> bool:
    """Whether the address is another site or a document, and not a page of this server."""
    root = current().request.url_root
    if root and (address == root or address.startswith((root + "/", root + "?", root + "#"))):
        address = address[len(root) :]
    return bool(_ELSEWHERE.match(address) or _DOCUMENT.match(address))


# --- terms -----------------------------------------------------------------------------------------------------------


def _read_term(state: StateInline, silent: bool) -> bool:
    match = terms.BRACES.match(state.src, state.pos) if state.src[state.pos] == "{" else None
    explained = terms.read_braces(match) if match else None
    if match is None or explained is None:
        return False
    if not silent:
        token = state.push("sign", "", 0)
        token.content = explained
        token.meta = {"plain": (match["shown"] or match["term"]).strip()}
    state.pos = match.end()
    return True


def _explain(children: list[Token]) -> None:
    """Words of `auto terms` become terms, but for those in a link."""
    links = 0
    for token in children:
        links += (token.type == "link_open") - (token.type == "link_close")
        explained = terms.with_automatic(token.content) if token.type == "text" and not links else None
        if explained is not None:
            token.meta = {"plain": token.content}
            token.type, token.content = "sign", explained


def _finish_link(token: Token) -> None:
    if _opens_beside(str(token.attrGet("href") or "")):
        token.attrSet("target", "_blank")
        token.attrSet("rel", "noopener noreferrer")


# --- square brackets -------------------------------------------------------------------------------------------------

# what only a printed page has is left out on a screen
_ONLY_PRINTED = (
    *("START_INDENTATION", "STOP_INDENTATION", "INDENTATION", "NOINDENTATION", "NOINDENT", "NO_EMOJIS"),
    *("TIGHTSPACING", "SINGLESPACING", "ONEANDAHALFSPACING", "DOUBLESPACING", "TRIPLESPACING"),
    *("PAGEBREAK", "PAGENUM", "TOTALPAGES", "SECTIONNUM"),
)
# tag → (HTML, plain text)
_SIGNS: dict[str, tuple[str, str]] = {
    "BR": ("<br>", " "),
    "NEWLINE": ("<br>", " "),
    "SKIPLINE": ("<br>", " "),
    "NEWPAR": ("<br><br>", " "),
    "TAB": ("&emsp;", " "),
    "NBSP": ("&nbsp;", "\u00a0"),
    "ENDASH": ("&ndash;", "\u2013"),
    "EMDASH": ("&mdash;", "\u2014"),
    "HYPHEN": ("-", "-"),
    "BLANK": ("_" * 19, "_" * 19),
    "BLANKFILL": ("_" * 40, "_" * 40),
    **dict.fromkeys(_ONLY_PRINTED, ("", "")),
}
_ALIGNMENTS = {
    "CENTER": "text-center",
    "BOLDCENTER": "text-center fw-bold",
    "FLUSHLEFT": "text-start",
    "FLUSHRIGHT": "text-end",
    "BORDER": "border p-2",
}
_BRACKET = re.compile(
    r"\[(?:TARGET +(?P<target>[\w-]+) *|INDENTBY [^\]\n]*"
    rf"|{QR}|{FILM}"
    r"|FILE +(?P<file>[^,\[\]\n]+)(?:,(?P<width>[^,\[\]\n]*))?(?:,(?P<alt>[^\]]*))?"
    r"|(?P<tag>[A-Z][A-Z_]+))\]"
)


def is_target(name: str) -> bool:
    """Whether `[TARGET name]` is a place in a screen."""
    return _BRACKET.fullmatch(f"[TARGET {name}]") is not None


def _sign_html(match: re.Match[str]) -> str | None:
    """The HTML of a tag that stands for itself; None when it isn't one."""
    if match["target"]:
        return f'<span class="datarget datarget{match["target"]}" aria-live="polite"></span>'
    if match["qr"]:
        return qr_html(unveil(match["qr"]), match["qr_width"] or "", unveil(match["qr_words"] or ""))
    if match["film"]:
        return film_html(match)
    if match["file"]:
        return file_html(unveil(match["file"]), match["width"] or "", match["alt"] or "")
    if match["tag"] is None:
        return ""
    return _SIGNS[match["tag"]][0] if match["tag"] in _SIGNS else None


def _read_bracket(state: StateInline, silent: bool) -> bool:
    match = _BRACKET.match(state.src, state.pos) if state.src[state.pos] == "[" else None
    if match is None:
        return False
    alignment, sign = _ALIGNMENTS.get(match["tag"] or ""), _sign_html(match)
    if alignment is None and sign is None:
        return False
    if not silent:
        token = state.push("sign" if alignment is None else "alignment", "", 0)
        token.content = alignment or sign or ""
        token.meta = {"plain": (match["alt"] or match["qr_words"] or "").strip() or _SIGNS.get(match["tag"] or "", ("", ""))[1]}
    state.pos = match.end()
    return True


def _read_backslash(state: StateInline, silent: bool) -> bool:
    """A backslash that code put before a typed character, so that Markdown would take it literally: it has done its duty."""
    if state.src[state.pos] != "\\" or not is_veiled(state.src[state.pos + 1 : state.pos + 2]):
        return False
    if not silent:
        state.pending += state.src[state.pos + 1]
    state.pos += 2
    return True


def _with_signs(markup: str) -> str:
    """A block of an author's HTML with the tags in it carried out."""
    if re.match(r"\s*<(?:script|style|pre|textarea)\b", markup, re.IGNORECASE):
        return markup

    def replaced(match: re.Match[str]) -> str:
        sign = _sign_html(match)
        return match[0] if sign is None else sign

    return _BRACKET.sub(replaced, markup)


# a name between colons; what is no image of the interview stays as it is
_ICON = re.compile(r":([A-Za-z][\w-]*):")


def _read_icon(state: StateInline, silent: bool) -> bool:
    match = _ICON.match(state.src, state.pos) if state.src[state.pos] == ":" else None
    icon = icon_html(match[1]) if match and "[NO_EMOJIS]" not in state.src else None
    if match is None or icon is None:
        return False
    if not silent:
        token = state.push("sign", "", 0)
        token.content = icon
    state.pos = match.end()
    return True


_COLUMNS = {
    "BEGIN_TWOCOL": '<div class="row">\n<div class="col-md-6">',
    "BREAK": '</div>\n<div class="col-md-6">',
    "END_TWOCOL": "</div>\n</div>",
    "BEGIN_CAPTION": '<div class="row">\n<div class="col-md-6 border-end">',
    "VERTICAL_LINE": '</div>\n<div class="col-md-6">',
    "END_CAPTION": "</div>\n</div>",
}


def _with_columns(markdown: str) -> str:
    """Two columns are two boxes of HTML, with Markdown inside."""
    if "[END_TWOCOL]" not in markdown and "[END_CAPTION]" not in markdown:
        return markdown
    names = "|".join(_COLUMNS)
    return re.sub(rf"[ \t]*\[({names})\][ \t]*", lambda match: f"\n\n{_COLUMNS[match[1]]}\n\n", markdown)


# --- attributes ------------------------------------------------------------------------------------------------------

_ATTRIBUTE = r"""(?:[.#][\w:-]+|[A-Za-z][\w:.-]*=(?:"[^"\n]*"|'[^'\n]*'|[^\s"'{}]+))"""
_ATTRIBUTE_LIST = re.compile(rf"\{{:?[ ]*({_ATTRIBUTE}(?:[ ]+{_ATTRIBUTE})*)[ ]*\}}")
_SINGLE_ATTRIBUTE = re.compile(_ATTRIBUTE)


def _read_attributes(state: StateInline, silent: bool) -> bool:
    match = _ATTRIBUTE_LIST.match(state.src, state.pos) if state.src[state.pos] == "{" else None
    if match is None:
        return False
    if not silent:
        token = state.push("attributes", "", 0)
        token.content, token.markup = match[0], match[1]
    state.pos = match.end()
    return True


def _give_attributes(token: Token, attributes: str) -> None:
    for attribute in _SINGLE_ATTRIBUTE.findall(attributes):
        if attribute[0] == ".":
            token.attrJoin("class", attribute[1:])
        elif attribute[0] == "#":
            token.attrSet("id", attribute[1:])
        else:
            name, _, value = attribute.partition("=")
            token.attrSet(name, value.strip("\"'"))


def _bearer(children: list[Token], number: int, block: Token | None) -> Token | None:
    """What the attributes at that place belong to: the link, image … right before them, or the block that they end."""
    before = children[number - 1] if number else None
    if before is not None and before.type in ("image", "code_inline"):
        return before
    if before is not None and before.type in ("link_close", "em_close", "strong_close"):
        opening = before.type.replace("_close", "_open")
        return next(token for token in reversed(children[:number]) if token.type == opening and token.level == before.level)
    return block if number == len(children) - 1 else None


# --- what is done once everything is read ----------------------------------------------------------------------------


def _finish(state: StateCore) -> None:
    """Carries out what the inline rules only noted: attributes, alignment, where links open, how cells are aligned."""
    for number, token in enumerate(state.tokens):
        if token.type in ("th_open", "td_open"):
            _align_cell(token)
            if token.type == "th_open":
                token.attrSet("scope", "col")
        elif token.type == "html_block":
            token.content = _with_signs(token.content)
        elif token.type == "inline" and token.children:
            _explain(token.children)
            token.children = _finished_children(token.children, _block_around(state.tokens, number))


def _block_around(tokens: list[Token], number: int) -> Token | None:
    """The visible element that the text is in; in a list without blank lines that is the item."""
    while number and tokens[number - 1].nesting == 1:
        number -= 1
        if not tokens[number].hidden:
            return tokens[number]
    return None


def _finished_children(children: list[Token], block: Token | None) -> list[Token]:
    finished: list[Token] = []
    classes: list[str] = []
    for number, token in enumerate(children):
        if token.type == "link_open":
            _finish_link(token)
        elif token.type == "alignment":
            classes.append(token.content)
            continue
        elif token.type == "attributes":
            bearer = _bearer(children, number, block)
            if bearer is not None:
                _give_attributes(bearer, token.markup)
                if finished and bearer is block:
                    finished[-1].content = finished[-1].content.rstrip()
                continue
            token.type = "text"
        finished.append(token)
    return _aligned(finished, " ".join(classes), block) if classes else finished


def _aligned(children: list[Token], classes: str, block: Token | None) -> list[Token]:
    if children and children[0].type == "text":
        children[0].content = children[0].content.lstrip()
    if block is not None:
        block.attrJoin("class", classes)
        return children
    opening = Token("span_open", "span", 1, attrs={"class": f"d-block {classes}"})
    return [opening, *children, Token("span_close", "span", -1)]


def _align_cell(token: Token) -> None:
    style = str(token.attrs.pop("style", ""))
    direction = style.rpartition(":")[2]
    css_class = {"center": "text-center", "right": "text-end", "left": "text-start"}.get(direction)
    if css_class:
        token.attrJoin("class", css_class)


# --- HTML inside Markdown and Markdown inside HTML -------------------------------------------------------------------

_MARKDOWN_INSIDE = re.compile(r"""(<[a-z][\w-]*\b[^<>]*?)\s+markdown=(["']?)(?:1|block|span)\2([^<>]*>)""", re.IGNORECASE)
_BLOCK_TAG = re.compile(
    r"<(?:address|article|aside|blockquote|details|div|fieldset|figure|footer|header|main|nav|section)\b", re.I
)


def _with_markdown_inside(markdown: str) -> str:
    """What stands in an element with `markdown="1"` is Markdown. Within blocks a blank line is what says so."""
    if "markdown=" not in markdown:
        return markdown

    def opened(match: re.Match[str]) -> str:
        tag = match[1] + match[3]
        return f"{tag}\n\n" if _BLOCK_TAG.match(tag) else tag

    return _MARKDOWN_INSIDE.sub(opened, markdown)


# --- writing ---------------------------------------------------------------------------------------------------------


class _Writer(RendererHTML):
    """Writes tables as Bootstrap wants them, and the square-bracket tags."""

    def table_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        css_class = str(env.get("table_class", TABLE_CLASS)).partition(",")[0].strip()
        tokens[idx].attrJoin("class", css_class)
        return '<div class="table-responsive">\n' + self.renderToken(tokens, idx, options, env)

    def table_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return self.renderToken(tokens, idx, options, env) + "</div>\n"

    def thead_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        css_class = str(env.get("table_class", TABLE_CLASS)).partition(",")[2].strip()
        if css_class:
            tokens[idx].attrJoin("class", css_class)
        return self.renderToken(tokens, idx, options, env)

    def sign(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return tokens[idx].content


def _plain(tokens: Sequence[Token]) -> str:
    return "".join(_plain_token(child) for token in tokens for child in token.children or ())


def _plain_token(token: Token) -> str:
    match token.type:
        case "text" | "text_special" | "code_inline":
            return token.content
        case "softbreak" | "hardbreak":
            return " "
        case "image":
            return "".join(_plain_token(child) for child in token.children or ())
        case "sign":
            return str(token.meta.get("plain", ""))
        case "html_inline":
            return " " if re.match(r"<br\b", token.content, re.IGNORECASE) else ""
    return ""


def _markdown() -> MarkdownIt:
    markdown = _Markdown("commonmark", {"html": True, "xhtmlOut": False}, renderer_cls=_Writer)
    markdown.enable("table").use(deflist_plugin).use(footnote_plugin)
    markdown.inline.ruler.before("escape", "backslash", _read_backslash)
    markdown.inline.ruler.before("link", "bracket", _read_bracket)
    markdown.inline.ruler.before("link", "icon", _read_icon)
    markdown.inline.ruler.before("link", "term", _read_term)
    markdown.inline.ruler.before("link", "attributes", _read_attributes)
    markdown.core.ruler.after("inline", "finish", _finish)
    return markdown


_MARKDOWN = _markdown()
