"""LibreOffice, where it is installed: word processing files to PDF.

It runs in a process of its own with bounds on time and memory, in an empty folder, with settings of its own that keep it
from following links to other files and from running macros.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path

from docassemble_lite.documents.packages import packed, parts_of
from docassemble_lite.documents.programs import private_folder
from docassemble_lite.errors import DocumentError

#: Seconds that one conversion may take; beginning takes two of them.
SECONDS = 60
#: Megabytes of memory that it may take, most of which is only reserved.
MEGABYTES = 6144
#: What can be converted.
CONVERTIBLE = ("docx", "doc", "odt", "rtf")
_LIMITED = Path(__file__).with_name("limited.py")
# each of them takes a processor and hundreds of megabytes
_turns = threading.BoundedSemaphore(2)
_OUTSIDE = re.compile(rb"<Relationship\b[^>]*\bTargetMode\s*=\s*[\"']External[\"'][^>]*?(?:/>|></Relationship>)", re.IGNORECASE)
# what keeps it from running macros and from reading other files
_SETTINGS = {
    ("Office.Common/Security/Scripting", "MacroSecurityLevel"): "3",
    ("Office.Common/Security/Scripting", "DisableMacrosExecution"): "true",
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks"): "true",
    ("Office.Common/Security/Scripting", "DisableActiveContent"): "true",
    ("Office.Writer/Content/Update", "Link"): "2",
}


@cache
def is_installed() -> bool:
    """Whether LibreOffice is there."""
    return _program() is not None


def to_pdf(content: bytes, extension: str, *, tagged: bool = True, archive: bool = False, update: bool = False) -> bytes:
    """A word processing file as a PDF; `archive` makes a PDF/A, `update` brings tables of contents up to date first.

    Raises `DocumentError`, also where LibreOffice is missing.
    """
    if extension not in CONVERTIBLE:
        raise DocumentError(f"A file of the kind {extension} can't become a PDF.")
    options: dict[str, object] = {"UseTaggedPDF": {"type": "boolean", "value": str(tagged).lower()}}
    if archive:
        options["SelectPdfVersion"] = {"type": "long", "value": "2"}
    target = f"pdf:writer_pdf_Export:{json.dumps(options)}"
    if extension == "docx":
        content = _with_updates(_self_contained(content)) if update else _self_contained(content)
    return convert(content, extension, "pdf", target)


def convert(content: bytes, extension: str, wanted: str, target: str = "") -> bytes:
    """A file in another format. Raises `DocumentError`."""
    program = _program()
    if program is None:
        raise DocumentError("LibreOffice is missing. On Debian this installs it: apt-get install libreoffice-writer-nogui")
    with private_folder() as folder:
        profile = folder / "profile" / "user"
        profile.mkdir(parents=True)
        (profile / "registrymodifications.xcu").write_text(_settings(), encoding="utf-8")
        source = folder / f"document.{extension}"
        source.write_bytes(content)
        arguments = ["--headless", "--norestore", "--nolockcheck", "--nodefault", "--nologo", "--nofirststartwizard"]
        command = [program, f"-env:UserInstallation=file://{folder / 'profile'}", *arguments]
        with _turns:
            said = _run([*command, "--convert-to", target or wanted, "--outdir", str(folder / "made"), str(source)], folder)
        made = folder / "made" / f"document.{wanted}"
        if not made.is_file():
            raise DocumentError(f"LibreOffice can't convert it{f': {said}' if said else '.'}")
        return made.read_bytes()


def _settings() -> str:
    items = "".join(
        f'<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}"><value>{value}</value></prop></item>'
        for (path, name), value in _SETTINGS.items()
    )
    return f'<oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>'


def _run(command: list[str], folder: Path) -> str:
    """Run it to its end, and take its children with it if that takes too long; what it complains of."""
    environment = {"HOME": str(folder), "TMPDIR": str(folder), "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"}
    limited = [sys.executable, "-I", "-S", "-B", str(_LIMITED), str(MEGABYTES), str(SECONDS * 2)]
    process = subprocess.Popen(
        [*limited, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=environment,
        start_new_session=True,
    )
    try:
        return process.communicate(timeout=SECONDS)[1].decode("utf-8", "replace").strip()[:500]
    except subprocess.TimeoutExpired as error:
        raise DocumentError(f"It takes too long: LibreOffice was stopped after {SECONDS} seconds.") from error
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@cache
def _program() -> str | None:
    """The script that starts it: the program itself ends after its first start, to be started again."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def _self_contained(content: bytes) -> bytes:
    """A DOCX without parts that lie elsewhere: it could have this machine read its files, or ask others. Links stay."""
    parts = parts_of(content)
    for name in parts:
        if name.endswith(".rels"):
            parts[name] = _OUTSIDE.sub(lambda match: match[0] if b"/hyperlink" in match[0] else b"", parts[name])
    return packed(parts)


def _with_updates(content: bytes) -> bytes:
    """A DOCX whose tables of contents are made anew when it is opened."""
    parts = parts_of(content)
    settings = parts.get("word/settings.xml")
    if settings and b"updateFields" not in settings:
        parts["word/settings.xml"] = re.sub(rb"(<w:settings\b[^>]*>)", rb'\1<w:updateFields w:val="true"/>', settings, count=1)
    return packed(parts)
