from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pytest

from docassemble_lite.logs import JsonFormatter, OneLineFormatter, about, note_about

CANARY = "what somebody answered"


def record(message: str, *values: Any, failure: BaseException | None = None) -> logging.LogRecord:
    error = None
    if failure is not None:
        try:
            raise failure
        except (ValueError, OSError):
            error = sys.exc_info()
    return logging.LogRecord("docassemble_lite.somewhere", logging.INFO, "", 0, message, values, error)


def line(message: str, *values: Any, failure: BaseException | None = None, debug: bool = False) -> dict[str, Any]:
    text = JsonFormatter(tells_all=debug).format(record(message, *values, failure=failure))
    assert "\n" not in text
    found: dict[str, Any] = json.loads(text)
    return found


def test_a_line_has_when_how_grave_where_and_what() -> None:
    found = line("It is\nso.")
    assert found.keys() == {"time", "level", "logger", "process", "message"}
    assert (found["level"], found["logger"], found["message"]) == ("INFO", "docassemble_lite.somewhere", "It is\nso.")


def test_what_a_message_names_is_named() -> None:
    found = line('action="session_%s" session=%s status=%d duration=%.4f %s', "left", "a b", 200, 0.125, "and=more")
    assert {name: found[name] for name in ("action", "session", "status", "duration")} == {
        "action": "session_left",
        "session": "a b",
        "status": 200,
        "duration": 0.125,
    }
    assert "and" not in found


def test_what_somebody_typed_names_nothing_and_takes_no_place() -> None:
    found = line('action="refused" name=%s level=%s', 'x" task=forged %s', "ERROR")
    assert (found["name"], found["level"]) == ('x" task=forged %s', "INFO")
    assert "task" not in found


def test_records_are_about_what_their_thread_is_about() -> None:
    with about(task="t1"):
        note_about(interview="a.yml", session="0123456789abcdef0123456789abcdef")
        assert {name: line("so")[name] for name in ("task", "interview", "session")} == {
            "task": "t1",
            "interview": "a.yml",
            "session": "01234567",
        }
        assert line("task=%s", "t2")["task"] == "t2"
    note_about(interview="b.yml")
    assert "interview" not in line("so")


@pytest.mark.parametrize("formatter", [JsonFormatter, OneLineFormatter])
def test_p36_a_traceback_has_the_kinds_of_errors_and_their_words_only_for_developers(formatter: type[OneLineFormatter]) -> None:
    """P36: what Python says of a mistake often quotes an answer."""
    error = ValueError(f"invalid literal for int() with base 10: {CANARY!r}")
    error.__cause__ = KeyError(CANARY)
    failed = record("It failed.", failure=error)
    assert CANARY not in formatter().format(failed)
    assert all(kind in formatter().format(failed) for kind in ("KeyError", "ValueError", "test_json_logs.py"))
    failed.exc_text = None
    assert formatter(tells_all=True).format(failed).count(CANARY) == 2


def test_what_the_system_says_is_told() -> None:
    assert "No such file" in line("It failed.", failure=FileNotFoundError(2, "No such file", "a"))["trace"]
