"""Makes pages: templates with what they need to know of the request."""

from __future__ import annotations

from typing import Any

from flask import flash, get_flashed_messages, render_template, request, url_for

from docassemble_lite.engine.leaving import LEAVING
from docassemble_lite.engine.page_code import NONCE_MARK
from docassemble_lite.engine.page_files import PageFiles
from docassemble_lite.engine.screen import Screen
from docassemble_lite.language.words import word
from docassemble_lite.store.tasks import OVER
from docassemble_lite.visit import Visited
from docassemble_lite.visit.addresses import interview_address
from docassemble_lite.visit.checkin import EMAILS
from docassemble_lite.visit.ways_out import WayOut, way_out_address
from docassemble_lite.web.files import jquery_version
from docassemble_lite.web.page import Link, Notice, PageContext
from docassemble_lite.web.same_origin import same_origin_path
from docassemble_lite.web.security import browser_id, csrf_token, nonce
from docassemble_lite.web.services import services
from docassemble_lite.web.signed_in import RUNS_THE_SERVER, has_one_of, person, person_secret
from docassemble_lite.web.speaking import language_of_person, speak

# pages to which nobody comes back after signing in, but goes on to where they lead
_LEADS_TO_SIGNING_IN = ("sign_in", "register", "forgotten", "leaving")
_STALE = "This page was out of date, so nothing that it sent was used. Here is where you are now."
# what actions said, among the messages of the browser's session
_KEPT = "action-"
_MOST_KEPT, _LONGEST_KEPT = 3, 300
_OLD_SOURCE = "The interview's file has a mistake; the last good version is in service."


def screen_page(visited: Visited, screen: Screen) -> str:
    """The page of a screen."""
    speak(screen.language)
    page = page_context(
        language=screen.language,
        interview=visited.interview,
        session=visited.session,
        action_url=interview_address(visited.interview),
        email_url=url_for("interview.email_documents", i=visited.interview),
        upload_url=url_for("interview.upload", i=visited.interview),
        back_allowed=visited.back_allowed,
        restart_url=interview_address(visited.interview, reset=1),
        parts=screen.parts,
        notice=_notice(visited),
        has_news=visited.has_news,
        flashes=_flashes(visited),
        **_files(visited),
        **_waiting(visited, screen),
        **_way_out(visited, screen),
    )
    return render_template("screen.html", screen=screen, page=page).replace(NONCE_MARK, page.nonce)


def _files(visited: Visited) -> dict[str, Any]:
    """What the interview brings along, and jQuery if it calls that."""
    files = visited.program.page_files if visited.program else PageFiles()
    return {"files": files, "jquery_url": url_for("files.jquery", v=jquery_version()) if files.uses_jquery else ""}


def keep_flashes(screen: Screen) -> None:
    """Have what an action said shown by the next page, to which its answer only leads on. A cookie has not much room."""
    for text, kind in screen.flashes[:_MOST_KEPT]:
        flash(text[:_LONGEST_KEPT], _KEPT + kind)


def _kept_flashes() -> tuple[tuple[str, str], ...]:
    kinds = [_KEPT + kind for kind in ("success", "info", "warning", "danger", "primary", "secondary")]
    kept: Any = get_flashed_messages(with_categories=True, category_filter=kinds)
    return tuple((text, kind.removeprefix(_KEPT)) for kind, text in kept)


def _way_out(visited: Visited, screen: Screen) -> dict[str, Any]:
    """Where one can sign in, or, in an interview that doesn't show that, where one can leave."""
    metadata = visited.program.metadata if visited.program else {}
    shown = metadata.get("show login")
    if shown is None:
        shown = services().settings.show_login
    if shown:
        back = interview_address(visited.interview)
        return {} if person().logged_in else {"sign_in_url": url_for("sign_in.show", next=back)}
    kind = screen.parts.get("exit link") or metadata.get("exit link") or "exit"
    way_out = WayOut(kind if kind in LEAVING else "leave", visited.interview, visited.session, browser_id())
    return {"sign_in_url": "", "exit_url": way_out_address(services().store.vault, way_out)}


