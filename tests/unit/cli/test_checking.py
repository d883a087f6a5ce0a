from pathlib import Path

import pytest

from docassemble_lite.cli.checking import describe
from docassemble_lite.errors import AuthorError


def test_a_mistake_is_shown_with_place_source_and_hint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "a.yml"
    path.write_text("one\n  two\n")
    mistake = AuthorError("This is wrong.", source="a.yml", path=path, line=2, hint="Write three.")
    assert describe(mistake, path) == "a.yml:2: This is wrong.\n    two\n  Write three."


def test_a_mistake_without_a_line_names_the_file_that_was_checked(tmp_path: Path) -> None:
    assert describe(AuthorError("This is wrong."), tmp_path / "a.yml") == f"{tmp_path / 'a.yml'}: This is wrong."
