"""PDF/A of forms and of files from elsewhere: what it has to have, what it can't have, and what keeps a file from being it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pikepdf
import pytest

from docassemble_lite.documents import Document, forms, make
from docassemble_lite.documents.archive import archived
from docassemble_lite.documents.filled import FormDocument
from docassemble_lite.documents.forms import Picture
from docassemble_lite.documents.joining import joined, protected
from docassemble_lite.errors import DocumentError
from tests.unit.documents.reopened import pages
from tests.unit.engine.templates import drawing, form

FIELDS: list[dict[str, Any]] = [
    {"T": "name", "FT": "/Tx", "DA": "/Helv 12 Tf 0 1 1 0 k", "Rect": [20, 300, 380, 320]},
    {"T": "known", "FT": "/Tx", "V": "As before", "Rect": [20, 260, 380, 280]},
    {"T": "paid", "FT": "/Btn", "Rect": [20, 200, 40, 220], "states": ["On"]},
    {"T": "picture", "FT": "/Tx", "Rect": [20, 100, 120, 150]},
]


def changed(content: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    """The PDF after something was done to it."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        change(pdf)
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def page(commands: bytes, **resources: Any) -> bytes:
    """A page with these commands on it."""

    def draw(pdf: pikepdf.Pdf) -> None:
        pdf.add_blank_page(page_size=(400, 400))
        pdf.pages[0].Contents = pdf.make_stream(commands)
        pdf.pages[0].Resources = pikepdf.Dictionary({f"/{name}": value for name, value in resources.items()})

    out = io.BytesIO()
    pikepdf.new().save(out)
    return changed(out.getvalue(), draw)


def lettering(name: str = "Helvetica") -> Any:
    """Fonts of a page, of which one isn't in the file."""
    return pikepdf.Dictionary(
        F1=pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name(f"/{name}"))
    )


def parts(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary of a file."""
    for item in pdf.objects:
        left = [item]
        while left:
            now = left.pop()
            if isinstance(now, (pikepdf.Dictionary, pikepdf.Stream)):
                yield now
                left += [value for _, value in now.items() if isinstance(value, pikepdf.Object) and not value.is_indirect]
            elif isinstance(now, pikepdf.Array):
                left += [value for value in now if isinstance(value, pikepdf.Object) and not value.is_indirect]


def check(content: bytes) -> None:
    """That a file has what PDF/A-2b asks for, as far as that can be seen from how it is built."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert not pdf.is_encrypted
        assert pdf.check_pdf_syntax() == []
        assert "/ID" in pdf.trailer
        (intent,) = pdf.Root.OutputIntents
        assert (intent.S, intent.DestOutputProfile.N) == ("/GTS_PDFA1", 3)
        assert intent.DestOutputProfile.read_bytes()[36:40] == b"acsp"
        with pdf.open_metadata() as metadata:
            assert metadata.pdfa_status == "2B"
            for key, told in (("/Title", "dc:title"), ("/Producer", "pdf:Producer"), ("/Creator", "xmp:CreatorTool")):
                assert str(pdf.docinfo.get(key, "")) == (metadata.get(told) or "")
        assert not {"/AcroForm", "/OpenAction", "/AA", "/AF"} & set(pdf.Root.keys())
        for part in parts(pdf):
            assert part.get("/S") not in ("/JavaScript", "/Launch", "/SubmitForm", "/ResetForm"), part
            assert "/JS" not in part
            assert "/EF" not in part
            if part.get("/Type") == "/Font" and part.get("/Subtype") in ("/Type1", "/TrueType", "/CIDFontType0", "/CIDFontType2"):
                assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(part.FontDescriptor.keys()), part
            if part.get("/Type") == "/Annot" or "/Rect" in part:
                assert part.get("/Subtype") == "/Link"
                assert int(part.F) & 0b100111 == 0b100


def test_a_form_becomes_an_archive_without_fields() -> None:
    known = forms.fill(form(*FIELDS), {"paid": True})
    document = FormDocument((known,), {"name": "Zoë Ωmega", "picture": Picture(drawing())}, archive=True)
    made = document.make(["pdf"])["pdf"]
    check(made)
    assert pages(made)[0].split("\n")[0] == "Zoë Ωmega"
    assert document.digest() != FormDocument((known,), document.values).digest()


def with_marks(pdf: pikepdf.Pdf) -> None:
    """Fields drawn with fonts that aren't in the file, as other programs do it: a text, and a box that is checked."""
    for widget, commands in (
        (pdf.pages[0].Annots[1], b"BT /F1 9 Tf (As before) Tj ET"),
        (pdf.pages[0].Annots[2], b"BT /F1 9 Tf (4) Tj ET"),
    ):
        look = pdf.make_stream(
            commands,
            Subtype=pikepdf.Name.Form,
            BBox=[0, 0, 20, 20],
            Resources=pikepdf.Dictionary(Font=lettering("ZapfDingbats")),
        )
        widget.AP = pikepdf.Dictionary(N=look if "/V" in widget else pikepdf.Dictionary(On=look))
        widget.AS = pikepdf.Name.On


def test_what_a_form_draws_with_fonts_that_it_does_not_have_is_drawn_anew() -> None:
    marked = changed(form(*FIELDS), with_marks)
    with pytest.raises(DocumentError, match="the font “ZapfDingbats” isn't embedded"):
        archived(marked)
    made = archived(forms.fill(marked, {}, archive=True))
    check(made)
    assert pages(made)[0].strip() == "As before"
    with pikepdf.open(io.BytesIO(made)) as pdf:
        # the text and the cross in its box
        assert len(pdf.pages[0].Resources.XObject) == 2


def test_what_acts_is_taken_out_and_links_stay() -> None:
    def arm(pdf: pikepdf.Pdf) -> None:
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        pdf.Root.OpenAction = script
        pdf.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=[pikepdf.String("a"), script]))
        pdf.Root.OCProperties = pikepdf.Dictionary(OCGs=[], D=pikepdf.Dictionary(AS=[]))
        pdf.attachments["secret.txt"] = b"x"
        pdf.pages[0].obj.AA = pikepdf.Dictionary(O=script)
        link = {"/Type": pikepdf.Name.Annot, "/Subtype": pikepdf.Name.Link, "/Rect": [0, 0, 9, 9]}
        launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("x"))
        pdf.pages[0].Annots.append(pikepdf.Dictionary({**link, "/F": 2, "/A": launch}))
        pdf.pages[0].Annots.append(pikepdf.Dictionary({**link, "/Subtype": pikepdf.Name.FileAttachment}))
        pdf.Root.Outlines = pdf.make_indirect(pikepdf.Dictionary())
        pdf.Root.Outlines.First = pdf.make_indirect(pikepdf.Dictionary(Title=pikepdf.String("a"), A=script))
        pdf.docinfo["/ModDate"] = "yesterday"
        pdf.docinfo["/Own"] = "x"

    letter = make(Document("[site](https://example.com)", title="A letter"), ["pdf"])["pdf"]
    made = archived(changed(letter, arm))
    check(made)
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert [str(link.A.URI) for link in pdf.pages[0].Annots] == ["https://example.com"]
        assert "/A" not in pdf.Root.Outlines.First
        assert str(pdf.docinfo.Title) == "A letter"


