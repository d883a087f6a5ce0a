"""`check`: what is wrong in interviews, for people and for continuous integration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from docassemble_lite.errors import AuthorError, LiteError
from docassemble_lite.settings import Settings

SUFFIXES = (".yml", ".yaml")
# folders with other things: metadata of documents, data
_BESIDE = frozenset({"templates", "sources", "static"})


def check(paths: Sequence[Path], settings: Settings) -> int:
    """Print every mistake of the interviews in `paths` (none: the folder of interviews); 1 if there was one."""
    from docassemble_lite.engine.program import check_file

    files = [(file, _root_of(file, folder, settings)) for file, folder in _interviews_in(paths or [settings.interviews])]
    # a file that several interviews include is found wrong in each of them, and shown once
    mistakes = dict.fromkeys(
        describe(mistake, file) for file, root in files for mistake in check_file(file, settings.packages, root)
    )
    for mistake in mistakes:
        print(mistake)
    counted = _count(len(files), "interview")
    print(f"{counted}, {_count(len(mistakes), 'mistake')}" if mistakes else f"{counted}, no mistakes")
    return 1 if mistakes else 0


def describe(mistake: AuthorError, checked: Path) -> str:
    """`file:line: message`, the line of the source and the hint, each on a line of its own as far as there is one."""
    place = str(_shortened(mistake.path or checked)) + (f":{mistake.line}" if mistake.line else "")
    shown = f"\n    {mistake.source_line.strip()}" if mistake.source_line else ""
    hint = f"\n  {mistake.hint}" if mistake.hint else ""
    return f"{place}: {mistake.message}{shown}{hint}"


def _interviews_in(paths: Iterable[Path]) -> Iterator[tuple[Path, Path]]:
    """Every interview file, with the folder in which it was looked for."""
    for path in paths:
        if path.is_dir():
            yield from (
                (file, path) for file in sorted(path.rglob("*")) if _is_interview(file.relative_to(path)) and file.is_file()
            )
        elif path.is_file():
            yield path, path.parent
        else:
            raise LiteError(f"There is no file or folder {path}.")


def _is_interview(path: Path) -> bool:
    return path.suffix in SUFFIXES and not any(part.startswith(".") or part in _BESIDE for part in path.parts)


def _root_of(file: Path, folder: Path, settings: Settings) -> Path:
    """The folder in which names of interviews begin, as seen by `file`."""
    return settings.interviews if file.resolve().is_relative_to(settings.interviews.resolve()) else folder


def _shortened(path: Path) -> Path:
    here = Path.cwd()
    return path.resolve().relative_to(here) if path.resolve().is_relative_to(here) else path


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
