"""What PDF files tell programs that read aloud."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pikepdf
import pytest

from docassemble_lite.documents import Document, make
from docassemble_lite.documents.announcing import announced
from docassemble_lite.documents.joining import joined, picture_page
from docassemble_lite.documents.office import is_installed, to_pdf
from tests.unit.engine.templates import drawing, form

TEXT = "# Head\n\nSee [it](https://example.com)\n\n- a\n- b\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"


def paper(title: str = "A letter", language: str = "es", archive: bool = False) -> bytes:
    return make(Document(TEXT, title=title, language=language, archive=archive), ["pdf"])["pdf"]


def elements(content: bytes) -> list[str]:
    """The kinds of all that is tagged, in the order of reading."""
    found: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, pikepdf.Array):
            for item in node:
                walk(item)
        elif isinstance(node, pikepdf.Dictionary):
            found.extend([str(node.S)] if "/S" in node else [])
            walk(node.get("/K"))

    with pikepdf.open(io.BytesIO(content)) as pdf:
        walk(pdf.Root.StructTreeRoot.K)
    return found


def owners(pdf: pikepdf.Pdf) -> Iterator[tuple[int, Any]]:
    """The pages that point into the table of tags, and to what."""
    table = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
    entries = dict(zip(map(int, table[::2]), table[1::2], strict=True))
    for number, page in enumerate(pdf.pages):
        if "/StructParents" in page.obj:
            yield number, entries[int(page.obj.StructParents)]


@pytest.mark.parametrize("archive", [False, True])
def test_a_title_and_a_language_are_told_and_links_are_in_order(archive: bool) -> None:
    with pikepdf.open(io.BytesIO(announced(paper(archive=archive), "other", "en"))) as pdf:
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert (str(pdf.docinfo.Title), str(pdf.Root.Lang)) == ("A letter", "es")
        with pdf.open_metadata() as metadata:
            assert metadata["dc:title"] == "A letter"
            assert bool(metadata.pdfa_status) == archive
        assert pdf.pages[0].obj.Tabs == pikepdf.Name.S
        assert all(annotation.F & 4 for annotation in pdf.pages[0].obj.Annots)


def test_a_form_gets_what_it_lacks() -> None:
    with pikepdf.open(
        io.BytesIO(announced(form({"T": "dateOf_birth[0]", "FT": "/Tx", "Rect": [20, 300, 380, 320]}), "Form", "de"))
    ) as pdf:
        (widget,) = pdf.pages[0].obj.Annots
        assert (str(widget.TU), str(pdf.docinfo.Title), str(pdf.Root.Lang)) == ("date Of birth", "Form", "de")
        with pdf.open_metadata() as metadata:
            assert metadata["dc:title"] == "Form"


def test_what_a_form_says_of_itself_stays() -> None:
    with pikepdf.open(io.BytesIO(form({"T": "a", "TU": "Your age", "FT": "/Tx", "Rect": [20, 300, 380, 320]}))) as pdf:
        pdf.docinfo["/Title"], pdf.Root.Lang = "Its own", "fr"
        out = io.BytesIO()
        pdf.save(out)
    with pikepdf.open(io.BytesIO(announced(out.getvalue(), "Form", "de"))) as pdf:
        (widget,) = pdf.pages[0].obj.Annots
        assert (str(widget.TU), str(pdf.docinfo.Title), str(pdf.Root.Lang)) == ("Your age", "Its own", "fr")


def test_tags_outlast_being_joined() -> None:
    one, other = paper(), paper("Second", "de")
    content = joined([one, picture_page(drawing()), other])
    assert elements(content) == [*elements(one), *elements(other)]
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert (str(pdf.docinfo.Title), str(pdf.Root.Lang)) == ("A letter", "es")
        assert pdf.Root.MarkInfo.Marked
        assert [number for number, _ in owners(pdf)] == [0, 2]
        # what is tagged knows its page
        for number, entry in owners(pdf):
            (first, *_) = [item for item in entry if isinstance(item, pikepdf.Dictionary)]
            assert first.Pg.objgen == pdf.pages[number].obj.objgen
        assert "/StructParents" not in pdf.pages[1].obj


def test_files_without_tags_are_joined_to_one_without() -> None:
    with pikepdf.open(io.BytesIO(joined([picture_page(drawing())] * 2))) as pdf:
        assert "/StructTreeRoot" not in pdf.Root


def test_the_same_file_twice_has_its_tags_twice() -> None:
    one = paper()
    assert elements(joined([one, one])) == [*elements(one), *elements(one)]


@pytest.mark.skipif(not is_installed(), reason="LibreOffice isn't installed")
def test_tags_of_a_word_processor_are_joined_too() -> None:
    one, word = paper(), to_pdf(make(Document(TEXT), ["docx"])["docx"], "docx")
    content = joined([one, word])
    assert elements(content) == [*elements(one), *elements(word)]
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert pdf.Root.StructTreeRoot.RoleMap


def broken(change: Any) -> bytes:
    """A tagged PDF after somebody has changed it."""
    with pikepdf.open(io.BytesIO(paper())) as pdf:
        change(pdf, pdf.Root.StructTreeRoot, pdf.pages[0].obj)
        out = io.BytesIO()
        pdf.save(out)
        return out.getvalue()


def _going_round(pdf: pikepdf.Pdf, tags: Any, page: Any) -> None:
    node = pdf.make_indirect(pikepdf.Dictionary())
    node.Kids = pikepdf.Array([node, node])
    tags.ParentTree = node


def _set(where: str, key: str, value: Any) -> Any:
    def change(_: pikepdf.Pdf, tags: Any, page: Any) -> None:
        {"tags": tags, "page": page, "resources": page.Resources}[where][key] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        _going_round,
        _set("tags", "/ParentTree", 7),
        _set("tags", "/RoleMap", pikepdf.Array([1])),
        _set("tags", "/K", 3),
        _set("page", "/StructParents", pikepdf.String("x")),
        _set("page", "/StructParents", 10**9),
        _set("page", "/Annots", pikepdf.Array([1, None])),
        _set("resources", "/XObject", 1),
    ],
)
def test_tags_that_are_none_keep_no_file_from_being_joined(change: Any) -> None:
    content = announced(joined([broken(change), paper()]), "x", "en")
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert len(pdf.pages) == 2
        assert pdf.Root.StructTreeRoot.K
