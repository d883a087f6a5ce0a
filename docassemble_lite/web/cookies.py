"""The cookie that holds a browser's session, signed with a key that follows from the server's current one."""

from __future__ import annotations

import hmac

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

from docassemble_lite.settings import Secret
from docassemble_lite.store.server_keys import Renewed, ServerKeys


class CookieSessions(SecureCookieSessionInterface):
    """Signs with the current key, and takes what was signed with an earlier one. So nobody is signed out by a new key."""

    def __init__(self, keys: ServerKeys) -> None:
        self._keys = Renewed(keys, _cookie_keys)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        app.secret_key, *app.config["SECRET_KEY_FALLBACKS"] = self._keys.get()
        return super().get_signing_serializer(app)


def _cookie_keys(keys: tuple[Secret, ...]) -> list[bytes]:
    """Losing one doesn't give away the key of the server that it is made of."""
    return [hmac.digest(key, b"cookies", "sha256") for key in keys]
