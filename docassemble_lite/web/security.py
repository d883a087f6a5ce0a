"""What every request and every answer goes through: who asks, that the form is ours, what the browser may load."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from flask import Flask, Response, abort, g, request, session

from docassemble_lite.visit.addresses import from_address, in_address
from docassemble_lite.web.services import services

#: The cookie that holds what opens an anonymous person's sessions. It is never stored on the server.
SECRET_COOKIE = "secret"
#: What a cookie's name begins with that a browser takes from nobody but this very host, and never without HTTPS.
HOST_PREFIX = "__Host-"
_SECRET_BYTES = 32
# forms that were open when somebody signed in, and are still good: they answer an interview, and do nothing with the account
_OPEN_FORMS = ("interview.answer", "interview.email_documents", "checkin.check_in", "interview.variables")
#: Seconds that a browser keeps a cookie; none keeps one for longer.
COOKIE_AGE = 400 * 24 * 3600


def init_app(app: Flask) -> None:
    app.before_request(check_form)
    app.after_request(finish_response)


# --- the browser's secret ----------------------------------------------------------------------------------------------


def browser_secret() -> bytes:
    """What opens the sessions that this browser begins while nobody is signed in; made at the first visit."""
    if "secret" not in g:
        g.secret = _from_cookie() or _new_secret()
    return bytes(g.secret)


def browser_id() -> str:
    """Ten characters that tell this browser from others in the same session."""
    return hashlib.sha256(b"browser" + browser_secret()).hexdigest()[:10]


def _from_cookie() -> bytes | None:
    text = request.cookies.get(_secret_cookie(), "")
    try:
        secret = from_address(text)
    except ValueError:
        return None
    return secret if len(secret) == _SECRET_BYTES else None


def _secret_cookie() -> str:
    return HOST_PREFIX + SECRET_COOKIE if services().settings.behind_https_load_balancer else SECRET_COOKIE


def _new_secret() -> bytes:
    secret = secrets.token_bytes(_SECRET_BYTES)
    g.new_secret = secret
    return secret


# --- forms are ours ----------------------------------------------------------------------------------------------------


def csrf_token() -> str:
    """The token that every form of this browser carries."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(18)
        session.permanent = True
    return str(session["csrf"])


def renew_session() -> None:
    """Begin the browser's session anew: nobody who knew it before knows a token for its forms now.

    Which sessions of interviews the browser is in stays, and pages of these that are open in other tabs can be sent.
    """
    open_pages = session.get("csrf")
    _keep("sessions", "earlier")
    if open_pages:
        session["csrf_of_open_pages"] = open_pages


def end_session() -> None:
    """Have the browser's session know neither who was signed in nor which sessions of interviews it was in."""
    _keep("csrf", "csrf_of_open_pages")


def _keep(*names: str) -> None:
    """Have the browser's session hold nothing but these."""
    kept = {name: session[name] for name in names if name in session}
    session.clear()
    session.update(kept)
    session.permanent = True


def renew_browser() -> None:
    """Make the browser one that nobody has used before: it knows no session, and opens none."""
    session.clear()
    g.secret = _new_secret()


def check_form() -> None:
    """Refuse what changes something and doesn't come from a page of ours."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    given = request.form.get("csrf_token") or request.headers.get("X-CSRFToken") or ""
    good = [session.get("csrf")]
    if request.endpoint in _OPEN_FORMS:
        good.append(session.get("csrf_of_open_pages"))
    if not any(hmac.compare_digest(given.encode(), token.encode()) for token in good if token):
        abort(403, "csrf")


# --- what the browser may load -----------------------------------------------------------------------------------------


def nonce() -> str:
    """What allows a script of this page."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(12)
    return str(g.nonce)


def finish_response(response: Response) -> Response:
    """Set the person's cookie, and the headers that bound what a page can do."""
    if "new_secret" in g:
        value = in_address(g.new_secret)
        secure = services().settings.behind_https_load_balancer
        response.set_cookie(_secret_cookie(), value, max_age=COOKIE_AGE, httponly=True, samesite="Lax", secure=secure)
    headers = response.headers
    if response.mimetype == "text/html":
        # a file of a package has a stricter one
        headers.setdefault("Content-Security-Policy", _policy())
        headers["Cache-Control"] = "no-store"
    elif (response.mimetype or "").endswith("xml"):
        # SVG and XHTML run scripts, too
        headers.setdefault("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _policy() -> str:
    return (
        f"default-src 'self'; script-src 'self' 'nonce-{nonce()}'; style-src 'self' 'nonce-{nonce()}'; "
        "style-src-attr 'unsafe-inline'; "
        "img-src 'self' data: https:; media-src 'self' https:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'; frame-src https:; connect-src 'self'"
    )
