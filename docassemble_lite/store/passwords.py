"""Passwords as they are stored: Argon2id in the PHC format, which says with what effort each of them was made.

So the effort can be raised at any time: what was stored before still fits, and is stored anew when its owner comes.
"""

from __future__ import annotations

import os
import threading
import unicodedata
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from docassemble_lite.errors import LiteError

SHORTEST = 8
LONGEST = 1024
_SALT_BYTES = 16
_HASH_BYTES = 32
# how many are worked out at a time in one process, as each takes memory, and seconds that others wait for their turn
_AT_ONCE = 2
_PATIENCE = 2.0

_turns = threading.BoundedSemaphore(_AT_ONCE)


@dataclass(frozen=True)
class Effort:
    """What it costs to try one password: KiB of memory, rounds over it, lanes side by side."""

    memory: int
    iterations: int
    lanes: int

    @property
    def prefix(self) -> str:
        """How the PHC string of everything begins that was made with this effort."""
        return f"$argon2id$v=19$m={self.memory},t={self.iterations},p={self.lanes}$"


#: 32 MB, about a tenth of a second.
EFFORT = Effort(memory=32 * 1024, iterations=3, lanes=1)


class PasswordRefused(LiteError):
    """This password can't be used."""


class TooManyAtOnce(LiteError):
    """Too many people are signing in at this moment."""


def require_usable(password: str) -> None:
    """Raise `PasswordRefused` for a password that nobody should or could sign in with."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordRefused(f"A password has at least {SHORTEST} characters and at most {LONGEST}.")
    try:
        password.encode()
    except UnicodeEncodeError:
        # without that error, which holds the password
        raise PasswordRefused("The password holds something that is no character.") from None


def hashed(password: str) -> str:
    """The PHC string that is stored of a password."""
    with _turn():
        made = Argon2id(
            salt=os.urandom(_SALT_BYTES),
            length=_HASH_BYTES,
            iterations=EFFORT.iterations,
            lanes=EFFORT.lanes,
            memory_cost=EFFORT.memory,
        )
        return made.derive_phc_encoded(_encoded(password))


def fits(password: str, stored: str | None) -> bool:
    """Whether a password is the stored one. With nothing stored it never is, and finding that out takes as long."""
    # bringing endless texts into one form takes endless time
    encoded = _encoded(password if len(password) <= LONGEST else "")
    with _turn():
        try:
            Argon2id.verify_phc_encoded(encoded, stored or _fits_nothing())
        except InvalidKey:
            return False
    return True


def key_of(password: str, salt: bytes, effort: Effort) -> bytes:
    """32 bytes that follow from a password, a salt and an effort, and that nothing else gives."""
    with _turn():
        made = Argon2id(
            salt=salt, length=_HASH_BYTES, iterations=effort.iterations, lanes=effort.lanes, memory_cost=effort.memory
        )
        return made.derive(_encoded(password if len(password) <= LONGEST else ""))


def is_outdated(stored: str) -> bool:
    """Whether it was made with another effort than that of today."""
    return not stored.startswith(EFFORT.prefix)


def _encoded(password: str) -> bytes:
    # keyboards differ in how they write one and the same letter
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def _fits_nothing() -> str:
    """What looks like the PHC string of a password, and takes as long to try, but that no password has."""
    salt, key = (b64encode(bytes(length)).decode().rstrip("=") for length in (_SALT_BYTES, _HASH_BYTES))
    return f"{EFFORT.prefix}{salt}${key}"


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=_PATIENCE):
        raise TooManyAtOnce
    try:
        yield
    finally:
        _turns.release()
