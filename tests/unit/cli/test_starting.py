from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from docassemble_lite.cli.starting import lasting


@pytest.fixture(autouse=True)
def nothing_stays() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_is_made_at_the_start_is_not_looked_at_again() -> None:
    with lasting():
        made = [[], []]
        assert not gc.isenabled()
    assert gc.isenabled()
    assert all(item is not made for item in gc.get_objects())


def test_a_start_that_fails_leaves_the_collector_at_work() -> None:
    with pytest.raises(KeyError), lasting():
        raise KeyError
    assert gc.isenabled()
