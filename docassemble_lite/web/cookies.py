"""The cookie that holds a browser's session, signed with a key that follows from the server's current one."""

from __future__ import annotations

import hmac

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

from docassemble_lite.settings import Secret
from docassemble_lite.store.server_keys import Renewed, ServerKeys


class CookieSessions(SecureCookieSessionInterface):
    """Signs with the current key, and takes what was signed with an earlier one, which is signed anew then.

    So nobody is signed out by a new key, and nobody who was there since then when the earlier one is forgotten.
    """

    def __init__(self, keys: ServerKeys) -> None:
        self._serializer = Renewed(keys, self._made)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer:
        return self._serializer.get()

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        session = super().open_session(app, request)
        if session and self._is_outdated(app, request.cookies.get(self.get_cookie_name(app), "")):
            session.modified = True
        return session

    def _is_outdated(self, app: Flask, cookie: str) -> bool:
        """Whether a cookie that is good was signed with an earlier key."""
        serializer = self.get_signing_serializer(app)
        if len(serializer.secret_keys) == 1:
            return False
        value, _, signature = cookie.rpartition(".")
        return not hmac.compare_digest(serializer.make_signer(serializer.salt).get_signature(value), signature.encode())

    def _made(self, keys: tuple[Secret, ...]) -> URLSafeTimedSerializer:
        # losing one doesn't give away the key of the server that it is made of; the last one is what is signed with
        derived = [hmac.digest(key, b"cookies", "sha256") for key in reversed(keys)]
        how = {"key_derivation": self.key_derivation, "digest_method": self.digest_method}
        return URLSafeTimedSerializer(derived, salt=self.salt, serializer=self.serializer, signer_kwargs=how)
