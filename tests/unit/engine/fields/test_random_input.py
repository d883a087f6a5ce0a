"""Whatever is posted, the answer is a value or a message for the person."""

import random
from collections.abc import Iterator

import pytest

from docassemble_lite.engine.fields.datatype import FieldError
from docassemble_lite.engine.fields.registry import datatype_names
from docassemble_lite.host import Current, entered
from tests.unit.engine.interviewing import HostInMemory

PIECES = [
    *"0123456789.,:;/-+eE$%€ \t\n\r\0\\'\"<>&{}[]()#@=_*^~|`TZÄß٣",
    *["２", "‮", "\ud7ff", "\U0001f600", "²", "½", "٤٥", "nan", "infinity", "0x", "1e5", "1" * 60],
    *["2026", "-02-", "30", "May", "Friday", "pm", "UTC", "PST8PDT", "12:30", "2026-05-04", "13:45"],
    *["a@b.co", "<b>", "</b>", "<!--", "True", "None", "_none", "_0", "apple"],
]


@pytest.fixture
def host() -> Iterator[None]:
    """A host that keeps files."""
    with entered(Current(host=HostInMemory())):
        yield


def posts(seed, count):
    chance = random.Random(seed)
    for _ in range(count):
        yield ["".join(chance.choices(PIECES, k=chance.randint(0, 9))) for _ in range(chance.choice([0, 1, 1, 1, 2]))]


@pytest.mark.parametrize("datatype", datatype_names())
def test_anything_that_is_posted_gives_a_value_or_a_message(field, datatype, host):
    asked = field.plain(datatype)
    sentences = []
    # a name that somebody signs with is written by a program of its own
    for posted in posts(datatype, 20 if datatype == "signature" else 3000):
        asked.retyped(*posted)
        try:
            asked.convert(*posted)
        except FieldError as error:
            sentences.append(error.message)
    assert all(sentences)
    assert sentences or datatype == "hidden"
