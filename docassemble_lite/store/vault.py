"""Encryption and seals.

Every session has a random data key. A person's secret wraps it, so that only who has the secret can read; the server's
own key seals it where the server must read alone (plain sessions, tasks on their way). Everything is bound to its place: a
row that is moved, altered or made by somebody else raises `AnswersTampered`.

The secret of a person with an account is random, too. What the person knows (the password, the recovery code) and what the
browser shows (the token of a sign-in) wrap it, each for itself, so another password changes one row and no session.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from docassemble_lite.errors import AnswersTampered, ServerKeyMissing
from docassemble_lite.settings import Secret
from docassemble_lite.store.server_keys import KEY_BYTES, Renewed, ServerKeys

# the first byte of everything that a vault writes
FORMAT = 1
_NONCE_BYTES = 12
#: Bytes by which a row names the server's key that it needs, after the first byte.
KEY_ID_BYTES = 4
_PURPOSES = ("session", "task", "file", "link")
_MAC_BYTES = 32
_SLOT_BYTES = 32
_HEADER_BYTES = 1 + KEY_ID_BYTES
_REMEMBERED_SECRETS = 4096


@dataclass(frozen=True)
class _SecretKeys:
    """What follows from one person's secret."""

    holder: str
    wrapping: AESGCM = field(repr=False)


class _ServerKey:
    """What follows from one key of the server."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"The server's key must have {KEY_BYTES} bytes.")
        self.id = _derive(key, "key id")[:KEY_ID_BYTES]
        self.sealing = {purpose: AESGCM(_derive(key, f"seal:{purpose}")) for purpose in _PURPOSES}
        self._plain = _derive(key, "plain answers")

    def mac(self, content: bytes, session: str, part: str) -> bytes:
        """What shows that this server wrote the content in its place."""
        return hmac.digest(self._plain, _context("plain", session, part) + content, "sha256")


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
    """Wraps, seals, encrypts and authenticates; `server_keys` are those of the server, or its only one as 32 bytes.

    Whatever a method can't open raises `AnswersTampered`, and nothing of it is returned; `ServerKeyMissing` where it
    names a key that this server hasn't got.
    """

    def __init__(self, server_keys: ServerKeys | bytes) -> None:
        keys = ServerKeys.fixed(server_keys) if isinstance(server_keys, bytes) else server_keys
        self._server_keys = Renewed(keys, lambda found: [_ServerKey(key) for key in found])
        self._secrets = _Recent(_REMEMBERED_SECRETS)

    def __repr__(self) -> str:
        return f"Vault(key ids {', '.join(key_id.hex() for key_id in self.key_ids())})"

    def key_ids(self) -> list[bytes]:
        """The server's keys by what rows call them, the current one first."""
        return [key.id for key in self._server_keys.get()]

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

    def wrap_secret(self, secret: bytes, key: bytes, purpose: str, identifier: str) -> bytes:
        """A person's secret, readable only with `key`, which nobody can guess. `purpose` says where it is kept."""
        return _lock(AESGCM(_derive(key, f"secret:{purpose}")), secret, b"", _context("secret", purpose, identifier))

    def unwrap_secret(self, wrapped: bytes, key: bytes, purpose: str, identifier: str) -> Secret:
        """The secret that `wrap_secret` was given."""
        return Secret(_unlock(AESGCM(_derive(key, f"secret:{purpose}")), wrapped, b"", _context("secret", purpose, identifier)))

    def seal(self, data_key: bytes, purpose: str, identifier: str) -> bytes:
        """The data key, or what else is secret, readable only to this server.

        `purpose` is "session", "task", "file" or "link", `identifier` that one's id.
        """
        current = self._server_keys.get()[0]
        return _lock(current.sealing[purpose], data_key, current.id, _context("seal", purpose, identifier))

    def unseal(self, sealed: bytes, purpose: str, identifier: str) -> Secret:
        """The data key that `seal` was given."""
        key = self._key_of(sealed)
        return Secret(_unlock(key.sealing[purpose], sealed, key.id, _context("seal", purpose, identifier)))

    def encrypt(self, data_key: bytes, content: bytes, *, session: str, part: str) -> bytes:
        """`content` as a private row; `part` says which of the session ("step:3", "task:…:payload")."""
        return _lock(AESGCM(data_key), content, b"", _context("private", session, part))

    def decrypt(self, data_key: bytes, row: bytes, *, session: str, part: str) -> bytes:
        """What `encrypt` was given; a plain row is refused."""
        return _unlock(AESGCM(data_key), row, b"", _context("private", session, part))

    def new_slot(self) -> tuple[bytes, Secret]:
        """A pair of keys, by which something can be put into a session that only the session can read: what locks, what opens."""
        private = X25519PrivateKey.generate()
        return private.public_key().public_bytes_raw(), Secret(private.private_bytes_raw())

    def put_in(self, slot: bytes, content: bytes, *, session: str, part: str) -> bytes:
        """`content`, readable only with what opens the slot."""
        once = X25519PrivateKey.generate()
        shown = once.public_key().public_bytes_raw()
        cipher = AESGCM(_derive(once.exchange(X25519PublicKey.from_public_bytes(slot)), "slot"))
        return _lock(cipher, content, shown, _context("slot", session, part))

    def take_out(self, opener: bytes, row: bytes, *, session: str, part: str) -> bytes:
        """What `put_in` was given."""
        shown = row[1 : 1 + _SLOT_BYTES]
        if len(shown) < _SLOT_BYTES:
            raise AnswersTampered
        try:
            shared = X25519PrivateKey.from_private_bytes(opener).exchange(X25519PublicKey.from_public_bytes(shown))
        except ValueError:
            raise AnswersTampered from None
        return _unlock(AESGCM(_derive(shared, "slot")), row, shown, _context("slot", session, part))

    def sign(self, content: bytes, *, session: str, part: str) -> bytes:
        """`content` as a plain row: readable to anybody who reads the table, but only this server can have written it."""
        current = self._server_keys.get()[0]
        return bytes([FORMAT]) + current.id + current.mac(content, session, part) + content

    def verify(self, row: bytes, *, session: str, part: str) -> bytes:
        """What `sign` was given; a private row is refused."""
        key = self._key_of(row)
        start = _HEADER_BYTES + _MAC_BYTES
        content = row[start:]
        if len(row) < start or not hmac.compare_digest(row[_HEADER_BYTES:start], key.mac(content, session, part)):
            raise AnswersTampered
        return content

    def is_current(self, row: bytes) -> bool:
        """Whether what `seal` or `sign` gave needs no other key than the current one."""
        return self._key_of(row) is self._server_keys.get()[0]

    def _key_of(self, row: bytes) -> _ServerKey:
        """The server's key that a row names."""
        if len(row) < _HEADER_BYTES or row[0] != FORMAT:
            raise AnswersTampered
        named = row[1:_HEADER_BYTES]
        for key in self._server_keys.get():
            if hmac.compare_digest(key.id, named):
                return key
        raise ServerKeyMissing(f"What is stored here was sealed with a key of the server that isn't there: {named.hex()}.")

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
