"""Files of scripts and styles that an interview brings into all of its pages (`features`), and whether it needs jQuery."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from docassemble_lite.engine.document import Section

if TYPE_CHECKING:
    from docassemble_lite.engine.program import Program

#: The features that name such files.
KINDS = ("javascript", "css")
# a page of ours: a path, and no other host
_ADDRESS = re.compile(r"/(?![/\\])")
_ELSEWHERE = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_JQUERY = re.compile(r"\$[(.]|\bjQuery\b")


@dataclass
class PageFiles:
    """Addresses of files, in the order in which they are loaded. `uses_jquery` is whether the interview mentions it."""

    javascript: list[str] = field(default_factory=list)
    css: list[str] = field(default_factory=list)
    uses_jquery: bool = False

    def note_text(self, text: str) -> None:
        """Look at a text of the interview for calls of jQuery. Where it only looks like one, jQuery is loaded in vain."""
        self.uses_jquery = self.uses_jquery or _JQUERY.search(text) is not None


def read_page_files(program: Program, features: Section) -> None:
    """Take over what a `features` section names; the files of several sections add up."""
    for kind in KINDS:
        value = features.get(kind)
        listed = value if isinstance(value, list) else [value] if value else []
        for item in listed:
            if not isinstance(item, str):
                raise features.mistake(kind, f"“{kind}” must name files.", f"Write “{kind}: name of a file”, or a list of names.")
            addresses = getattr(program.page_files, kind)
            address = _address(program, features, kind, item)
            if address is not None and address not in addresses:
                addresses.append(address)


def _address(program: Program, features: Section, kind: str, reference: str) -> str | None:
    """Where a browser finds the file; None, with a warning, where it can't be loaded."""
    if _ELSEWHERE.match(reference):
        program.warnings.append(
            features.mistake(
                kind,
                f"“{reference}” is on another server, and a page loads scripts and styles only from its own.",
                "Put the file into data/static of the package, or into a folder “static” beside the interview.",
            )
        )
        return None
    if _ADDRESS.match(reference):
        return reference
    source = features.place.source
    path = program.sources.data_file(reference, "static", source)
    address = program.sources.static_address(reference, source)
    if path is None or address is None:
        program.warnings.append(
            features.mistake(
                kind,
                f"There is no static file “{reference}”.",
                "It belongs into data/static of the package, or into a folder “static” beside the interview.",
            )
        )
        return None
    changed = _note_file(program, path, is_script=kind == "javascript")
    return f"{address}?v={changed}"


def _note_file(program: Program, path: Path, *, is_script: bool) -> str:
    """Have the interview be made anew when the file changes, so that its address changes, too; what tells its versions apart."""
    program.files[path] = path.stat().st_mtime_ns
    if is_script:
        program.page_files.note_text(path.read_text(encoding="utf-8", errors="replace"))
    return f"{program.files[path]:x}"
