from pathlib import Path

import pytest

from docassemble_lite.cli.checking import check, describe
from docassemble_lite.errors import AuthorError
from docassemble_lite.settings import Settings


def test_a_mistake_is_shown_with_place_source_and_hint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "a.yml"
    path.write_text("one\n  two\n")
    mistake = AuthorError("This is wrong.", source="a.yml", path=path, line=2, hint="Write three.")
    assert describe(mistake, path) == "a.yml:2: This is wrong.\n    two\n  Write three."


def test_a_mistake_without_a_line_names_the_file_that_was_checked(tmp_path: Path) -> None:
    assert describe(AuthorError("This is wrong."), tmp_path / "a.yml") == f"{tmp_path / 'a.yml'}: This is wrong."


def test_what_lies_in_folders_of_templates_and_data_is_no_interview(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in (("a.yml", "question: Hello\n"), ("templates/looks.yml", "toc: True\n"), ("sources/list.yml", "- one\n")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert check([tmp_path], Settings(interviews=tmp_path)) == 0
    assert capsys.readouterr().out == "1 interview, no mistakes\n"
