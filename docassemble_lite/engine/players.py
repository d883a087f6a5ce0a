"""Sound and films: what `audio` and `video` of a question show."""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from docassemble_lite.engine.blocks.texts import BlockText
from docassemble_lite.engine.document import Items, Section
from docassemble_lite.engine.markup import to_html, unescape_typed
from docassemble_lite.engine.source import Source, Sources
from docassemble_lite.errors import SourceError
from docassemble_lite.language.words import word
from docassemble_lite.objects.file_names import extension_of, mimetype_of

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation

log = logging.getLogger(__name__)

KINDS = ("audio", "video")
# the same recording as other browsers may want it lies beside it, under the same name
_OTHERS = {"mp3": "ogg", "ogg": "mp3", "mp4": "ogv", "ogv": "mp4"}


class Players:
    """The players of a question or of a help text."""

    def __init__(self, section: Section) -> None:
        self.section = section
        self.texts = {kind: _texts(section, kind) for kind in KINDS if section.get(kind) is not None}

    def html(self, evaluation: Evaluation) -> str:
        """The players as they are now; empty if there are none. A file that isn't there is left out."""
        return "".join(self._player(kind, texts, evaluation) for kind, texts in self.texts.items())

    def _player(self, kind: str, texts: list[BlockText], evaluation: Evaluation) -> str:
        shown, sources = [], []
        for text in texts:
            raw = text.raw(evaluation.answers).strip()
            if raw.startswith("["):
                shown.append(to_html(raw))
            elif raw:
                sources += list(self._addresses(unescape_typed(raw), kind, evaluation.program.sources))
        return f'<div class="da-player">{"".join([*shown, _tag(kind, sources)])}</div>' if shown or sources else ""

    def _addresses(self, reference: str, kind: str, sources: Sources) -> Iterator[str]:
        if re.match(r"https?://", reference):
            yield reference
            return
        beside = self.section.place.source
        address = sources.static_address(reference, beside)
        if address is None:
            log.warning('action="recording_missing" place="%s"', self.section.value_place(kind))
            return
        yield address
        yield from _other(reference, sources, beside)

    def mistakes(self, sources: Sources) -> list[SourceError]:
        """What is to be said about files that aren't there, as far as their names are known."""
        beside = self.section.place.source
        return [
            self.section.mistake(
                kind,
                f"There is no static file “{reference}”.",
                "It belongs into data/static of the package, or into a folder “static” beside the interview.",
            )
            for kind, texts in self.texts.items()
            for text in texts
            if _is_file(reference := (text.constant or "").strip()) and sources.static_address(reference, beside) is None
        ]


def _is_file(reference: str) -> bool:
    return bool(reference) and not reference.startswith(("[", "https://", "http://"))


def _texts(section: Section, kind: str) -> list[BlockText]:
    value = section[kind]
    if isinstance(value, Items):
        return [BlockText(item, value.item_place(number)) for number, item in enumerate(value)]
    if isinstance(value, Section):
        raise section.mistake(kind, f"“{kind}” must be a file, or a list of files.", "For instance “welcome.mp3”.")
    return [BlockText(value, section.value_place(kind))]


def _other(reference: str, sources: Sources, beside: Source) -> Iterator[str]:
    extension = extension_of(reference)
    if extension in _OTHERS:
        address = sources.static_address(f"{reference[: -len(extension)]}{_OTHERS[extension]}", beside)
        if address is not None:
            yield address


def _tag(kind: str, addresses: list[str]) -> str:
    if not addresses:
        return ""
    sources = "".join(_source(address) for address in dict.fromkeys(addresses))
    link = f'<a href="{html.escape(addresses[0])}">{html.escape(word("Open the recording"))}</a>'
    return f'<{kind} class="damedia" controls preload="metadata">{sources}{link}</{kind}>'


def _source(address: str) -> str:
    kind = mimetype_of(extension_of(address.partition("?")[0]))
    said = f' type="{kind}"' if kind.startswith(KINDS) else ""
    return f'<source src="{html.escape(address)}"{said}>'