def test_an_archive_has_no_password() -> None:
    locked = protected(form(*FIELDS), "", "owner")
    check(archived(forms.fill(locked, {"name": "Ann"}, archive=True)))


def test_files_that_are_joined_are_an_archive() -> None:
    letters = [make(Document(text, archive=archive), ["pdf"])["pdf"] for text, archive in (("One", True), ("Two", False))]
    made = archived(joined(letters))
    check(made)
    assert [text.split("\n")[0] for text in pages(made)] == ["One", "Two"]


def test_a_font_that_is_not_in_the_file_keeps_it_from_being_an_archive_if_it_is_used() -> None:
    letters = lettering()
    with pytest.raises(DocumentError, match=r"can't become PDF/A: the font “Helvetica” isn't embedded \(page 1\)\. Save the PDF"):
        archived(page(b"BT /F1 12 Tf (x) Tj ET", Font=letters))
    unused = archived(page(b"0 0 9 9 re f", Font=letters))
    check(unused)


def test_colours_for_printing_become_those_of_screens() -> None:
    made = archived(page(b"0 1 1 0 k 0 0 0 1 K 0 0 9 9 re B"))
    check(made)
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert b"1 0 0 rg\n0 0 0 RG" in pdf.pages[0].Contents.read_bytes()


@pytest.mark.parametrize(
    ("commands", "resources"),
    [
        (b"/DeviceCMYK cs 0 0 0 1 sc 0 0 9 9 re f", {}),
        (
            b"",
            {
                "ColorSpace": pikepdf.Dictionary(
                    C=pikepdf.Array([pikepdf.Name.Separation, pikepdf.Name.Red, pikepdf.Name.DeviceCMYK])
                )
            },
        ),
        (b"q BI /W 1 /H 1 /BPC 8 /CS /CMYK ID abcd EI Q", {}),
    ],
)
def test_other_colours_for_printing_keep_a_file_from_being_an_archive(commands: bytes, resources: dict[str, Any]) -> None:
    with pytest.raises(DocumentError, match=r"it has colours for printing \(CMYK\) \(page 1\)"):
        archived(page(commands, **resources))


def test_what_is_no_pdf_is_told() -> None:
    with pytest.raises(DocumentError, match="The PDF is broken"):
        archived(b"nothing")
