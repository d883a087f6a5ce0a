"""A compiled interview: its blocks in order, and which block can define which name.

A program is made once a process and shared by all sessions; `Programs` makes it anew when one of its files has changed.
"""

from __future__ import annotations

import difflib
import importlib
import logging
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from docassemble_lite.engine.access import Access
from docassemble_lite.engine.allowed_actions import AllowedActions
from docassemble_lite.engine.blocks.block import Block
from docassemble_lite.engine.blocks.code import CodeBlock
from docassemble_lite.engine.blocks.document_looks import Looks
from docassemble_lite.engine.blocks.kinds import make_block, odd_keys
from docassemble_lite.engine.blocks.reset import ResetBlock
from docassemble_lite.engine.blocks.texts import BlockText
from docassemble_lite.engine.defs import known_defs, using_defs
from docassemble_lite.engine.directives import DIRECTIVES, ScreenParts
from docassemble_lite.engine.document import Section, read_sections
from docassemble_lite.engine.help import Help
from docassemble_lite.engine.images import Image
from docassemble_lite.engine.library import library
from docassemble_lite.engine.modules import make_importable, package_of
from docassemble_lite.engine.names import parts_of
from docassemble_lite.engine.page_files import PageFiles
from docassemble_lite.engine.sections import Sections
from docassemble_lite.engine.source import Source, Sources
from docassemble_lite.engine.translations import Translations, known_translations
from docassemble_lite.errors import AuthorError, InterviewNotFound, SourceError

log = logging.getLogger(__name__)

#: Packages whose modules interviews use without importing them, because another part of a server has done so.
_PARTS = {"PIL": ("PIL.Image", "PIL.ImageDraw", "PIL.ImageFont", "PIL.ImageOps")}

#: What logs and numbers call an action that the interview doesn't have.
OTHER_ACTION = "other"


