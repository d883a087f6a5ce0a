"""Running pandoc and Typst: in processes of their own, in an empty folder, with bounds on time and memory."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from docassemble_lite.errors import DocumentError

#: Seconds that one program may take, and seconds of the processor; a document of hundreds of pages takes a few.
SECONDS = 60.0
PROCESSOR_SECONDS = 20
#: Megabytes of memory that one program may take.
MEGABYTES = 2048
_TYPESETTER = Path(__file__).with_name("typesetter.py")
# of what a program complains, so much is told
_TOLD = 500
# more at a time would only make each of them slower, and take memory
_turns = threading.BoundedSemaphore(max(2, os.cpu_count() or 2))


@contextmanager
def private_folder() -> Iterator[Path]:
    """An empty folder that nobody else may look into, until the end of the block."""
    with tempfile.TemporaryDirectory(prefix="dal-document-") as folder:
        yield Path(folder)


def pandoc(arguments: Sequence[str], given: bytes, folder: Path) -> bytes:
    """What pandoc makes of `given`; it reads no files but those that the arguments name. Raises `DocumentError`."""
    memory = ["+RTS", f"-M{MEGABYTES}m", "-RTS"]
    return _run("pandoc", [str(find_pandoc()), *memory, "--sandbox", "--quiet", *arguments], given, folder)


def typst(source: bytes, folder: Path, *, tagged: bool, all_fonts: bool = False, standard: str = "") -> bytes:
    """The PDF of a text for Typst, which sees no files but those of the folder. Raises `DocumentError`.

    With `all_fonts`, it looks through the fonts of the machine even if its own have all letters; `standard` is that of an
    archive ("a-2b").
    """
    return _typeset(source, folder, "tagged" if tagged else "pdf", str(int(all_fonts)), standard)


def typst_picture(source: bytes, folder: Path) -> bytes:
    """The first page of a text for Typst as a PNG. Raises `DocumentError`."""
    return _typeset(source, folder, "png")


def _typeset(source: bytes, folder: Path, *asked: str) -> bytes:
    # without what Python does at its start for the sake of other programs, it starts in half the time
    interpreter = [sys.executable, "-I", "-S", "-B"]
    limits = [str(MEGABYTES), str(PROCESSOR_SECONDS)]
    return _run("Typst", [*interpreter, str(_TYPESETTER), str(find_typst()), *limits, *asked], source, folder)


def _run(name: str, command: Sequence[str], given: bytes, folder: Path) -> bytes:
    # each thread would reserve memory that then counts against the bound
    threads = {"RAYON_NUM_THREADS": "2", "MALLOC_ARENA_MAX": "2"}
    environment = {"HOME": str(folder), "TMPDIR": str(folder), "LANG": "C.UTF-8", **threads}
    with _turns:
        try:
            done = subprocess.run(
                command, input=given, capture_output=True, cwd=folder, env=environment, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise DocumentError(f"It takes too long: {name} was stopped after {SECONDS:g} seconds.") from error
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip()[:_TOLD]
        raise DocumentError(f"{name} says: {said or f'exit code {done.returncode}'}")
    return done.stdout


@cache
def find_pandoc() -> Path:
    """The program that comes with the package pypandoc-binary, or one that is installed otherwise. Raises `DocumentError`."""
    found = importlib.util.find_spec("pypandoc")
    bundled = Path(found.origin).parent / "files" / "pandoc" if found and found.origin else None
    if bundled and bundled.is_file():
        return bundled
    elsewhere = shutil.which("pandoc")
    if elsewhere is None:
        raise DocumentError("Pandoc is missing. This installs it: pip install pypandoc-binary")
    return Path(elsewhere)


@cache
def find_typst() -> Path:
    """The folder that the package typst lies in. Raises `DocumentError`."""
    found = importlib.util.find_spec("typst")
    if found is None or found.origin is None:
        raise DocumentError("Typst is missing. This installs it: pip install typst")
    return Path(found.origin).parents[1]
