from __future__ import annotations

import io
import sys

import pytest

from docassemble_lite.cron.bar import Bar, line_of


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_says_how_far_the_run_is_and_how_long_it_takes():
    assert line_of(0, 0, 200, 0.0) == "[........................] 0 of 200"
    assert line_of(50, 0, 200, 5.0) == "[######..................] 50 of 200, 10 a second, 0:15 left"
    assert line_of(200, 3, 200, 100.0) == "[########################] 200 of 200, 3 failed, 2 a second, 0:00 left"


def test_sessions_that_have_come_meanwhile_are_counted():
    assert line_of(7, 0, 5, 1.0).startswith("[########################] 7 of 7")


def test_a_terminal_has_it_in_its_last_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stderr", Terminal())
    monkeypatch.setenv("COLUMNS", "20")
    bar = Bar(lambda: 4)
    bar.show(1, 0)
    bar.clear()
    bar.show(2, 0)
    first, second, third = "[######............", "", "[############......"
    assert sys.stderr.getvalue() == f"\r\033[K{first}\r\033[K{second}\r\033[K{third}"


def test_the_mail_of_a_crontab_has_none(capsys: pytest.CaptureFixture[str]):
    def count() -> int:
        raise AssertionError("nobody looks at it")

    bar = Bar(count)
    bar.show(1, 0)
    bar.clear()
    assert capsys.readouterr().err == ""
