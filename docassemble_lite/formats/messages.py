"""E-mails as they come from outside (RFC 5322, MIME): what is in them, whatever they look like.

Python's `email` reads headers. The parts of a message are found here, by their places in its bytes, so that a large message
isn't taken apart into millions of lines.
"""

from __future__ import annotations

import binascii
import codecs
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from email.parser import HeaderParser
from email.policy import compat32
from email.utils import parsedate_to_datetime
from typing import TypeVar

from docassemble_lite.emails import EmailAddress, one_line, read_address

T = TypeVar("T")

_MEGABYTE = 1024 * 1024
# what is read of one header, and how many addresses
_LONGEST_HEADER = 32 * 1024
_MOST_ADDRESSES = 100
_LONGEST_SUBJECT = 1000
_LONGEST_ADDRESS = 254
# bytes; what is longer is nothing that somebody says, and letters take up to four times as much memory
_LONGEST_BODY = 2 * _MEGABYTE
# so that it is a moment in every time zone
_LAST_YEAR = 9000
_EMPTY_LINE = re.compile(rb"^\r?\n", re.MULTILINE)
_HEADER = re.compile(rb"[!-9;-~]+[ \t]*:|From ")
_ENCODED = re.compile(r"=\?([^?\s]{1,40})(?:\*[^?\s]*)?\?([bqBQ])\?([^?\s]*)\?=")
_BETWEEN_ENCODED = re.compile(r"(\?=)\s+(?==\?[^?\s]{1,40}\?[bqBQ]\?)")
_IN_ANGLES = re.compile(r"<([^<>]*)>")
_QP_ESCAPE = re.compile(rb"=([0-9A-Fa-f]{2})")
# decoders of Python that are none of letters
_NO_CHARSETS = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"})
# what Python's reading of parameters and dates raises for strange ones
_STRANGE = (ValueError, LookupError, TypeError, OverflowError, AttributeError)


class MessageRefused(Exception):
    """The message is beyond what is taken; the text says why, in words for the server that sent it."""


@dataclass(frozen=True)
class MessageLimits:
    """What is taken at most: bytes of the whole and of the headers of one part, parts, parts within parts, attachments."""

    size: int = 25 * _MEGABYTE
    headers: int = 64 * 1024
    parts: int = 100
    depth: int = 10
    attachments: int = 50


@dataclass(frozen=True)
class Part:
    """A part that isn't made of others. `name` is as the sender wrote it, empty if there is none."""

    mimetype: str
    name: str
    charset: str
    encoding: str
    attached: bool
    raw: bytes = field(repr=False)
    start: int = 0
    end: int = 0

    @property
    def can_be_body(self) -> bool:
        """Whether it may be what a message says, and not something that comes with it."""
        return not self.attached and self.mimetype in ("text/plain", "text/html") and self.end - self.start <= _LONGEST_BODY

    def content(self) -> bytes:
        """The bytes of the part, without what they were wrapped in on their way."""
        written = self.raw[self.start : self.end]
        if self.encoding == "base64":
            return _from_base64(written)
        return binascii.a2b_qp(written) if self.encoding == "quoted-printable" else written

    def text(self) -> str:
        """The part as letters; what are none in its charset becomes a mark of replacement."""
        return _decoded(self.content(), self.charset).replace("\r\n", "\n").replace("\x00", "")


@dataclass(frozen=True)
class ReadMessage:
    """What is in a message. `date` is in UTC, None if it says none; `headers` are in their order."""

    subject: str
    to: tuple[EmailAddress, ...]
    cc: tuple[EmailAddress, ...]
    sender: EmailAddress | None
    reply_to: EmailAddress | None
    return_path: EmailAddress | None
    date: datetime | None
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    text: Part | None = field(repr=False)
    html: Part | None = field(repr=False)
    attachments: tuple[Part, ...] = field(repr=False)
    # the same for each copy of a message that is delivered again
    digest: str = ""


def read_message(raw: bytes, limits: MessageLimits | None = None) -> ReadMessage:
    """What is in a message. Raises `MessageRefused` for one beyond the limits, and nothing else for whatever it is made of."""
    limits = limits or MessageLimits()
    if len(raw) > limits.size:
        raise MessageRefused("The message is too large.")
    walk = _Walk(raw, limits)
    head, body = walk.head(0, len(raw))
    walk.visit(head, body, len(raw), 1)
    text, html, attachments = _sorted_out(walk.parts)
    if len(attachments) > limits.attachments:
        raise MessageRefused("The message has too many attachments.")
    headers = tuple((name, _unfolded(value)) for name, value in head.items())
    return ReadMessage(
        subject=one_line(decoded_words(_first(headers, "subject")))[:_LONGEST_SUBJECT],
        to=_addresses(_all(headers, "to")),
        cc=_addresses(_all(headers, "cc")),
        sender=_one(_addresses(_all(headers, "from"))),
        reply_to=_one(_addresses(_all(headers, "reply-to"))),
        return_path=_one(_addresses(_all(headers, "return-path")[:1])),
        date=_safely(lambda: _date(_first(headers, "date")), None),
        headers=tuple((one_line(name), decoded_words(value)) for name, value in headers),
        text=text,
        html=html,
        attachments=attachments,
        digest=_digest(headers, memoryview(raw)[body:]),
    )


