from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from docassemble_lite import metrics

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", metrics.DEFINITIONS)
def test_every_metric_is_counted_somewhere_with_its_labels(name: str) -> None:
    """By what the code says: there is a place that names it, and no place that names another label."""
    code = "\n".join(path.read_text() for path in (ROOT / "docassemble_lite").rglob("*.py") if path.name != "metrics.py")
    calls = re.findall(rf'\b(?:count|observe|show)\(\s*"{name}"(.*?)\)\n', code, re.DOTALL)
    assert calls
    for call in calls:
        assert set(re.findall(r"\b(\w+)=(?!=)", call)) == set(metrics.DEFINITIONS[name].labels)


@pytest.mark.parametrize("name", [*metrics.DEFINITIONS, "part_up", "tasks", "cron_latest_end_timestamp_seconds"])
def test_every_metric_is_in_the_readme(name: str) -> None:
    counter = name in metrics.DEFINITIONS and metrics.DEFINITIONS[name].kind == "counter"
    assert f"`{name}{'_total' if counter else ''}`" in (ROOT / "README.md").read_text()


def test_where_nobody_wants_numbers_nothing_is_imported_for_them() -> None:
    program = "from docassemble_lite.cli import main; from docassemble_lite import metrics; metrics.count('tasks_lost')"
    look = "import sys; print('prometheus_client' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", f"{program}; {look}"], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_what_a_dead_process_showed_is_forgotten_and_what_it_counted_is_not(tmp_path: Path) -> None:
    dead = subprocess.Popen(["true"])
    dead.wait()
    for name in (f"gauge_livesum_{dead.pid}.db", f"gauge_livesum_{os.getpid()}.db", f"counter_{dead.pid}.db"):
        (tmp_path / name).touch()
    metrics.forget_dead(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {f"gauge_livesum_{os.getpid()}.db", f"counter_{dead.pid}.db"}
