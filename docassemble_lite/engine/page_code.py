"""Scripts and styles that an author writes into the texts of a page.

A page runs nothing that doesn't carry its nonce. So that nothing gets it which only looks like an author's, the tags are
marked where the author wrote them, before any answer is put into the text; whoever makes the page puts the nonce in the
place of the mark. Scripts are held back: the page's own script runs them, in their order, once the page is ready for them.
"""

from __future__ import annotations

import re
import secrets

#: Stands in HTML where the page's nonce belongs. Nobody outside of this process knows it.
NONCE_MARK = f"nonce-{secrets.token_hex(12)}"
#: The type of a script that the page's own script is to run. Nothing in these attributes needs quotation marks, as the tag
#: may stand inside of a Python text.
HELD_TYPE = "text/da-script"

_TAG = re.compile(r"""<(?P<name>script|style)\b(?P<attributes>(?:[^<>"']|"[^"<>]*"|'[^'<>]*')*)>""", re.IGNORECASE)
_TYPE = re.compile(r"""\btype\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_RUNS = frozenset({"", "module", "text/javascript", "application/javascript"})


def marked(text: str) -> str:
    """An author's text in which scripts and styles are marked as the author's."""
    return _TAG.sub(_marked_tag, text) if "<s" in text or "<S" in text else text


def script_markup(text: str) -> str:
    """What an author wrote as `script`: HTML with <script> tags, or the mere script."""
    return marked(text if re.search(r"<script\b", text, re.IGNORECASE) else f"<script>{text}</script>")


def style_markup(text: str) -> str:
    """What an author wrote as `css`: HTML with <style> or <link> tags, or the mere style sheet."""
    return marked(text if re.search(r"<(?:style|link)\b", text, re.IGNORECASE) else f"<style>{text}</style>")


def _marked_tag(tag: re.Match[str]) -> str:
    if tag["name"].lower() == "style":
        return f"<style nonce={NONCE_MARK}{tag['attributes']}>"
    given = _TYPE.search(tag["attributes"])
    kind = next((part for part in given.groups() if part), "").lower() if given else ""
    if kind not in _RUNS:
        # data for scripts
        return tag[0]
    # an attribute that comes twice counts as it came first
    module = " data-type=module" if kind == "module" else ""
    return f"<script type={HELD_TYPE} nonce={NONCE_MARK}{module}{tag['attributes']}>"
