"""Packages that may be opened, and those that may not."""

from __future__ import annotations

import io
import zipfile

import pytest

from docassemble_lite.formats.office import MOST_ENTRIES, MOST_RATIO_OF_AUTHORS, is_harmless_package
from tests.unit.formats.hostile import lying_entry, overlapping_bomb, package


@pytest.mark.parametrize("extension", ["docx", "odt", "xlsx"])
def test_an_ordinary_document_is_harmless(extension: str) -> None:
    assert is_harmless_package(package({"a/b.xml": b"some text", "c.png": bytes(range(256))}, extension), extension)


def test_a_document_may_have_two_thousand_entries_and_no_more() -> None:
    entries = {str(number): b"" for number in range(MOST_ENTRIES - 1)}
    assert is_harmless_package(package(entries), "docx")
    assert not is_harmless_package(package({**entries, "more": b""}), "docx")


def test_a_document_that_becomes_a_hundred_times_larger_is_refused() -> None:
    assert is_harmless_package(package({"a.xml": bytes(range(256)) * 20}), "docx")
    assert not is_harmless_package(package({"a.xml": b"\0" * 1_000_000}), "docx")


def test_the_template_of_an_author_may_be_packed_more_densely() -> None:
    dense = package({"word/media/drawing.emf": (bytes(range(256)) * 8 + bytes(600_000)) * 3})
    assert not is_harmless_package(dense, "docx")
    assert is_harmless_package(dense, "docx", most_ratio=MOST_RATIO_OF_AUTHORS)


def test_entries_that_lie_on_top_of_each_other_are_refused() -> None:
    assert not is_harmless_package(overlapping_bomb(), "docx")


def test_a_document_that_lies_about_its_size_yields_no_more_than_it_says() -> None:
    content = lying_entry()
    assert is_harmless_package(content, "docx")
    with zipfile.ZipFile(io.BytesIO(content)) as opened, pytest.raises(zipfile.BadZipFile):
        opened.read("big.xml")


def test_a_locked_document_is_refused() -> None:
    content = bytearray(package())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert not is_harmless_package(bytes(content), "docx")


def test_a_directory_that_is_too_large_is_not_even_read() -> None:
    made = io.BytesIO(package())
    with zipfile.ZipFile(made, "a") as opened:
        for number in range(20):
            info = zipfile.ZipInfo(f"{number}.xml")
            info.comment = bytes(60_000)
            opened.writestr(info, b"")
    assert not is_harmless_package(made.getvalue(), "docx")
    assert not is_harmless_package(made, "docx")
