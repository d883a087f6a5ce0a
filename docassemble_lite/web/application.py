"""Puts the web application together."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_bootstrap import Bootstrap5
from werkzeug.middleware.proxy_fix import ProxyFix

from docassemble_lite.broker import Broker
from docassemble_lite.engine.program import Programs
from docassemble_lite.engine.source import Sources
from docassemble_lite.health import Health
from docassemble_lite.pokes import open_pokes
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import open_store
from docassemble_lite.store.pictures import Pictures
from docassemble_lite.store.server_keys import server_keys
from docassemble_lite.visit import Surroundings, Visits
from docassemble_lite.visit.checkin import CheckIns
from docassemble_lite.web import (
    checkin,
    doors,
    errors,
    files,
    forgotten,
    health,
    interview,
    interviews,
    leaving,
    lists,
    observing,
    opening,
    password,
    people,
    person,
    privileges,
    profile,
    recovery,
    registering,
    security,
    sign_in,
    signed_in,
    speaking,
    tasks,
    temporary_links,
    uploaded_files,
    ways_out,
)
from docassemble_lite.web.cookies import CookieSessions
from docassemble_lite.web.form import Request
from docassemble_lite.web.services import EXTENSION, Services

_ACCOUNTS = (registering, recovery, profile, password, leaving, forgotten, people, person, privileges)
_WAYS = (ways_out, temporary_links)


def create_app(settings: Settings) -> Flask:
    """The WSGI application of a server. The store's tables must be there."""
    app = Flask("docassemble_lite.web", root_path=str(Path(__file__).parent))
    app.config.update(
        SESSION_COOKIE_NAME=(security.HOST_PREFIX if settings.behind_https_load_balancer else "") + "da_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.behind_https_load_balancer,
        # as long as the cookie that opens the sessions; signing it anew for every page would cost more than reading it
        PERMANENT_SESSION_LIFETIME=security.COOKIE_AGE,
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=settings.maximum_content_length,
        MAX_FORM_MEMORY_SIZE=settings.maximum_content_length,
        MAX_FORM_PARTS=5000,
        BOOTSTRAP_SERVE_LOCAL=True,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.request_class = Request
    app.session_interface = CookieSessions(server_keys(settings.data))
    app.jinja_env.trim_blocks = True
    if settings.behind_https_load_balancer:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    store = open_store(settings, app)
    programs = Programs(Sources(settings.interviews, settings.packages))
    broker = Broker(settings)
    surroundings = Surroundings(store, programs, settings, broker, open_pokes(settings))
    app.extensions[EXTENSION] = Services(
        settings=settings,
        store=store,
        programs=programs,
        surroundings=surroundings,
        visits=Visits(surroundings),
        checkins=CheckIns(surroundings),
        health=Health(settings, broker),
        pictures=Pictures(store.vault),
    )
    Bootstrap5(app)
    speaking.init_app(app)
    observing.init_app(app, settings)
    signed_in.init_app(app)
    security.init_app(app)
    opening.init_app(app)
    errors.init_app(app)
    doors.init_app(app)
    for concern in (health, interview, checkin, interviews, lists, files, uploaded_files, sign_in, tasks, *_WAYS, *_ACCOUNTS):
        app.register_blueprint(concern.blueprint)
    return app