@dataclass
class Program:
    """One compiled interview. Nothing changes it once it is made."""

    name: str
    source: Source
    sources: Sources
    blocks: list[Block] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    access: Access = field(default_factory=Access)
    features: dict[str, Any] = field(default_factory=dict)
    # kind (“terms”, “auto terms”) → language → phrase → definition
    terms: dict[str, dict[str, dict[str, BlockText]]] = field(default_factory=dict)
    # name → Mako of the “def” blocks so far
    defs: dict[str, str] = field(default_factory=dict)
    # of the “translations” blocks so far
    translations: Translations = field(default_factory=dict)
    # language → the texts that all screens have as help
    help: dict[str, list[Help]] = field(default_factory=dict)
    sections: Sections = field(default_factory=Sections)
    parts: ScreenParts = field(default_factory=ScreenParts)
    page_files: PageFiles = field(default_factory=PageFiles)
    allowed_actions: AllowedActions = field(default_factory=AllowedActions)
    builtins: dict[str, Any] = field(default_factory=dict)
    # mistakes that don't keep the interview from running
    warnings: list[SourceError] = field(default_factory=list)
    # the files it was made of, with the time of their last change
    files: dict[Path, int] = field(default_factory=dict)
    file_names: dict[str, Path] = field(default_factory=dict)
    default_language: str = "*"
    # who is asked what names no roles of its own; nobody in particular if there are none
    default_roles: list[str] = field(default_factory=list)
    images: dict[str, Image] = field(default_factory=dict)
    orders: list[list[str]] = field(default_factory=list)
    # how documents look that say nothing else
    document_looks: Looks = field(default_factory=Looks)
    loop_limit: int = 500
    recursion_limit: int = 300

    # made by `finish()`
    walked: list[Block] = field(default_factory=list)
    resets: list[ResetBlock] = field(default_factory=list)
    always_reconsidered: list[Block] = field(default_factory=list)
    handles_actions: bool = False
    # how far questions say that one has got
    progress_marks: list[float] = field(default_factory=list)
    dependents: dict[str, list[Block]] = field(default_factory=dict)
    _by_name: dict[str, list[Block]] = field(default_factory=dict)
    _generic: dict[str, dict[str, list[Block]]] = field(default_factory=dict)
    _named: dict[str, Block] = field(default_factory=dict)
    _sorted: dict[tuple[str, str, str], list[Block]] = field(default_factory=dict)

    def finish(self) -> None:
        """Index the blocks, once all files are read."""
        for block in self.blocks:
            self._named[block.name] = block
            self._note_progress(block)
            if isinstance(block, ResetBlock):
                self.resets.append(block)
            if block.mandatory is not False or block.initial is not False:
                self.walked.append(block)
            if block.reconsidered_always:
                self.always_reconsidered.append(block)
            if isinstance(block, CodeBlock) and block.handles_actions:
                self.handles_actions = True
            for name in block.sought_for:
                if block.generic:
                    self._generic.setdefault(name, {}).setdefault(block.generic, []).append(block)
                else:
                    self._by_name.setdefault(name, []).append(block)
            for name in block.depends_on:
                self.dependents.setdefault(name, []).append(block)
        self.warnings += self.allowed_actions.unanswered(self)

    def _note_progress(self, block: Block) -> None:
        progress = block.section.get("progress")
        if isinstance(progress, (int, float)):
            self.progress_marks.append(float(progress))

    def named(self, name: str) -> Block | None:
        """The block that the bookkeeping of answered blocks calls `name`."""
        return self._named.get(name)

    def blocks_for(self, name: str, language: str) -> list[Block]:
        """The blocks registered under a name, first the one to be tried first."""
        return self._in_order(("", name, language), self._by_name.get(name, ()))

    def has_blocks_for(self, name: str) -> bool:
        """Whether any block is registered under the name."""
        return name in self._by_name or name in self._generic

    def has_generic(self, name: str) -> bool:
        """Whether any generic block is registered under the name."""
        return name in self._generic

    def generic_blocks_for(self, class_name: str, name: str, language: str) -> list[Block]:
        """The blocks for objects of a class registered under a name that begins with x."""
        return self._in_order((class_name, name, language), self._generic.get(name, {}).get(class_name, ()))

    def _in_order(self, key: tuple[str, str, str], blocks: Iterable[Block]) -> list[Block]:
        if key not in self._sorted:
            later_first = list(reversed(list(blocks)))
            languages = [key[2], "*"] if key[2] != "*" else ["*"]
            by_language = [block for wanted in languages for block in later_first if block.language == wanted]
            self._sorted[key] = self._with_precedence(by_language)
        return self._sorted[key]

    def _with_precedence(self, blocks: list[Block]) -> list[Block]:
        """Blocks that supersede others before them, then those of `order` blocks as these say."""
        result = list(blocks)
        for block in blocks:
            positions = [n for n, other in enumerate(result) if other.id and other.id in block.supersedes]
            if positions and positions[0] < result.index(block):
                result.remove(block)
                result.insert(positions[0], block)
        for order in self.orders:
            places = [n for n, block in enumerate(result) if block.id in order]
            ranked = sorted((result[n] for n in places), key=lambda block: order.index(block.id))
            for place, block in zip(places, ranked, strict=True):
                result[place] = block
        return result

    def is_instance(self, value: Any, class_name: str) -> bool:
        """Whether a value is an object of the class of that name."""
        return any(cls.__name__ == class_name for cls in type(value).__mro__)

    def similar_names(self, name: str) -> str:
        """Names that are defined somewhere and look like `name`; empty if there is none."""
        near = difflib.get_close_matches(name, [*self._by_name], n=2, cutoff=0.7)
        return " or ".join(f"“{word}”" for word in near)

    def note_file(self, file: Source) -> None:
        """Have the program made anew when the file changes."""
        self.files[file.path] = _changed(file.path)
        self.file_names[file.name] = file.path

    def path_of(self, source_name: str) -> Path | None:
        """The file of one of its sources."""
        return self.file_names.get(source_name)

    def first_mention(self, name: str) -> tuple[str, int] | None:
        """(name of the source, line) at which a variable is first mentioned in a text or in code."""
        if not name:
            return None
        last = parts_of(name)[-1].lstrip(".")
        for source_name, path in self.file_names.items():
            if path.is_file():
                for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
                    if name in line or (last != name and f".{last}" in line):
                        return source_name, number
        return None

    @property
    def title(self) -> str:
        """The title of the metadata, or the file's name."""
        title = self.metadata.get("title")
        if isinstance(title, Mapping):
            title = next(iter(title.values()), "")
        return str(title or self.source.path.stem.replace("_", " ").replace("-", " "))

    @property
    def error_action(self) -> str:
        """The action that is run when the interview fails; empty if it names none."""
        return str(self.metadata.get("error action") or "").strip()

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags of the metadata, in their order."""
        tags = self.metadata.get("tags")
        return tuple(dict.fromkeys(str(tag) for tag in tags)) if isinstance(tags, list) else ()

    def is_current(self) -> bool:
        """Whether none of its files has changed since it was made."""
        return all(_changed(path) == moment for path, moment in self.files.items())


class _Builder:
    """Reads the files of one interview."""

    def __init__(self, name: str, sources: Sources) -> None:
        source = sources.find(name)
        self.sources = sources
        make_importable(sources)
        self.program = Program(source.name, source, sources, builtins=dict(library()))

    def build(self) -> Program:
        with known_defs(self.program.defs), known_translations(self.program.translations):
            self.read(self.program.source)
        self.program.finish()
        return self.program

    def read(self, source: Source) -> None:
        """Add a file; one that has been read already is skipped."""
        if source.path in self.program.files:
            return
        self.program.note_file(source)
        self.program.page_files.note_text("\n".join(source.lines))
        for section in read_sections(source):
            self.add(section, source)

    def add(self, section: Section, source: Source) -> None:
        for key, directive in DIRECTIVES.items():
            if key in section:
                directive(self.program, section)
        self._include(section, source)
        self._import(section, source)
        with using_defs(section):
            block = make_block(section, len(self.program.blocks), self.program.default_language)
            files = block.read_files(self.sources) if block is not None else []
        if block is not None:
            self.program.blocks.append(block)
        for file in files:
            self.program.note_file(file)
        known = frozenset(DIRECTIVES) | {"include", "modules", "imports"}
        self.program.warnings += odd_keys(section, block, known)

    def _include(self, section: Section, source: Source) -> None:
        for name in _list_at(section, "include"):
            try:
                included = self.sources.find(str(name), beside=source)
            except InterviewNotFound as error:
                raise section.mistake(
                    "include", error.message, "Write the name as folder/file.yml or package:data/questions/file.yml."
                ) from error
            self.read(included)

    def _import(self, section: Section, source: Source) -> None:
        for name in _list_at(section, "modules"):
            module = self._module(str(name), section, source, "modules")
            if module is not None:
                names = getattr(module, "__all__", None) or [n for n in vars(module) if not n.startswith("_")]
                self.program.builtins.update({n: getattr(module, n) for n in names})
        for name in _list_at(section, "imports"):
            module = self._module(str(name), section, source, "imports")
            if module is not None:
                top = str(name).partition(".")[0]
                self.program.builtins[top] = importlib.import_module(top)
                for part in _PARTS.get(str(name), ()):
                    importlib.import_module(part)

    def _module(self, name: str, section: Section, source: Source, key: str) -> ModuleType | None:
        """A Python module; None where the name stands for what interviews have anyway."""
        if name.startswith("."):
            name = f"{package_of(source)}{name}"
        if name.split(".")[:2] == ["docassemble", "base"]:
            return None
        try:
            return importlib.import_module(name)
        except ImportError as error:
            raise section.mistake(
                key, f"The module “{name}” can't be imported: {error}.", "Install the package that has it, or correct its name."
            ) from error
        except Exception as error:
            raise section.mistake(
                key, f"The module “{name}” can't be imported: {type(error).__name__}: {error}.", "Correct the module."
            ) from error


def _list_at(section: Section, key: str) -> list[Any]:
    value = section.get(key)
    if value is None:
        return []
    if isinstance(value, Mapping):
        raise section.mistake(key, f"“{key}” must be a list of names.", f"Write “{key}:” and below it “- name”.")
    return list(value) if isinstance(value, list) else [value]


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return -1


class Programs:
    """The programs of this process. A file that has changed and can't be read leaves the last good program in service."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        # before any answers are read that may hold objects of their classes
        make_importable(sources)
        self._programs: dict[str, Program] = {}
        # the program's name -> (state of the files, mistake) of the last attempt that failed
        self._failed: dict[str, tuple[tuple[int, ...], AuthorError]] = {}
        self._lock = threading.Lock()

    def get(self, name: str) -> Program:
        """The program of that name as its files are now, or the last good one.

        Raises `InterviewNotFound`, or `SourceError` if there has been no good one.
        """
        if name not in self._programs:
            # a file can be named in any number of ways (./a.yml, ././a.yml); only one program is kept of it
            name = self.sources.find(name).name
        program = self._programs.get(name)
        if program is not None and program.is_current():
            self._failed.pop(name, None)
            return program
        with self._lock:
            return self._made(name)

    def known_action(self, name: str, action: str) -> str:
        """What logs and numbers call an action: its name if the program of that name has it, and was given by `get`.

        Code can make the name of an action of what somebody typed. Nothing is compiled for it, which would run code of authors.
        """
        program = self._programs.get(name)
        return action if program is not None and program.has_blocks_for(action) else OTHER_ACTION

    def mistake(self, name: str) -> AuthorError | None:
        """Why the last good program is in service instead of the files as they are; None if it isn't."""
        failed = self._failed.get(name)
        return failed[1] if failed else None

    def _made(self, name: str) -> Program:
        old = self._programs.get(name)
        state = tuple(_changed(path) for path in old.files) if old else ()
        failed = self._failed.get(name)
        if old and failed and failed[0] == state:
            return old
        try:
            program = _Builder(name, self.sources).build()
        except (AuthorError, InterviewNotFound) as error:
            if old is None:
                raise
            mistake = error if isinstance(error, AuthorError) else AuthorError(error.message, source=name)
            self._failed[name] = (state, mistake)
            log.error('action="last_good_version" %s', mistake)
            return old
        self._failed.pop(name, None)
        self._programs[name] = program
        self._programs[program.name] = program
        return program


def build(name: str, sources: Sources) -> Program:
    """Compile an interview. Raises `InterviewNotFound` or `SourceError`."""
    return _Builder(name, sources).build()


def check_file(path: Path, packages: Mapping[str, Path], root: Path) -> list[AuthorError]:
    """Every mistake of one file under the folder `root` that can be found without running it."""
    sources = Sources(root, packages)
    try:
        program = build(path.resolve().relative_to(root.resolve()).as_posix(), sources)
    except AuthorError as error:
        return [error]
    return list(program.warnings)
