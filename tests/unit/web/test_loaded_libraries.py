"""What a web process and a worker have loaded before anybody needs it: nothing that is only for files and documents."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import docassemble_lite

#: Each takes megabytes, or a good part of the second in which a server starts.
HEAVY = (
    "PIL",
    "aiosmtpd",
    "docx",
    "docxcompose",
    "docxtpl",
    "lxml",
    "obstore",
    "pikepdf",
    "pycountry",
    "pypandoc",
    "pypdf",
    "pypdfium2",
    "segno",
    "typst",
)
WEB = """\
from pathlib import Path
from docassemble_lite.settings import Settings
from docassemble_lite.store.schema import migrate
from docassemble_lite.web import create_app
settings = Settings(data=Path("data"), interviews=Path("interviews"), files="s3://bucket/files")
migrate(settings)
visitor = create_app(settings).test_client()
assert b"Paper" in visitor.get("/interview?i=papers.yml", follow_redirects=True).data
"""
WORKER = "import docassemble_lite.worker.main, docassemble_lite.worker.runner"
PAPERS = """\
mandatory: True
question: Papers
subquestion: ${ paper }
attachment:
  content: x
---
question: Paper
fields:
  - Paper: paper
    datatype: file
"""


@pytest.mark.parametrize("start", [WEB, WORKER], ids=["web", "worker"])
def test_nothing_heavy_is_loaded_before_there_is_a_file_or_a_document(tmp_path: Path, start: str) -> None:
    (tmp_path / "interviews").mkdir()
    (tmp_path / "interviews" / "papers.yml").write_text(PAPERS)
    done = subprocess.run(
        [sys.executable, "-c", f"{start}\nimport sys\nprint(*sorted(set({HEAVY}) & sys.modules.keys()))"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path(docassemble_lite.__file__).parents[1])},
        capture_output=True,
        text=True,
    )
    assert (done.stdout.strip(), done.stderr) == ("", "")
