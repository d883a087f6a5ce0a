"""The programs that make documents: how they are found, what they may do, and what is said when they fail."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from docassemble_lite.documents import Document, aside, make, making, programs
from docassemble_lite.errors import DocumentError
from tests.unit.documents.reopened import made, pages, texts

LIBRARIES = ("pypandoc", "typst", "docassemble_lite.store", "docassemble_lite.engine")


def test_neither_library_is_imported_before_a_document_is_made_or_after() -> None:
    code = (
        "import sys\n"
        "from docassemble_lite.documents import Document, make\n"
        f"assert not set({LIBRARIES}) & set(sys.modules), 'at the start'\n"
        "make(Document('x'), ['pdf', 'docx'])\n"
        f"assert not set({LIBRARIES}) & set(sys.modules), 'later'\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parents[3])
    assert done.stderr == ""


def test_a_program_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "SECONDS", 0.001)
    with pytest.raises(DocumentError, match=r"takes too long: pandoc was stopped after 0\.001 seconds"):
        make(Document("x"), ["html"])


def test_a_document_that_takes_too_much_memory_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(programs, "MEGABYTES", 80)
    with pytest.raises(DocumentError):
        programs.typst(b"#range(100000000)", tmp_path, tagged=True)


@pytest.mark.parametrize("path", ["/etc/hostname", "../secret.txt", "/secret.txt", "secret.txt"])
def test_typst_sees_no_file_of_the_machine(tmp_path: Path, path: str) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    root = tmp_path / "root"
    root.mkdir()
    with pytest.raises(DocumentError, match=r"file not found|escape the project root"):
        programs.typst(f'#read("{path}")'.encode(), root, tagged=True)


def test_pandoc_sees_no_file_of_the_machine(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    text = f"```{{.include}}\n{tmp_path}/secret.txt\n```\n\n![x]({tmp_path}/secret.txt)"
    found = programs.pandoc(["--from=rst", "--to=html"], f".. include:: {tmp_path}/secret.txt\n".encode(), tmp_path)
    assert b"secret" not in found.replace(b"secret.txt", b"")
    assert "secret" not in pages(made(text, ("pdf",))["pdf"])[0].replace("secret.txt", "")


def test_what_a_program_says_is_told(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="Typst says: unknown variable: nothing"):
        programs.typst(b"#nothing", tmp_path, tagged=True)
    with pytest.raises(DocumentError, match="pandoc says: "):
        programs.pandoc(["--from=json", "--to=html"], b"no tree", tmp_path)


def test_a_missing_program_is_told_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    programs.find_pandoc.cache_clear()
    programs.find_typst.cache_clear()
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(DocumentError, match="pip install pypandoc-binary"):
        programs.find_pandoc()
    with pytest.raises(DocumentError, match="pip install typst"):
        programs.find_typst()


def test_what_is_nested_too_deeply_is_a_mistake_and_no_crash() -> None:
    with pytest.raises(DocumentError):
        make(Document("> " * 3000 + "x"), ["pdf"])


def test_nothing_is_left_in_the_folder_for_temporary_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    made("x")
    with pytest.raises(DocumentError):
        make(Document("x", metadata={"author": ["\ud800"] * 2, "papersize": "napkin"}), ["pdf"])
    assert list(tmp_path.iterdir()) == []


def test_a_long_document_is_made_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Shaping it would hold up whatever else this process does."""
    monkeypatch.setattr(making, "LONG", 10)
    monkeypatch.setattr(making, "make_here", None)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    files = made("Many a *sentence*", ("pdf", "docx", "md"))
    assert list(files) == ["pdf", "docx", "md"]
    assert {text.strip().replace("*", "") for text in texts(files).values()} == {"Many a sentence"}
    assert list(tmp_path.iterdir()) == []


def test_what_is_wrong_with_a_long_document_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "LONG", 1)
    with pytest.raises(DocumentError, match="napkin"):
        make(Document("x", metadata={"papersize": "napkin"}), ["pdf"])


def test_a_long_document_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(aside, "_LONGEST", 0.001)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(DocumentError, match=r"takes too long: it was stopped after 0\.001 seconds"):
        aside.make_aside(Document("x"), ["pdf"])
    assert list(tmp_path.iterdir()) == []


def test_threads_can_make_documents_at_the_same_time() -> None:
    results: dict[int, str] = {}

    def work(number: int) -> None:
        results[number] = pages(made(f"document number {number}", ("pdf",))["pdf"])[0]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {number: f"document number {number}" for number in range(6)}
