"""What is stored of a password, and what fits it."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from docassemble_lite.store import passwords
from docassemble_lite.store.passwords import Effort, PasswordRefused, TooManyAtOnce, fits, hashed, is_outdated, require_usable

OF_TODAY = passwords.EFFORT
LITTLE = Effort(memory=64, iterations=1, lanes=1)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """As little effort as there can be, so that the tests don't wait."""
    monkeypatch.setattr(passwords, "EFFORT", LITTLE)


def test_a_password_fits_what_was_stored_of_it_and_no_other_does() -> None:
    stored = hashed("correct horse")
    assert fits("correct horse", stored)
    for other in ("correct horse ", "Correct horse", "", "correct horse\0", "%", "x" * 100_000, "\ud800" * 9, "a\u0300" * 50_000):
        assert not fits(other, stored)


def test_what_is_stored_says_how_it_was_made_and_differs_each_time() -> None:
    first, second = hashed("correct horse"), hashed("correct horse")
    assert first.startswith("$argon2id$v=19$m=64,t=1,p=1$")
    assert first != second
    assert "correct" not in first


def test_a_letter_may_be_written_in_two_ways() -> None:
    assert fits("geheimer Schlu\u0308ssel", hashed("geheimer Schl\u00fcssel"))


def test_nothing_fits_nothing() -> None:
    assert not any(fits(password, None) for password in ("", "correct horse", "\0" * 32))


@pytest.mark.parametrize("stored", ["", "x", "$argon2id$", "$argon2id$v=19$m=64,t=1,p=1$a$b", "$2b$12$abc", "correct horse"])
def test_nothing_fits_what_is_no_stored_password(stored: str) -> None:
    assert not fits("correct horse", stored)


def test_a_password_stored_with_less_effort_still_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = hashed("correct horse")
    assert not is_outdated(stored)
    monkeypatch.setattr(passwords, "EFFORT", Effort(memory=128, iterations=2, lanes=1))
    assert fits("correct horse", stored)
    assert is_outdated(stored)


def test_somebody_who_is_not_there_takes_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time isn't measured: what is asked of Argon2 is the same but for salt and key, and those have the same lengths."""
    asked: list[list[str]] = []

    class Watched:
        @staticmethod
        def verify_phc_encoded(password: bytes, stored: str) -> None:
            asked.append(stored.split("$"))
            passwords_argon2.verify_phc_encoded(password, stored)

    stored = hashed("correct horse")
    passwords_argon2: Any = passwords.Argon2id
    monkeypatch.setattr(passwords, "Argon2id", Watched)
    assert not fits("wrong horse", stored)
    assert not fits("wrong horse", None)
    known, unknown = asked
    assert known[:4] == unknown[:4]
    assert [len(part) for part in known] == [len(part) for part in unknown]


@pytest.mark.parametrize("password", ["", "1234567", "x" * 1025, "half\ud800character"])
def test_a_password_that_is_too_short_too_long_or_no_text_is_refused(password: str) -> None:
    with pytest.raises(PasswordRefused) as refused:
        require_usable(password)
    assert refused.value.__cause__ is None
    assert not password or password not in str(refused.value)


@pytest.mark.parametrize("password", ["12345678", "x" * 1024, "  blanks  ", "passwörter", "a\0b\0c\0d\0"])
def test_any_other_password_will_do(password: str) -> None:
    require_usable(password)
    assert fits(password, hashed(password))


def test_more_than_a_few_at_a_time_are_sent_away_rather_than_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes memory, and each that waits takes a thread."""
    monkeypatch.setattr(passwords, "_turns", threading.BoundedSemaphore(1))
    monkeypatch.setattr(passwords, "_PATIENCE", 0.01)
    stored = hashed("correct horse")
    with passwords._turns, pytest.raises(TooManyAtOnce):
        fits("correct horse", stored)
    assert fits("correct horse", stored)


def test_the_effort_of_today_is_no_less_than_it_ought_to_be() -> None:
    """Of the pairs that are commonly advised for Argon2id, 19 MB and two rounds is the one with the least memory."""
    assert OF_TODAY.memory >= 19 * 1024
    assert OF_TODAY.iterations >= 2
