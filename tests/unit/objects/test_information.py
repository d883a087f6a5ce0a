"""What is known for the time of one evaluation."""

from __future__ import annotations

from docassemble_lite.host import Current, entered
from docassemble_lite.objects import get_info, set_info


def test_what_was_set_can_be_had_again() -> None:
    set_info(kind="standard", role="client")
    set_info(role="advocate")
    assert (get_info("kind"), get_info("role")) == ("standard", "advocate")


def test_what_was_not_set_is_none() -> None:
    assert get_info("kind") is None


def test_another_evaluation_knows_nothing_of_it() -> None:
    set_info(kind="standard")
    with entered(Current()):
        assert get_info("kind") is None
