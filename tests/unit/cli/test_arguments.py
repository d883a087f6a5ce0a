from pathlib import Path

import pytest

from docassemble_lite.cli.arguments import COMMANDS, parse_arguments


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_the_same_options(command: str) -> None:
    needed = ["web"] if command == "health" else []
    arguments = parse_arguments([command, *needed, "--host", "::1", "--port", "9", "--data", "d", "--config", "c.yml"])
    assert (arguments.host, arguments.port, arguments.data, arguments.config) == ("::1", 9, Path("d"), Path("c.yml"))


def test_options_can_be_passed_on_to_another_command() -> None:
    given = ["--port", "0", "--data", "some where"]
    assert parse_arguments(["worker", *parse_arguments(["run", *given]).options()]).options() == given


def test_options_that_were_not_given_are_not_passed_on() -> None:
    assert parse_arguments(["run"]).options() == []


@pytest.mark.parametrize("port", ["-1", "65536", "http", "8 0", ""])
def test_what_is_no_port_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse_arguments(["run", "--port", port])
    assert "--port" in capsys.readouterr().err


def test_options_of_the_command_line_win_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "config.yml").write_text("port: 1\nappname: Ours\n")
    settings = parse_arguments(["run", "--config", str(tmp_path / "config.yml"), "--port", "2"]).settings()
    assert (settings.port, settings.appname) == (2, "Ours")


@pytest.mark.parametrize("where", [1, 2, 4])
def test_options_may_stand_before_and_behind_what_is_to_be_done(where: int) -> None:
    words = ["user", "privilege", "ada@example.com", "admin"]
    arguments = parse_arguments([*words[:where], "--data", "d", *words[where:]])
    assert (arguments.deed, arguments.email, arguments.privileges, arguments.data) == (
        "privilege",
        words[2],
        ("admin",),
        Path("d"),
    )


@pytest.mark.parametrize("task", ["abc", "-abc", "-x", "-h0"])
def test_the_id_of_a_task_may_begin_with_a_hyphen(task: str) -> None:
    arguments = parse_arguments(["tasks", "revoke", task, "--data", "d"])
    assert (arguments.deed, arguments.task, arguments.data) == ("revoke", task, Path("d"))


def test_behind_two_hyphens_nothing_is_an_option() -> None:
    assert parse_arguments(["tasks", "revoke", "--data", "d", "--", "--x"]).task == "--x"


def test_tasks_are_listed_unless_something_else_is_said() -> None:
    arguments = parse_arguments(["tasks", "--state", "failed", "--most", "7"])
    assert (arguments.deed, arguments.state, arguments.most) == ("list", "failed", 7)


def test_a_command_with_several_things_to_do_lists_what_there_is() -> None:
    assert parse_arguments(["user"]).deed == parse_arguments(["user", "list"]).deed == "list"


@pytest.mark.parametrize(
    "words", [["user", "privilege", "ada@example.com"], ["user", "add"], ["user", "remove", "ada@example.com"]]
)
def test_what_is_missing_or_unknown_is_refused(words: list[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        parse_arguments(words)
    assert refused.value.code == 2


def test_without_a_command_the_commands_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse_arguments([])
    assert "COMMAND" in capsys.readouterr().err
