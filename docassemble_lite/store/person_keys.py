"""The secret that opens a person's sessions, and what gives it back: the password, the recovery code, a browser's token.

The secret itself is random and never changes, and is stored only wrapped.
"""

from __future__ import annotations

import os
import re
import secrets
import struct

from docassemble_lite.errors import AnswersTampered
from docassemble_lite.settings import Secret
from docassemble_lite.store import passwords
from docassemble_lite.store.passwords import Effort
from docassemble_lite.store.vault import Vault

# with what effort the key was made: KiB, rounds, lanes; then the salt
_EFFORT = struct.Struct(">IHB")
_SALT_BYTES = 16
_SECRET_BYTES = 32
# 28 letters and digits of these are 140 bits; none is mistaken for another one on paper
_CODE_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ0123456789"
_CODE_LENGTH = 28
_CODE_GROUP = 4
_MISREAD = str.maketrans("ILOU", "110V")


def new_secret() -> Secret:
    """What opens the sessions of a new person."""
    return Secret(secrets.token_bytes(_SECRET_BYTES))


def wrapped_by_password(vault: Vault, secret: bytes, password: str, user_id: int) -> bytes:
    """The secret for the person's row. Takes as long as trying a password; raises `TooManyAtOnce`."""
    effort, salt = passwords.EFFORT, os.urandom(_SALT_BYTES)
    key = passwords.key_of(password, salt, effort)
    return _packed(effort) + salt + vault.wrap_secret(secret, key, "password", str(user_id))


def opened_by_password(vault: Vault, wrapped: bytes, password: str, user_id: int) -> Secret | None:
    """The secret that was wrapped; None for another password. Raises `TooManyAtOnce`."""
    start = _EFFORT.size + _SALT_BYTES
    effort, salt = Effort(*_EFFORT.unpack(wrapped[: _EFFORT.size])), wrapped[_EFFORT.size : start]
    return _opened(vault, wrapped[start:], passwords.key_of(password, salt, effort), "password", user_id)


def is_outdated(wrapped: bytes) -> bool:
    """Whether the key was made of the password with another effort than that of today."""
    return not wrapped.startswith(_packed(passwords.EFFORT))


def _packed(effort: Effort) -> bytes:
    return _EFFORT.pack(effort.memory, effort.iterations, effort.lanes)


def new_recovery_code() -> str:
    """Letters and digits in groups, for paper."""
    drawn = "".join(secrets.choice(_CODE_ALPHABET) for _ in range(_CODE_LENGTH))
    return "-".join(drawn[start : start + _CODE_GROUP] for start in range(0, _CODE_LENGTH, _CODE_GROUP))


def wrapped_by_code(vault: Vault, secret: bytes, code: str, user_id: int) -> bytes:
    """The secret for the person's row, to be opened with the recovery code."""
    return vault.wrap_secret(secret, _plain_code(code), "recovery", str(user_id))


def opened_by_code(vault: Vault, wrapped: bytes, code: str, user_id: int) -> Secret | None:
    """The secret that was wrapped; None for another code. Blanks, hyphens, small letters and misread ones are forgiven."""
    return _opened(vault, wrapped, _plain_code(code), "recovery", user_id)


def wrapped_by_token(vault: Vault, secret: bytes, token: str, digest: str) -> bytes:
    """The secret for the row of a sign-in, whose token hashes to `digest`."""
    return vault.wrap_secret(secret, token.encode(), "login", digest)


def opened_by_token(vault: Vault, wrapped: bytes, token: str, digest: str) -> Secret:
    """The secret that was wrapped. Raises `AnswersTampered`."""
    return vault.unwrap_secret(wrapped, token.encode(), "login", digest)


def _opened(vault: Vault, locked: bytes, key: bytes, purpose: str, user_id: int) -> Secret | None:
    try:
        return vault.unwrap_secret(locked, key, purpose, str(user_id))
    except AnswersTampered:
        return None


def _plain_code(code: str) -> bytes:
    return re.sub(r"[^A-Z0-9]", "", code.upper()).translate(_MISREAD).encode()