def _flashes(visited: Visited) -> tuple[tuple[str, str], ...]:
    """What the last action said, and messages of tasks that are over, of which a browser without scripts learns this way."""
    if is_glance():
        return ()
    return (*_kept_flashes(), *_task_flashes(visited))


def _task_flashes(visited: Visited) -> tuple[tuple[str, str], ...]:
    # a script that fetches a screen learns of them by checking in, and may have shown them already
    if not visited.has_news or "X-Session" in request.headers:
        return ()
    texts = services().checkins.take_flashes(visited.session, person_secret(), browser_id())
    return tuple((text, "info") for text in texts)


def is_glance() -> bool:
    """Whether the page only looks what would be there, and shows nothing of it."""
    return "X-Glance" in request.headers


def _waiting(visited: Visited, screen: Screen) -> dict[str, Any]:
    """What a screen waits for: that which the interview looked at and found not to be over.

    A person who can go on by a button goes on by it, unless the author has the screen load again by itself, or its evaluation
    asked for the e-mails of the session.
    """
    watched = (f"{EMAILS}{visited.emails_seen}",) if visited.emails_seen else ()
    # nobody has to wait for documents that are being sent
    sending = screen.documents.emailing.tasks if screen.documents and screen.documents.emailing else ()
    awaits = tuple(task_id for task_id, state in visited.tasks.items() if state not in OVER and task_id not in sending)
    failed = any(state in ("failed", "revoked") for state in visited.tasks.values())
    watched = (*watched, *sending)
    if not screen.reload and screen.button_style != "none":
        return {"watches": watched}
    if awaits:
        return {"awaits": awaits, "watches": watched}
    if visited.has_open_tasks:
        # whoever can't go on otherwise may be waiting for any of them
        return {"watches": (*services().store.tasks.open_ids(visited.session), *watched)}
    return {"stalled": bool(failed and screen.reload), "watches": watched}


def page_context(**known: Any) -> PageContext:
    """What every page knows, and what this one knows besides."""
    settings = services().settings
    given = {"language": language_of_person(), **_account(known.get("action_url", "")), **known}
    return PageContext(
        app_name=settings.appname,
        csrf_token=csrf_token(),
        nonce=nonce(),
        debug=settings.debug,
        checkin_interval=settings.checkin_interval,
        list_url=url_for("lists.index"),
        word=word,
        **given,
    )


def _account(action_url: str) -> dict[str, Any]:
    """What a page shows of who is signed in, or where one can sign in and come back from to `action_url` or this page."""
    who = person()
    if who.logged_in:
        return {
            "email": who.email,
            "user_id": who.id,
            "name": f"{who.first_name} {who.last_name}".strip(),
            "account": _own_pages(),
            "sign_out_url": url_for("sign_in.sign_out"),
        }
    if not services().settings.show_login:
        return {}
    if request.blueprint in _LEADS_TO_SIGNING_IN:
        back = request.values.get("next", "")
    else:
        back = action_url or (request.full_path.rstrip("?") if request.method == "GET" else "")
    return {"sign_in_url": url_for("sign_in.show", next=same_origin_path(back) or None)}


def _own_pages() -> tuple[Link, ...]:
    """The pages that are for who is signed in."""
    pages = [Link(word("My interviews"), url_for("interviews.index")), Link(word("Profile"), url_for("profile.show"))]
    if has_one_of(("admin",)):
        pages.append(Link(word("People"), url_for("people.index")))
    if has_one_of(RUNS_THE_SERVER):
        pages.append(Link(word("Tasks"), url_for("tasks.index")))
    return tuple(pages)


def _notice(visited: Visited) -> Notice | None:
    if visited.notice:
        return Notice(word(_STALE), "warning")
    mistake = services().programs.mistake(visited.interview)
    if mistake is not None and services().settings.debug:
        return Notice(f"{word(_OLD_SOURCE)} {mistake}", "danger")
    return None
