import logging
import sys

from docassemble_lite.logs import OneLineFormatter


def formatted(message: str, *, failure: bool = False) -> str:
    try:
        raise ValueError("first line\n2026-01-01T00:00:00.000Z INFO forged record")
    except ValueError:
        error = sys.exc_info() if failure else None
    return OneLineFormatter().format(logging.LogRecord("some.logger", logging.WARNING, "", 0, message, (), error))


def test_a_record_has_time_level_logger_and_message() -> None:
    time, level, logger, message = formatted("It is so.").split(" ", 3)
    assert (time[-1], level, logger, message) == ("Z", "WARNING", "some.logger", "It is so.")


def test_a_line_break_in_a_message_can_not_begin_another_record() -> None:
    assert formatted("one\r\ntwo\nthree").endswith(r"one\r\ntwo\nthree")


def test_the_lines_of_a_traceback_are_indented() -> None:
    _, *rest = formatted("It failed.", failure=True).splitlines()
    assert len(rest) >= 3
    assert all(line.startswith("  ") for line in rest)
