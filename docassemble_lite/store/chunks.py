"""Contents of files in chunks, each of which can be read by itself, so that nobody ever holds a whole file.

A content begins with a byte that tells its format, and a salt: from that and the file's key follows the key of its chunks.
Each chunk is encrypted for its place in a content of that size. So a chunk that was changed, moved, left out or cut off raises
`AnswersTampered`.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from docassemble_lite.errors import AnswersTampered

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

#: Bytes of a chunk before encryption, but for the last one.
CHUNK = 64 * 1024
#: Chunks that are fetched at once: a storage answers a few large questions sooner than many small ones.
AT_ONCE = 8
# the first byte; 1 is what a vault writes, which can only be read whole
_FORMAT = 2
_SALT_BYTES = 16
_HEADER_BYTES = 1 + _SALT_BYTES
_TAG_BYTES = 16
_NONCE_BYTES = 12
_LOCKED_CHUNK = CHUNK + _TAG_BYTES


def locked_chunks(key: bytes, number: int, size: int, source: BinaryIO) -> Iterator[bytes]:
    """The content of a file as it is kept: `size` bytes from where `source` stands. `key` is the file's and no other's.

    Raises `ValueError` if the source has fewer.
    """
    salt = os.urandom(_SALT_BYTES)
    cipher = _Cipher(key, number, size, salt)
    yield bytes([_FORMAT]) + salt
    for place in range(_number_of_chunks(size)):
        chunk = source.read(min(CHUNK, size - place * CHUNK))
        if len(chunk) != min(CHUNK, size - place * CHUNK):
            raise ValueError("The file ended before its end.")
        yield cipher.lock(place, chunk)


def open_chunks(key: bytes, number: int, size: int, fetch: Callable[[int, int], bytes]) -> BinaryIO:
    """A content to be read from any place. `fetch(start, length)` gives bytes of it as it is kept, fewer at its end.

    Opening it looks at the first chunk. Raises what `fetch` raises, and `AnswersTampered`, which reading raises, too.
    """
    return io.BufferedReader(_Chunks(key, number, size, fetch), CHUNK)


class _Cipher:
    """Locks and unlocks the chunks of one content."""

    def __init__(self, key: bytes, number: int, size: int, salt: bytes) -> None:
        info = f"docassemble_lite file {number}".encode()
        self._cipher = AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(key))
        self._context = f"{_FORMAT} {number} {size}".encode()

    def lock(self, place: int, chunk: bytes) -> bytes:
        return self._cipher.encrypt(_nonce(place), chunk, self._context)

    def unlock(self, place: int, locked: bytes | memoryview) -> bytes:
        try:
            return self._cipher.decrypt(_nonce(place), locked, self._context)
        except InvalidTag:
            raise AnswersTampered from None


class _Chunks(io.RawIOBase):
    """The content, with the chunks that were fetched last."""

    def __init__(self, key: bytes, number: int, size: int, fetch: Callable[[int, int], bytes]) -> None:
        self._size = size
        self._fetch = fetch
        self._position = 0
        self._first = 0
        begun = fetch(0, _HEADER_BYTES + _LOCKED_CHUNK + 1)
        if len(begun) < _HEADER_BYTES or begun[0] != _FORMAT:
            raise AnswersTampered
        self._cipher = _Cipher(key, number, size, begun[1:_HEADER_BYTES])
        self._last = _number_of_chunks(size) - 1
        # a byte behind the end would be one too many
        self._here = self._cipher.unlock(0, begun[_HEADER_BYTES:] if self._last == 0 else begun[_HEADER_BYTES:-1])

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        if self._position >= self._size:
            return 0
        start = self._position - self._first * CHUNK
        if not 0 <= start < len(self._here):
            self._go_to(self._position // CHUNK)
            start = self._position - self._first * CHUNK
        target = memoryview(buffer).cast("B")
        piece = memoryview(self._here)[start : start + len(target)]
        target[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def readall(self) -> bytes:
        content = bytearray(max(0, self._size - self._position))
        target, done = memoryview(content), 0
        while done < len(content):
            done += self.readinto(target[done:])
        return bytes(content)

    def _go_to(self, first: int) -> None:
        last = min(first + AT_ONCE - 1, self._last)
        length = (last - first) * _LOCKED_CHUNK + self._locked_size(last)
        more = 1 if last == self._last else 0
        locked = memoryview(self._fetch(_HEADER_BYTES + first * _LOCKED_CHUNK, length + more))
        if len(locked) != length:
            raise AnswersTampered
        places = range(first, last + 1)
        starts = range(0, length, _LOCKED_CHUNK)
        unlocked = (
            self._cipher.unlock(place, locked[start : start + _LOCKED_CHUNK]) for place, start in zip(places, starts, strict=True)
        )
        self._here = b"".join(unlocked)
        self._first = first

    def _locked_size(self, place: int) -> int:
        return min(CHUNK, self._size - place * CHUNK) + _TAG_BYTES


def _number_of_chunks(size: int) -> int:
    """An empty content has an empty chunk, which shows that it is meant to be empty."""
    return max(1, -(-size // CHUNK))


def _nonce(place: int) -> bytes:
    return place.to_bytes(_NONCE_BYTES, "big")
