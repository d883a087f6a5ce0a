"""Kinds of files: what a name promises, and what the first bytes of a content show.

A type is never taken from whoever sends a file: it follows from the extension, and the content has to bear it out.
"""

from __future__ import annotations

from dataclasses import dataclass

#: The type of a file of which nothing is known.
UNKNOWN = "application/octet-stream"
_OPEN_XML = "application/vnd.openxmlformats-officedocument"
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument"


@dataclass(frozen=True)
class Kind:
    """A kind of file. `family` is what its content looks like; `also` are types that the same kind of content may have."""

    mimetype: str
    family: str
    also: tuple[str, ...] = ()


_TEXT = "text"
#: The family of pictures that telephones take and browsers don't show.
HEIC = "heic"
#: extension → kind
KINDS: dict[str, Kind] = {
    "png": Kind("image/png", "png"),
    "jpg": Kind("image/jpeg", "jpeg"),
    "jpeg": Kind("image/jpeg", "jpeg"),
    "gif": Kind("image/gif", "gif"),
    "webp": Kind("image/webp", "webp"),
    "bmp": Kind("image/bmp", "bmp"),
    "tif": Kind("image/tiff", "tiff"),
    "tiff": Kind("image/tiff", "tiff"),
    "heic": Kind("image/heic", HEIC, ("image/heif",)),
    "heif": Kind("image/heif", HEIC, ("image/heic",)),
    "svg": Kind("image/svg+xml", _TEXT),
    "pdf": Kind("application/pdf", "pdf"),
    "rtf": Kind("application/rtf", "rtf", ("text/rtf",)),
    "txt": Kind("text/plain", _TEXT),
    "csv": Kind("text/csv", _TEXT),
    "md": Kind("text/markdown", _TEXT),
    "json": Kind("application/json", _TEXT),
    "xml": Kind("application/xml", _TEXT, ("text/xml",)),
    "yml": Kind("application/yaml", _TEXT),
    "yaml": Kind("application/yaml", _TEXT),
    "html": Kind("text/html", _TEXT),
    "htm": Kind("text/html", _TEXT),
    "ics": Kind("text/calendar", _TEXT),
    "eml": Kind("message/rfc822", _TEXT),
    "docx": Kind(f"{_OPEN_XML}.wordprocessingml.document", "zip"),
    "xlsx": Kind(f"{_OPEN_XML}.spreadsheetml.sheet", "zip"),
    "pptx": Kind(f"{_OPEN_XML}.presentationml.presentation", "zip"),
    "odt": Kind(f"{_OPEN_DOCUMENT}.text", "zip"),
    "ods": Kind(f"{_OPEN_DOCUMENT}.spreadsheet", "zip"),
    "zip": Kind("application/zip", "zip"),
    "doc": Kind("application/msword", "ole"),
    "xls": Kind("application/vnd.ms-excel", "ole"),
    "ppt": Kind("application/vnd.ms-powerpoint", "ole"),
    "msg": Kind("application/vnd.ms-outlook", "ole"),
    "mp3": Kind("audio/mpeg", "mp3"),
    "wav": Kind("audio/wav", "wav"),
    "flac": Kind("audio/flac", "flac"),
    "ogg": Kind("audio/ogg", "ogg", ("video/ogg",)),
    "m4a": Kind("audio/mp4", "mp4"),
    "mp4": Kind("video/mp4", "mp4", ("audio/mp4",)),
    "mov": Kind("video/quicktime", "mp4"),
    "webm": Kind("video/webm", "matroska", ("audio/webm",)),
}
#: Bytes at the beginning of a content by which its kind is told.
TELLING = 65536
#: Families that are pictures which can be decoded.
PICTURES = frozenset({"png", "jpeg", "gif", "webp", "bmp", "tiff"})
#: Types of pictures that browsers show; SVG isn't among them, because it is a program, too.
SHOWN_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})

_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"{\\rtf", "rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"ID3", "mp3"),
    (b"fLaC", "flac"),
    (b"OggS", "ogg"),
    (b"\x1a\x45\xdf\xa3", "matroska"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    (b"\xcf\xfa\xed\xfe", "program"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "rar"),
)
_IN_RIFF = {b"WEBP": "webp", b"WAVE": "wav"}
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1")
# a PDF may have something before its beginning
_PDF_BEGINS_WITHIN = 1024
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
# control characters that texts have
_OF_TEXTS = frozenset(b"\t\n\r\x0c\x1b")


def family_of(content: bytes) -> str:
    """What a content looks like; empty if it looks like nothing that is known."""
    if content[:4] == b"RIFF":
        return _IN_RIFF.get(content[8:12], "")
    if content[4:8] == b"ftyp":
        return HEIC if content[8:12] in _HEIC_BRANDS else "mp4"
    found = next((family for beginning, family in _BEGINNINGS if content.startswith(beginning)), "")
    # two letters alone are also how a text can begin
    return "" if content.startswith(b"MZ") and _is_text(content) else found


def bears_out(content: bytes, kind: Kind) -> bool:
    """Whether a content is of that kind, as far as its looks tell."""
    family = family_of(content)
    match kind.family:
        case "text":
            return family == "" and _is_text(content)
        case "bmp":
            return family == "" and content.startswith(b"BM")
        case "pdf":
            return family in ("", "pdf") and b"%PDF-" in content[:_PDF_BEGINS_WITHIN]
        case "mp3":
            # without a tag it begins with a frame
            return family == "mp3" or (content[:1] == b"\xff" and len(content) > 1 and content[1] & 0xE0 == 0xE0)
    return family == kind.family


def usual_extension(content: bytes) -> str:
    """The extension for a file whose name has none; empty where the looks leave it open."""
    family = family_of(content)
    fitting = [extension for extension, kind in KINDS.items() if kind.family == family]
    return fitting[0] if family in PICTURES | {"pdf", "rtf"} else ""


def _is_text(content: bytes) -> bool:
    if content.startswith(_UTF_16):
        return True
    return not any(byte < 32 and byte not in _OF_TEXTS for byte in content[:TELLING])
