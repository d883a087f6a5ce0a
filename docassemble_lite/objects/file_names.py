"""Names of files as people see them: what may stand in one, and what it says of the kind of file."""

from __future__ import annotations

import mimetypes
import re
import unicodedata
from pathlib import PurePosixPath

# beside letters and digits of all languages
_REFUSED = re.compile(r"[^\w .()+,-]+")
_LONGEST = 120
_LONGEST_EXTENSION = 20
_UNKNOWN = "application/octet-stream"
# types that the table of Python's library lacks, or has otherwise
_TYPES = {"md": "text/markdown", "rtf": "application/rtf", "yml": "application/yaml", "yaml": "application/yaml"}


def clean_name(text: str, default: str = "file") -> str:
    """A text as the name of a file: in one line, without what means something to a file system or to a page.

    A text of which nothing remains becomes `default`. The extension stays where the name is too long.
    """
    name = _REFUSED.sub("_", unicodedata.normalize("NFC", text)).strip(" ._")
    if len(name) > _LONGEST:
        extension = PurePosixPath(name).suffix[:10]
        name = name[: _LONGEST - len(extension)].rstrip() + extension
    return name or default


def clean_extension(text: str) -> str:
    """A text as the extension of a file: short, in lower case, of letters and digits only; it may become empty."""
    return re.sub(r"\W", "", text.lower())[:_LONGEST_EXTENSION]


def extension_of(name: str) -> str:
    """What follows the last dot, in lower case."""
    return PurePosixPath(name).suffix.lower().removeprefix(".")


def mimetype_of(extension: str) -> str:
    """The type of files with that extension."""
    return _TYPES.get(extension) or mimetypes.guess_type(f"x.{extension}")[0] or _UNKNOWN


def extension_for(mimetype: str) -> str:
    """The usual extension of files of a type, without the dot."""
    own = next((extension for extension, known in _TYPES.items() if known == mimetype), None)
    return own or (mimetypes.guess_extension(mimetype) or ".bin").removeprefix(".")
