"""In which language pages speak: an interview's in that of its screen, all others in that of the person's profile."""

from __future__ import annotations

from flask import Flask, g

from docassemble_lite.host import Current, begin, end
from docassemble_lite.language.words import is_translated
from docassemble_lite.web.services import services
from docassemble_lite.web.signed_in import person

_STATE = "speaking"


class _Speaking(Current):
    """What functions of the language go by while a page is made that no evaluation makes."""

    def __init__(self) -> None:
        super().__init__()
        self._spoken = ""

    @property
    def language(self) -> str:
        return self._spoken or language_of_person()

    @language.setter
    def language(self, language: str) -> None:
        self._spoken = language


def init_app(app: Flask) -> None:
    app.before_request(_begin)
    app.teardown_request(_end)


def speak(language: str) -> None:
    """Have the page of this request speak the language of its screen."""
    if _STATE in g:
        getattr(g, _STATE).language = language


def language_of_person() -> str:
    """The language of the person's profile, if there are words of it; otherwise that of the server."""
    wanted = person().language
    return wanted if wanted and is_translated(wanted) else services().settings.language


def _begin() -> None:
    setattr(g, _STATE, begin(_Speaking()))


def _end(_: BaseException | None) -> None:
    state = g.pop(_STATE, None)
    if state is not None:
        end(state)
