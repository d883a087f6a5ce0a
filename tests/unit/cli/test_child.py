import os
import subprocess
import sys
from collections.abc import Callable

import psutil
import pytest

from docassemble_lite.cli.child import Child, delay_after, describe_exit

# starts a grandchild, says its id, and waits
FAMILY = "import subprocess, sys; c = subprocess.Popen(['sleep', '60']); print(c.pid, flush=True); c.wait()"

HANGS_ON = """
import time
from docassemble_lite.cli.lifeline import hold_on_to
hold_on_to({})
print("on", flush=True)
time.sleep(60)
"""


def test_the_delay_grows_from_a_fifth_of_a_second_to_ten() -> None:
    assert [delay_after(deaths) for deaths in (1, 2, 3, 6, 7, 50)] == [0.2, 0.4, 0.8, 6.4, 10, 10]


@pytest.mark.parametrize(("code", "words"), [(0, "exit code 0"), (1, "exit code 1"), (-9, "killed by SIGKILL")])
def test_an_exit_is_described_in_words(code: int, words: str) -> None:
    assert describe_exit(code) == words


def test_a_child_leads_its_own_process_group(eventually: Callable) -> None:
    child = Child("sleeper", ["sleep", "60"], ())
    child.start()
    assert child.process is not None
    assert os.getpgid(child.process.pid) == child.process.pid
    child.terminate()
    assert eventually(child.find_dead, "it ended") == -15


def test_what_a_dead_child_had_started_ends_with_it(eventually: Callable, still_running: Callable) -> None:
    reading, writing = os.pipe()
    child = Child("parent", [sys.executable, "-c", f"import os; os.dup2({writing}, 1)\n" + FAMILY], (writing,))
    child.start()
    grandchild = psutil.Process(int(os.read(reading, 20)))
    os.close(reading)
    os.close(writing)
    assert child.process is not None
    child.process.kill()
    eventually(child.find_dead, "the child is dead")
    eventually(lambda: not still_running([grandchild]), "the grandchild is dead")


def test_a_second_death_soon_after_the_first_waits_longer(eventually: Callable, caplog: pytest.LogCaptureFixture) -> None:
    child = Child("short", [sys.executable, "-c", "raise SystemExit(3)"], ())
    for _ in range(2):
        child.start()
        child.plan_restart(eventually(child.find_dead, "it ended"))
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        "short ended (exit code 3); it is started again in 0.2 s",
        "short ended (exit code 3); it is started again in 0.4 s",
    ]


def test_a_death_is_found_once(eventually: Callable) -> None:
    child = Child("short", ["false"], ())
    child.start()
    assert eventually(child.find_dead, "it ended") == 1
    assert child.find_dead() is None
    assert not child.running


def test_a_child_that_is_terminated_is_not_started_again(eventually: Callable) -> None:
    child = Child("short", ["false"], ())
    child.start()
    child.plan_restart(eventually(child.find_dead, "it ended"))
    child.terminate()
    assert child.restart_at is None


def test_the_lifeline_ends_a_process_when_its_other_end_is_closed() -> None:
    reading, writing = os.pipe()
    source = HANGS_ON.format(reading)
    with subprocess.Popen(
        [sys.executable, "-c", source], pass_fds=(reading,), stdout=subprocess.PIPE, process_group=0
    ) as process:
        os.close(reading)
        assert process.stdout is not None
        assert process.stdout.readline() == b"on\n"
        assert process.poll() is None
        os.close(writing)
        assert process.wait(60) == -15
