"""Many machines on one, in network namespaces, which are cut off, paused and left without power while people are at work.

The short form is 3,000 operations of eight people and 40 faults; DAL_LONG=1 makes it the long one.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults.test_tasks_under_fire import NO_MACHINES, ZEROS, figures_of


@pytest.mark.postgresql
@pytest.mark.skipif(bool(NO_MACHINES), reason=NO_MACHINES)
def test_whatever_machine_is_away_each_answer_and_e_mail_is_there_once_and_in_order_and_each_task_ends(
    long_form: bool, measured: Callable[..., None]
) -> None:
    """P1, P4, P6, P8 to P12, P16, P19, P37, P38: with nginx in front, a schedule, e-mails, PostgreSQL and Redis."""
    effort = (
        ("--operations", "30000", "--faults", "400") if long_form else ("--operations", "3000", "--faults", "40", "--seed", "3")
    )
    figures = figures_of("--machines", *effort)
    told = {name: figures[name] for name in ("seed", "operations", "faults", "e-mails")}
    measured("P1, P4, P6, P8 to P12, P16, P19", tasks=figures["tasks in the store"], slots=figures["slots in sessions"], **told)
    assert {zero: figures[zero] for zero in ZEROS} == dict.fromkeys(ZEROS, "0")
    assert int(figures["operations"]) >= int(effort[1])
    assert int(figures["faults"]) >= int(effort[3])


@pytest.mark.postgresql
@pytest.mark.skipif(bool(NO_MACHINES), reason=NO_MACHINES)
def test_while_every_part_is_replaced_no_request_fails_and_no_task_is_lost(
    long_form: bool, measured: Callable[..., None]
) -> None:
    """P39: 2 web servers, 2 workers and the receiver of e-mails, one after the other, while people are at work."""
    effort = (
        ("--operations", "10000", "--faults", "200") if long_form else ("--operations", "300", "--faults", "10", "--seed", "3")
    )
    figures = figures_of("--machines", "--rolling", *effort)
    told = {name: figures[name] for name in ("seed", "operations", "faults", "e-mails", "requests that failed")}
    measured("P39", tasks=figures["tasks in the store"], **told)
    zeros = (*ZEROS, "requests that failed", "faults that met nobody")
    assert {zero: figures[zero] for zero in zeros} == dict.fromkeys(zeros, "0")
    assert int(figures["faults"]) >= int(effort[3])
