"""The README says what is so."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from docassemble_lite.cli.arguments import COMMANDS
from docassemble_lite.engine.program import check_file
from docassemble_lite.settings import FROM_ENVIRONMENT, Settings

README = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("field", [item for item in fields(Settings) if item.name != "config"], ids=lambda item: item.name)
def test_every_directive_is_in_the_table_with_its_default(field: object) -> None:
    table = README.partition("| directive |")[2]
    row = re.search(rf"^\| `{field.name.replace('_', ' ')}` \|(.*?)\|", table, re.MULTILINE)
    assert row, "it is not in the table"
    default = getattr(Settings(), field.name)
    assert row[1].strip("` ") == (str(default) if default or default is False else "")


def test_the_table_has_no_directive_that_does_not_exist() -> None:
    table = README.partition("| directive |")[2]
    assert {name.replace(" ", "_") for name in re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)} <= {
        f.name for f in fields(Settings)
    }


def test_the_rule_for_environment_variables_holds_for_those_that_are_named() -> None:
    named = {variable.removesuffix("_FILE") for variable in re.findall(r"`(DAL_[A-Z_]+)[`=]", README)}
    assert "DAL_DATABASE" in named
    assert named <= {*FROM_ENVIRONMENT.values(), "DAL_SERVER_KEY"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_table(command: str) -> None:
    assert re.search(rf"^\| `{command}[ `]", README, re.MULTILINE)


def test_the_example_is_an_interview_without_mistakes(tmp_path: Path) -> None:
    example = tmp_path / "library.yml"
    example.write_text(README.partition("```yaml\n")[2].partition("```")[0])
    assert check_file(example, {}, tmp_path) == []
