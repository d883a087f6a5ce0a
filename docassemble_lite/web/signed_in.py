"""Who is signed in, and what opens this person's sessions.

The cookie of a browser holds a random token. The store knows whose it is, and the token opens the person's secret. Of
somebody who isn't signed in the secret is in another cookie.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from flask import Flask, g, redirect, request, session, url_for
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from docassemble_lite.errors import LiteError
from docassemble_lite.host import Person
from docassemble_lite.store.people import SignIn
from docassemble_lite.web import security
from docassemble_lite.web.same_origin import same_origin_path
from docassemble_lite.web.services import services

# how long requests are good that were on their way when somebody signed in
_GRACE = timedelta(minutes=2)
#: The privileges of those who run the server: they see its background tasks.
RUNS_THE_SERVER = ("admin", "developer")

# where Flask-Login keeps what names the user, and whom it found
_TOKEN = "_user_id"
_USER = "_login_user"


class NotAllowed(LiteError):
    """You don't have the privilege that this needs."""


class SignedIn(UserMixin):
    """A person who is signed in, for Flask-Login. It knows the user by the token, never by a number alone."""

    def __init__(self, sign_in: SignIn, token: str) -> None:
        self.person = sign_in.person
        self.sign_in: SignIn | None = sign_in
        self._token = token

    def get_id(self) -> str:
        return self._token


class Nobody(AnonymousUserMixin):
    """Whoever isn't signed in."""

    person = Person()
    sign_in: SignIn | None = None


def init_app(app: Flask) -> None:
    # nothing is remembered but by the session; without a name there is no such cookie
    app.config["REMEMBER_COOKIE_NAME"] = ""
    # a template that shows nobody must not make the store be asked
    login = LoginManager(app, add_context_processor=False)
    # the record in the store ends a sign-in; an address that changes, as that of a phone does, doesn't
    login.session_protection = None
    login.anonymous_user = Nobody
    login.user_loader(_found)


def person() -> Person:
    """Who is signed in; nobody, whose `id` is None, if nobody is."""
    found: Person = current_user.person
    return found


def sign_in() -> SignIn | None:
    """Who is signed in, with what opens this person's sessions; None if nobody is."""
    found: SignIn | None = current_user.sign_in
    return found


def person_secret() -> bytes:
    """What opens the sessions of whoever is there."""
    found = sign_in()
    return found.secret if found else security.browser_secret()


def has_one_of(privileges: Iterable[str]) -> bool:
    """Whether somebody is signed in who has at least one of these privileges."""
    return not set(privileges).isdisjoint(person().privileges)


def assure_not_ended() -> None:
    """See to it that the browser's session knows nothing any more if whoever was signed in with it has signed out."""
    person()


def assume_nobody() -> None:
    """Ask the store no more who this is: it can't tell, and a page is to be shown all the same."""
    if _USER not in g:
        setattr(g, _USER, Nobody())


def begin(who: Person, password: str) -> SignIn:
    """Sign the person in, in this browser, who has shown the password. The sessions that it has begun come along.

    Nothing that somebody may have planted in the browser's session before is of use any more. Raises `WrongPassword` and
    `TooManyAtOnce`.
    """
    people = services().store.people
    sign_in = SignIn(who, people.unlock(who, password))
    token = people.log_in(sign_in)
    take_along(sign_in)
    _drop_login()
    security.renew_session()
    login_user(SignedIn(sign_in, token))
    # what binds the session to an address, which isn't done here
    session.pop("_id", None)
    return sign_in


def take_along(sign_in: SignIn) -> int:
    """Make the sessions that this browser began while nobody was signed in those of the person; how many they are."""
    hand_over = services().store.sessions.hand_over
    return hand_over(security.browser_secret(), sign_in.secret, sign_in.person.id, grace=_GRACE)


def end() -> None:
    """Sign out whoever is signed in, in this browser and on the server: a copy of its cookies opens nothing."""
    services().store.sessions.end_grace(security.browser_secret())
    _drop_login()
    logout_user()
    security.renew_browser()


def _drop_login() -> None:
    if _TOKEN in session:
        services().store.people.log_out(session[_TOKEN])


def only_for(privileges: Iterable[str], home: str) -> Response | None:
    """What keeps others away from a page: None for who has one of the privileges; others are asked to sign in.

    `home` is where a person goes on who had sent a form. Raises `NotAllowed` for somebody who is signed in.
    """
    if has_one_of(privileges):
        return None
    led_away = only_signed_in(home)
    if led_away is None:
        raise NotAllowed
    return led_away


def only_signed_in(home: str) -> Response | None:
    """What keeps those away from a page who aren't signed in: they are asked to; None for who is. `home` as in `only_for`."""
    if person().logged_in:
        return None
    wanted = request.full_path.rstrip("?") if request.method == "GET" else home
    return redirect(url_for("sign_in.show", next=same_origin_path(wanted) or None), 303)


def _found(token: str) -> SignedIn | None:
    found = services().store.people.who(token)
    if found is None:
        # a copy of a cookie, or a browser that was signed out elsewhere: shared sessions that it was in are as closed to it
        # as private ones; nor is the store asked again for every page
        security.end_session()
        return None
    return SignedIn(found, token)
