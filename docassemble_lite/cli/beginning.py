"""`init`: a folder of one's own, with a configuration and a first interview."""

from __future__ import annotations

import shlex
import shutil
import sys
from importlib.resources import as_file, files
from pathlib import Path

from docassemble_lite.errors import LiteError

FILES = ("config.yml", "interviews/first.yml")


class AlreadyThere(LiteError):
    """Nothing was written, because it is there already."""


def begin(folder: Path) -> int:
    """Write the first files into `folder`, which need not exist; existing ones are never touched."""
    existing = [folder / name for name in FILES if (folder / name).exists()]
    if existing:
        verb = "is" if len(existing) == 1 else "are"
        raise AlreadyThere(
            f"Nothing was written, because {' and '.join(map(str, existing))} {verb} there already. Choose another folder."
        )
    try:
        for name in FILES:
            _write(folder / name, name)
    except OSError as error:
        raise LiteError(f"{error.filename or folder} can't be written: {error.strerror}.") from error
    print("Made " + " and ".join(str(folder / name) for name in FILES) + ".")
    print("Start the server, then edit the interview while it runs:\n")
    if folder.resolve() != Path.cwd():
        print(f"    cd {shlex.quote(str(folder))}")
    print(f"    {_python()} -m docassemble_lite run")
    return 0


def _python() -> str:
    """How to call this interpreter from any folder: by its short name if that is the one that a shell finds."""
    return "python" if shutil.which("python") == sys.executable else shlex.quote(sys.executable)


def _write(target: Path, name: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with as_file(files("docassemble_lite.cli") / "first" / name) as source, target.open("x", encoding="utf-8") as out:
        out.write(source.read_text(encoding="utf-8"))
