"""The page around the interviews: the list of them."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from docassemble_lite.engine.program import Program
from docassemble_lite.errors import AuthorError, InterviewNotFound
from docassemble_lite.visit.addresses import interview_address
from docassemble_lite.web.doors import may_see
from docassemble_lite.web.pages import page_context
from docassemble_lite.web.plain_pages import InterviewCard
from docassemble_lite.web.services import services

blueprint = Blueprint("lists", __name__)


@blueprint.get("/")
def root() -> Response | str:
    default = services().settings.default_interview
    return redirect(interview_address(default)) if default else index()


@blueprint.get("/list")
def index() -> str:
    """The interviews under the interviews folder."""
    names = services().programs.sources.names()
    cards = [card for name in names if (card := _card(name)) is not None]
    return render_template("index.html", interviews=cards, page=page_context())


def _card(name: str) -> InterviewCard | None:
    """An interview on the list; None for a file that others include, which has no metadata of its own."""
    try:
        program = services().programs.get(name)
    except (AuthorError, InterviewNotFound) as error:
        place = f"{error.source}:{error.line}" if isinstance(error, AuthorError) else ""
        return InterviewCard(name=name, title=name, problem=error.message, place=place)
    if not may_see(program) or not _has_tag(program, request.args.get("tag", "")):
        return None
    description = str(program.metadata.get("description") or "")
    return InterviewCard(name=name, title=program.title, start_url=interview_address(name), description=description)


def _has_tag(program: Program, tag: str) -> bool:
    """Whether the interview has the tag of the address; every one has where the address names none."""
    return not tag or tag in program.tags
