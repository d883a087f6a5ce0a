"""Who is signed in. The cookie of a browser holds a random token, and the store knows whose it is."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask, g, redirect, request, session, url_for
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from docassemble_lite.errors import LiteError
from docassemble_lite.host import Person
from docassemble_lite.web import security
from docassemble_lite.web.same_origin import same_origin_path
from docassemble_lite.web.services import services

#: The privileges of those who run the server: they see its background tasks.
RUNS_THE_SERVER = ("admin", "developer")

# where Flask-Login keeps what names the user, and whom it found
_TOKEN = "_user_id"
_USER = "_login_user"


class NotAllowed(LiteError):
    """You don't have the privilege that this needs."""


class SignedIn(UserMixin):
    """A person who is signed in, for Flask-Login. It knows the user by the token, never by a number alone."""

    def __init__(self, person: Person, token: str) -> None:
        self.person = person
        self._token = token

    def get_id(self) -> str:
        return self._token


class Nobody(AnonymousUserMixin):
    """Whoever isn't signed in."""

    person = Person()


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


def has_one_of(privileges: Iterable[str]) -> bool:
    """Whether somebody is signed in who has at least one of these privileges."""
    return not set(privileges).isdisjoint(person().privileges)


def assume_nobody() -> None:
    """Ask the store no more who this is: it can't tell, and a page is to be shown all the same."""
    if _USER not in g:
        setattr(g, _USER, Nobody())


def begin(who: Person) -> None:
    """Sign the person in, in this browser. Nothing that somebody may have planted in it before is of use any more."""
    end()
    login_user(SignedIn(who, services().store.people.log_in(who)))
    # what binds the session to an address, which isn't done here
    session.pop("_id", None)


def end() -> None:
    """Sign out whoever is signed in, in this browser and on the server: a copy of the cookie is worth nothing."""
    if _TOKEN in session:
        services().store.people.log_out(session[_TOKEN])
    logout_user()
    security.renew_session()


def only_for(privileges: Iterable[str], home: str) -> Response | None:
    """What keeps others away from a page: None for who has one of the privileges; others are asked to sign in.

    `home` is where a person goes on who had sent a form. Raises `NotAllowed` for somebody who is signed in.
    """
    if has_one_of(privileges):
        return None
    if not person().logged_in:
        wanted = request.full_path.rstrip("?") if request.method == "GET" else home
        return redirect(url_for("sign_in.show", next=same_origin_path(wanted) or None), 303)
    raise NotAllowed


def _found(token: str) -> SignedIn | None:
    who = services().store.people.who(token)
    if who is None:
        # so that the store isn't asked again for every page
        session.pop(_TOKEN, None)
        return None
    return SignedIn(who, token)
