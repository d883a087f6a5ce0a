"""A process of its own for one long document, which gives way to those that people wait for.

It is `python -m docassemble_lite.documents`, is told on its standard input what to make, and runs pandoc and Typst itself.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from docassemble_lite.documents.document import Document
from docassemble_lite.documents.programs import SECONDS, private_folder
from docassemble_lite.errors import DocumentError

# each of them has pandoc and Typst run, both bounded
_turns = threading.BoundedSemaphore(2)
_LONGEST = 2 * SECONDS


def make_aside(document: Document, formats: Sequence[str]) -> dict[str, bytes]:
    """The document in each of the formats. Raises `DocumentError`."""
    given = pickle.dumps((document, tuple(formats)))
    with _turns, private_folder() as folder:
        made = pickle.loads(_answer(given, folder))
    if isinstance(made, str):
        raise DocumentError(made)
    assert isinstance(made, dict)
    return made


def _answer(given: bytes, folder: Path) -> bytes:
    """What the process answers. Pandoc and Typst, and what they leave behind, end with it."""
    with subprocess.Popen(
        [sys.executable, "-m", __package__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"TMPDIR": str(folder)},
        start_new_session=True,
    ) as process:
        try:
            answer, _ = process.communicate(given, timeout=_LONGEST)
        except subprocess.TimeoutExpired as error:
            raise DocumentError(f"It takes too long: it was stopped after {_LONGEST:g} seconds.") from error
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    if process.returncode != 0:
        raise DocumentError(f"The process that made it ended with {process.returncode}.")
    return answer
