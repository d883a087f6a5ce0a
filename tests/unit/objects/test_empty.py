"""Nothing in place of an object."""

from __future__ import annotations

import pytest

from docassemble_lite.objects import DAEmpty


def test_whatever_is_asked_of_nothing_is_nothing() -> None:
    assert str(DAEmpty()[4].authority.address.unit) == ""
    assert str(DAEmpty().total_value()) == ""


def test_nothing_can_be_shown_as_another_text() -> None:
    assert f"{DAEmpty(str='not applicable').amount}" == "not applicable"


def test_nothing_is_false_empty_and_zero() -> None:
    nothing = DAEmpty()
    assert (bool(nothing), len(nothing), list(nothing), int(nothing), float(nothing)) == (False, 0, [], 0, 0.0)
    assert nothing == ""


def test_nothing_adds_nothing() -> None:
    assert "a" + DAEmpty() + "b" == "ab"
    assert sum([DAEmpty(), 3]) == 3


def test_what_python_probes_for_is_not_there() -> None:
    with pytest.raises(AttributeError):
        DAEmpty().__html__