def recipients_named(raw: bytes) -> list[str]:
    """Whom a message was delivered to, as its headers say: the first of Delivered-To, X-Original-To and To that is there."""
    head, _ = _Walk(raw, MessageLimits(headers=len(raw) + 1)).head(0, len(raw))
    headers = tuple((name, _unfolded(value)) for name, value in head.items())
    for name in ("delivered-to", "x-original-to", "to"):
        found = _addresses(_all(headers, name))
        if found:
            return [address.address for address in found]
    return []


def decoded_words(text: str) -> str:
    """A header in which encoded words (RFC 2047) are what they stand for."""
    return _ENCODED.sub(_decoded_word, _BETWEEN_ENCODED.sub(r"\1", text)) if "=?" in text else text


# --- parts -----------------------------------------------------------------------------------------------------------


class _Walk:
    """The way through all parts of a message."""

    def __init__(self, raw: bytes, limits: MessageLimits) -> None:
        self._raw = raw
        self._limits = limits
        self._seen = 0
        self.parts: list[Part] = []

    def head(self, start: int, end: int) -> tuple[Message, int]:
        """The headers that begin at `start`, and where the body begins."""
        blank = _EMPTY_LINE.search(self._raw, start, end)
        stop, body = (blank.start(), blank.end()) if blank else (end, end)
        if not _HEADER.match(self._raw, start, stop):
            # a body without any headers
            stop, body = start, (body if blank and blank.start() == start else start)
        if stop - start > self._limits.headers:
            raise MessageRefused("The headers of the message are too long.")
        return _headers_of(self._raw[start:stop]), body

    def visit(self, head: Message, start: int, end: int, depth: int) -> None:
        self._seen += 1
        if self._seen > self._limits.parts:
            raise MessageRefused("The message has too many parts.")
        if depth > self._limits.depth:
            raise MessageRefused("The parts of the message are nested too deeply.")
        mimetype = _safely(head.get_content_type, "application/octet-stream")
        boundary = _safely(head.get_boundary, None) if mimetype.startswith("multipart/") else None
        pieces = list(self._pieces(boundary, start, end)) if boundary else []
        if not pieces:
            self.parts.append(_part(self._raw, head, mimetype, start, end))
        for begin, stop in pieces:
            inner, body = self.head(begin, stop)
            self.visit(inner, body, stop, depth + 1)

    def _pieces(self, boundary: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Where the parts between the boundaries begin and end; what is before the first and after the last is no part."""
        line = re.compile(rb"^--" + re.escape(boundary.encode("utf-8", "replace")) + rb"(--)?[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
        begin: int | None = None
        for found, match in enumerate(line.finditer(self._raw, start, end), 1):
            if begin is not None:
                yield begin, max(begin, _before_line_end(self._raw, match.start()))
            begin = None if match[1] else match.end()
            if match[1]:
                return
            if found > self._limits.parts:
                raise MessageRefused("The message has too many parts.")
        if begin is not None:
            yield begin, end


def _before_line_end(raw: bytes, place: int) -> int:
    """The line end before a boundary belongs to the boundary."""
    if raw[place - 1 : place] == b"\n":
        place -= 1
        if raw[place - 1 : place] == b"\r":
            place -= 1
    return place


def _headers_of(raw: bytes) -> Message:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    # whatever else ends a line for Python ends none in a header
    text = re.sub(r"[\x00\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", " ", text)
    return HeaderParser(policy=compat32).parsestr(text)


def _part(raw: bytes, head: Message, mimetype: str, start: int, end: int) -> Part:
    name = _safely(head.get_filename, None) or ""
    disposition = _safely(head.get_content_disposition, None) or ""
    return Part(
        mimetype=mimetype,
        name=one_line(decoded_words(str(name)))[:_LONGEST_SUBJECT],
        charset=_safely(head.get_content_charset, None) or "",
        encoding=str(head.get("content-transfer-encoding", "")).strip().lower(),
        attached=disposition == "attachment" or bool(name),
        raw=raw,
        start=start,
        end=end,
    )


def _sorted_out(parts: list[Part]) -> tuple[Part | None, Part | None, tuple[Part, ...]]:
    """The first text and the first HTML that may be are what the message says; all else is attached to it."""
    bodies: dict[str, Part] = {}
    attachments = []
    for part in parts:
        if part.can_be_body and part.mimetype not in bodies:
            bodies[part.mimetype] = part
        else:
            attachments.append(part)
    text = bodies.get("text/plain")
    if text is not None and not _has_letters(text):
        text = None
    return text, bodies.get("text/html"), tuple(attachments)


def _has_letters(part: Part) -> bool:
    return not part.raw[part.start : min(part.end, part.start + 4096)].isspace() and part.end > part.start


def _from_base64(written: bytes) -> bytes:
    """What the letters of an alphabet stand for; others are passed over, and what is cut off is left out."""
    try:
        return binascii.a2b_base64(written)
    except binascii.Error:
        letters = re.sub(rb"[^A-Za-z0-9+/]", b"", written)
        return binascii.a2b_base64(letters[: len(letters) // 4 * 4])


# --- headers ---------------------------------------------------------------------------------------------------------


def _all(headers: Iterable[tuple[str, str]], name: str) -> list[str]:
    return [value for key, value in headers if key.lower() == name]


def _first(headers: Iterable[tuple[str, str]], name: str) -> str:
    return next((value for key, value in headers if key.lower() == name), "")


def _unfolded(value: object) -> str:
    return " ".join(str(value)[:_LONGEST_HEADER].split("\n")).replace("\r", " ").strip()


def _date(text: str) -> datetime | None:
    if not text:
        return None
    moment = parsedate_to_datetime(text[:100])
    if moment.year > _LAST_YEAR:
        return None
    return (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment).astimezone(UTC)


def _one(addresses: tuple[EmailAddress, ...]) -> EmailAddress | None:
    return addresses[0] if addresses else None


def _addresses(values: Iterable[str]) -> tuple[EmailAddress, ...]:
    found: list[EmailAddress] = []
    for value in values:
        for piece in _between_commas(value):
            address = _address(piece.strip())
            if address is not None:
                found.append(address)
            if len(found) == _MOST_ADDRESSES:
                return tuple(found)
    return tuple(found)


def _between_commas(text: str) -> Iterator[str]:
    """The addresses of a list, without comments and names of groups."""
    piece: list[str] = []
    quoted = angle = False
    comment = 0
    characters = iter(text)
    for character in characters:
        if character == "\\" and (quoted or comment):
            following = next(characters, "")
            if not comment:
                piece += [character, following]
        elif comment or (character == "(" and not quoted):
            comment += {"(": 1, ")": -1}.get(character, 0)
        elif character == '"':
            quoted = not quoted
            piece.append(character)
        elif not quoted and character in "<>":
            angle = character == "<"
            piece.append(character)
        elif not quoted and not angle and character in ",;:":
            if character != ":":
                yield "".join(piece)
            piece = []
        else:
            piece.append(character)
    yield "".join(piece)


def _address(text: str) -> EmailAddress | None:
    """One address; what is none is kept as it was written, since it says something, too."""
    if not text or text == "<>":
        return None
    found = read_address(text)
    if found is None:
        angles = _IN_ANGLES.search(text)
        name = text[: angles.start()] if angles else ""
        found = EmailAddress(one_line(angles[1] if angles else text)[:_LONGEST_ADDRESS], name.strip(' "'))
    if not found.address:
        return None
    return EmailAddress(found.address, one_line(decoded_words(found.name))[:_LONGEST_ADDRESS])


def _digest(headers: Iterable[tuple[str, str]], body: memoryview) -> str:
    """SHA-256 of the Message-ID and the body. A message without that is known by who wrote what when."""
    known = tuple(headers)
    identity = [_first(known, "message-id")]
    if not identity[0]:
        identity += [_first(known, name) for name in ("from", "date", "subject")]
    digest = hashlib.sha256()
    for text in identity:
        written = text.encode("utf-8", "replace")
        digest.update(len(written).to_bytes(4, "big") + written)
    # a server on the way may have added an empty line at the end
    digest.update(hashlib.sha256(bytes(body).rstrip(b"\r\n")).digest())
    return digest.hexdigest()


# --- letters ---------------------------------------------------------------------------------------------------------


def _decoded_word(match: re.Match[str]) -> str:
    charset, encoding, written = match[1], match[2].lower(), match[3].encode("utf-8", "replace")
    if encoding == "b":
        content = _from_base64(written)
    else:
        content = _QP_ESCAPE.sub(lambda escape: bytes([int(escape[1], 16)]), written.replace(b"_", b" "))
    return _decoded(content, charset)


def _decoded(content: bytes, charset: str) -> str:
    """The bytes as letters: of the charset, if there is such a one, else of UTF-8 or Latin-1."""
    if _is_charset(charset):
        return _safely(lambda: content.decode(charset, "replace"), None) or content.decode("utf-8", "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _is_charset(name: str) -> bool:
    if not name or not name.isascii():
        return False
    found = _safely(lambda: codecs.lookup(name).name, "undefined")
    return found.replace("-", "_") not in _NO_CHARSETS


def _safely(read: Callable[[], T], otherwise: T) -> T:
    """What Python reads of a header, or something else where it can't."""
    try:
        return read()
    except _STRANGE:
        return otherwise
