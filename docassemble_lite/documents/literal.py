"""Characters that mean only themselves.

In the Markdown of a document, an ASCII character that must not be taken for markup stands as the private-use character
`FIRST` + its code, which no grammar gives a meaning. After the Markdown is read it becomes itself again, and whatever
writes the document escapes it as its format asks for.
"""

from __future__ import annotations

import re

FIRST = 0x10F000
_LITERAL = re.compile(f"[{chr(FIRST)}-{chr(FIRST + 127)}]")


def settled(text: str) -> str:
    """The text with literal characters as themselves; control characters but line breaks and tabs are left out."""
    return _LITERAL.sub(lambda match: _character(ord(match[0]) - FIRST), text)


def _character(code: int) -> str:
    return chr(code) if code in (9, 10) or 32 <= code < 127 else ""
