"""The server's own keys: one with which it seals, and earlier ones that still open what they sealed.

They stand one after the other, the current one first, in the file `server.key` of the data folder (32 bytes each) or in
the variable `DAL_SERVER_KEY` (64 hexadecimal digits each, commas between), or in the file that `DAL_SERVER_KEY_FILE` names. A
process looks whether `server.key` has changed whenever it seals something, or meets something that it can't open; so a key can
be changed while all of them run.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from docassemble_lite.errors import SettingsError
from docassemble_lite.settings import Secret, from_environment

T = TypeVar("T")

KEY_BYTES = 32
VARIABLE = "DAL_SERVER_KEY"
_DIGITS = 2 * KEY_BYTES


class ServerKeys:
    """The keys as they are now; `stamp` changes whenever they may have changed."""

    def __init__(self, read: Callable[[], Sequence[bytes]], stamp: Callable[[], object]) -> None:
        self._read = read
        self._stamp = stamp

    @classmethod
    def fixed(cls, *keys: bytes) -> ServerKeys:
        """Keys that never change."""
        return cls(lambda: keys, lambda: None)

    def read(self) -> tuple[Secret, ...]:
        """The keys, the current one first. Raises `SettingsError` for what is no key."""
        return tuple(Secret(key) for key in self._read())

    def stamp(self) -> object:
        """What is another one when the keys are."""
        return self._stamp()


def server_keys(data: Path) -> ServerKeys:
    """The keys of the server whose data folder this is; its first one is made when there is none."""
    if are_given():
        keys = _from_digits(from_environment(VARIABLE))
        return ServerKeys.fixed(*keys)
    path = key_file(data)
    _made_once(path)
    return ServerKeys(lambda: _from_file(path), lambda: _state_of(path))


def are_given() -> bool:
    """Whether the environment holds the keys, or names the file that does."""
    return any(os.environ.get(variable) for variable in (VARIABLE, f"{VARIABLE}_FILE"))


def key_file(data: Path) -> Path:
    """Where the keys are kept, unless they are given."""
    return data / "server.key"


def write_keys(path: Path, keys: Sequence[bytes]) -> None:
    """Put these keys into the place of those in the file, at once: nobody ever reads a half of them."""
    new = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(b"".join(keys))
        out.flush()
        os.fsync(out.fileno())
    new.replace(path)


def _made_once(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        return
    new = path.with_name(f"{path.name}.{secrets.token_hex(4)}.first")
    write_keys(new, [secrets.token_bytes(KEY_BYTES)])
    try:
        # of several that begin together, one makes it
        os.link(new, path)
    except FileExistsError:
        pass
    finally:
        new.unlink()


def _from_digits(given: str) -> list[bytes]:
    try:
        keys = [bytes.fromhex(digits.strip()) for digits in given.split(",")]
    except ValueError:
        keys = [b""]
    if any(len(key) != KEY_BYTES for key in keys):
        raise SettingsError(f"{VARIABLE} must be {_DIGITS} hexadecimal digits (openssl rand -hex {KEY_BYTES} makes them).")
    return keys


def _from_file(path: Path) -> list[bytes]:
    content = path.read_bytes()
    if not content or len(content) % KEY_BYTES:
        raise SettingsError(
            f"{path} should hold {KEY_BYTES} bytes for each key and holds {len(content)}: restore it from a backup."
        )
    return [content[start : start + KEY_BYTES] for start in range(0, len(content), KEY_BYTES)]


def _state_of(path: Path) -> object:
    try:
        found = path.stat()
    except FileNotFoundError:
        # what was read before is all that is left of it
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


class Renewed(Generic[T]):
    """What was made of the keys, made anew when they have changed; safe between threads."""

    def __init__(self, keys: ServerKeys, make: Callable[[tuple[Secret, ...]], T]) -> None:
        self._keys = keys
        self._make = make
        self._lock = threading.Lock()
        self._stamp = keys.stamp()
        self._made = make(keys.read())

    def get(self) -> T:
        """What was made of the keys as they are now."""
        stamp = self._keys.stamp()
        if stamp != self._stamp and stamp is not None:
            with self._lock:
                if stamp != self._stamp:
                    self._made = self._make(self._keys.read())
                    self._stamp = stamp
        return self._made
