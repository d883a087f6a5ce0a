"""Encryption and seals.

Every session has a random data key. A person's secret wraps it, so that only who has the secret can read; the server's
own key seals it where the server must read alone (plain sessions, tasks on their way). Everything is bound to its place: a
row that is moved, altered or made by somebody else raises `AnswersTampered`.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from docassemble_lite.errors import AnswersTampered
from docassemble_lite.settings import Secret

# the first byte of everything that a vault writes
FORMAT = 1
KEY_BYTES = 32
_NONCE_BYTES = 12
_KEY_ID_BYTES = 4
_MAC_BYTES = 32
_REMEMBERED_SECRETS = 4096


@dataclass(frozen=True)
class _SecretKeys:
    """What follows from one person's secret."""

    holder: str
    wrapping: AESGCM = field(repr=False)


class _Recent:
    """The latest results, by the digest of the secret that they follow from; safe between threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._found: OrderedDict[bytes, _SecretKeys] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, digest: bytes) -> _SecretKeys | None:
        with self._lock:
            found = self._found.get(digest)
            if found is not None:
                self._found.move_to_end(digest)
            return found

    def put(self, digest: bytes, keys: _SecretKeys) -> None:
        with self._lock:
            self._found[digest] = keys
            if len(self._found) > self._size:
                self._found.popitem(last=False)


class Vault:
    """Wraps, seals, encrypts and authenticates; `server_key` is 32 bytes.

    Whatever a method can't open raises `AnswersTampered`, and nothing of it is returned.
    """

    def __init__(self, server_key: bytes) -> None:
        if len(server_key) != KEY_BYTES:
            raise ValueError(f"The server's key must have {KEY_BYTES} bytes.")
        self._sealing = {purpose: AESGCM(_derive(server_key, f"seal:{purpose}")) for purpose in ("session", "task")}
        self._plain_key = _derive(server_key, "plain answers")
        self._key_id = _derive(server_key, "key id")[:_KEY_ID_BYTES]
        self._secrets = _Recent(_REMEMBERED_SECRETS)

    def __repr__(self) -> str:
        return f"Vault(key id {self._key_id.hex()})"

    def new_data_key(self) -> Secret:
        """32 random bytes for one session."""
        return Secret(AESGCM.generate_key(KEY_BYTES * 8))

    def holder_of(self, secret: bytes) -> str:
        """The name, 64 hexadecimal digits, under which the keys of a secret are filed; it doesn't reveal the secret."""
        return self._keys_of(secret).holder

    def wrap(self, data_key: bytes, secret: bytes, session_id: str) -> bytes:
        """The session's data key, readable only with `secret`."""
        return _lock(self._keys_of(secret).wrapping, data_key, b"", _context("wrap", session_id))

    def unwrap(self, wrapped: bytes, secret: bytes, session_id: str) -> Secret:
        """The data key that `wrap` was given."""
        return Secret(_unlock(self._keys_of(secret).wrapping, wrapped, b"", _context("wrap", session_id)))

    def seal(self, data_key: bytes, purpose: str, identifier: str) -> bytes:
        """The data key, readable only to this server. `purpose` is "session" or "task", `identifier` that one's id."""
        return _lock(self._sealing[purpose], data_key, self._key_id, _context("seal", purpose, identifier))

    def unseal(self, sealed: bytes, purpose: str, identifier: str) -> Secret:
        """The data key that `seal` was given."""
        return Secret(_unlock(self._sealing[purpose], sealed, self._key_id, _context("seal", purpose, identifier)))

    def encrypt(self, data_key: bytes, content: bytes, *, session: str, part: str) -> bytes:
        """`content` as a private row; `part` says which of the session ("step:3", "task:…:payload")."""
        return _lock(AESGCM(data_key), content, b"", _context("private", session, part))

    def decrypt(self, data_key: bytes, row: bytes, *, session: str, part: str) -> bytes:
        """What `encrypt` was given; a plain row is refused."""
        return _unlock(AESGCM(data_key), row, b"", _context("private", session, part))

    def sign(self, content: bytes, *, session: str, part: str) -> bytes:
        """`content` as a plain row: readable to anybody who reads the table, but only this server can have written it."""
        header = bytes([FORMAT]) + self._key_id
        return header + self._mac(content, session, part) + content

    def verify(self, row: bytes, *, session: str, part: str) -> bytes:
        """What `sign` was given; a private row is refused."""
        header = bytes([FORMAT]) + self._key_id
        start = len(header) + _MAC_BYTES
        if len(row) < start or not row.startswith(header):
            raise AnswersTampered
        content = row[start:]
        if not hmac.compare_digest(row[len(header) : start], self._mac(content, session, part)):
            raise AnswersTampered
        return content

    def _mac(self, content: bytes, session: str, part: str) -> bytes:
        return hmac.digest(self._plain_key, _context("plain", session, part) + content, "sha256")

    def _keys_of(self, secret: bytes) -> _SecretKeys:
        digest = hashlib.sha256(secret).digest()
        keys = self._secrets.get(digest)
        if keys is None:
            keys = _SecretKeys(_derive(secret, "holder").hex(), AESGCM(_derive(secret, "wrap")))
            self._secrets.put(digest, keys)
        return keys


def _derive(key: bytes, info: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"docassemble_lite {info}".encode()).derive(key)


def _context(*words: str) -> bytes:
    """The words so that no two lists of words give the same bytes."""
    encoded = [word.encode() for word in (str(FORMAT), *words)]
    return b"".join(len(word).to_bytes(4, "big") + word for word in encoded)


def _lock(cipher: AESGCM, content: bytes, key_id: bytes, context: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return bytes([FORMAT]) + key_id + nonce + cipher.encrypt(nonce, content, context)


def _unlock(cipher: AESGCM, locked: bytes, key_id: bytes, context: bytes) -> bytes:
    header = bytes([FORMAT]) + key_id
    start = len(header) + _NONCE_BYTES
    if len(locked) < start or not locked.startswith(header):
        raise AnswersTampered
    try:
        return cipher.decrypt(locked[len(header) : start], locked[start:], context)
    except InvalidTag:
        raise AnswersTampered from None
