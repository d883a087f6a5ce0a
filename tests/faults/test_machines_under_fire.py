"""Many machines on one, in network namespaces, which are cut off, paused and left without power while people are at work.

The short form is 3,000 operations of eight people and 40 faults; DAL_LONG=1 makes it the long one.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults.test_tasks_under_fire import NO_MACHINES, ZEROS, figures_of

pytestmark = [pytest.mark.postgresql, pytest.mark.skipif(bool(NO_MACHINES), reason=NO_MACHINES)]


def attacked(operations: int, faults: int, *options: str) -> dict[str, str]:
    """The figures of an attack in which there were so many operations and faults at least."""
    figures = figures_of("--machines", "--operations", str(operations), "--faults", str(faults), *options)
    assert int(figures["operations"]) >= operations
    assert int(figures["faults"]) >= faults
    return figures


def not_zero_in(figures: dict[str, str], *more: str) -> dict[str, str]:
    """What should be nothing and isn't."""
    return {zero: figures[zero] for zero in (*ZEROS, *more) if figures[zero] != "0"}


def test_whatever_machine_is_away_each_answer_and_e_mail_is_there_once_and_in_order_and_each_task_ends(
    long_form: bool, measured: Callable[..., None]
) -> None:
    """P1, P4, P6, P8 to P12, P16, P19, P37, P38: with nginx in front, a schedule, e-mails, PostgreSQL and Redis."""
    figures = attacked(30_000, 400) if long_form else attacked(3000, 40, "--seed", "3")
    told = {name: figures[name] for name in ("seed", "operations", "faults", "e-mails")}
    measured("P1, P4, P6, P8 to P12, P16, P19", tasks=figures["tasks in the store"], slots=figures["slots in sessions"], **told)
    assert not_zero_in(figures) == {}


def test_while_every_part_is_replaced_no_request_fails_and_no_task_is_lost(
    long_form: bool, measured: Callable[..., None]
) -> None:
    """P39: 2 web servers, 2 workers and the receiver of e-mails, one after the other, while people are at work."""
    figures = attacked(10_000, 200, "--rolling") if long_form else attacked(300, 10, "--rolling", "--seed", "3")
    told = {name: figures[name] for name in ("seed", "operations", "faults", "e-mails", "requests that failed")}
    measured("P39", tasks=figures["tasks in the store"], **told)
    assert not_zero_in(figures, "requests that failed", "faults that met nobody") == {}
