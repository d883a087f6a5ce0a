"""PDF forms: what is in their fields, and that everybody sees it."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pypdf
import pytest
from pdfminer.high_level import extract_text

from docassemble_lite.documents.forms import FieldValue, Picture, fill, form_fields
from docassemble_lite.documents.joining import joined, overlaid, page_count, picture_page, protected
from docassemble_lite.errors import DocumentError
from tests.unit.documents.reopened import squeezed
from tests.unit.engine.templates import drawing, form

TEXT = {"T": "name", "FT": "/Tx", "Rect": [20, 300, 380, 320], "DA": "/Helv 10 Tf 0 g"}
BOX = {"T": "box", "FT": "/Btn", "Rect": [20, 200, 40, 220], "states": ["Ja"]}
RADIO = {
    "T": "color",
    "FT": "/Btn",
    "Ff": 1 << 15,
    "kids": [{"Rect": [20, 100, 40, 120], "states": ["red"]}, {"Rect": [60, 100, 80, 120], "states": ["blue"]}],
}
EVIL = '#evil[x] *b* $x$ \\ "q" é Łódź Жук <b> & ${1}'


def values(content: bytes) -> dict[str, Any]:
    fields = pypdf.PdfReader(io.BytesIO(content)).get_fields() or {}
    return {name: field.get("/V") for name, field in fields.items()}


def shown(content: bytes, **values: FieldValue) -> str:
    """What somebody reads in a form that can't be changed any more, without blanks, which each reader sees elsewhere."""
    return squeezed(extract_text(io.BytesIO(fill(content, values, editable=False))))


def opened(content: bytes) -> pikepdf.Pdf:
    """The PDF, which has to be kept as long as anything in it is looked at."""
    return pikepdf.open(io.BytesIO(content))


def test_a_text_is_the_value_of_its_field_and_drawn_with_a_font_that_has_its_letters() -> None:
    made = fill(form(TEXT), {"name": EVIL})
    assert values(made) == {"name": EVIL}
    pdf = opened(made)
    drawn = pdf.pages[0].Annots[0].AP.N
    assert drawn.Subtype == "/Form"
    fonts = list(drawn.Resources.Font.values())
    described = [font.DescendantFonts[0].FontDescriptor for font in fonts]
    assert all("/FontFile3" in font or "/FontFile2" in font for font in described)
    assert "/NeedAppearances" not in pdf.Root.AcroForm
    assert shown(form(TEXT), name=EVIL) == squeezed(EVIL)


def test_lines_and_long_texts_stay_in_fields_of_several_lines() -> None:
    area = {**TEXT, "Ff": 1 << 12, "Rect": [20, 200, 220, 300], "DA": "/Helv 0 Tf 0 g"}
    text = "First line\nSecond line\n" + "word " * 60
    assert shown(form(area), name=text) == squeezed(text)


def test_letters_have_places_of_their_own_in_a_comb() -> None:
    assert shown(form({**TEXT, "Ff": 1 << 24, "MaxLen": 4}), name="12345") == "1234"


@pytest.mark.parametrize("value", [True, "True", "yes", "Ja", "on"])
def test_a_box_is_checked_by_what_the_form_calls_it(value: FieldValue) -> None:
    made = fill(form(BOX), {"box": value})
    assert values(made) == {"box": "/Ja"}
    pdf = opened(made)
    assert pdf.pages[0].Annots[0].AS == "/Ja"


@pytest.mark.parametrize("value", [False, "False", "No", "", "whatever"])
def test_a_box_stays_off(value: FieldValue) -> None:
    assert values(fill(form(BOX), {"box": value})) == {"box": "/Off"}


def test_a_box_without_looks_gets_a_cross_and_the_value_that_is_asked_for() -> None:
    made = fill(form({**BOX, "states": []}), {"box": True}, export_value="on")
    assert values(made) == {"box": "/on"}
    pdf = opened(made)
    assert "/on" in pdf.pages[0].Annots[0].AP.N


def test_of_radio_buttons_one_is_on() -> None:
    made = fill(form(RADIO), {"color": "blue"})
    assert values(made) == {"color": "/blue"}
    pdf = opened(made)
    assert [str(kid.AS) for kid in pdf.pages[0].Annots] == ["/Off", "/blue"]


def test_a_choice_is_stored_by_its_value_and_shown_by_its_name() -> None:
    choice = {"T": "fruit", "FT": "/Ch", "Rect": [20, 20, 200, 40], "Opt": [["a", "Apple"], ["p", "Pear"]]}
    assert values(fill(form(choice), {"fruit": "Pear"})) == {"fruit": "p"}
    assert shown(form(choice), fruit="a") == "Apple"


def test_places_with_one_name_show_the_same() -> None:
    twice = {**TEXT, "kids": [{"Rect": [20, 300, 200, 320]}, {"Rect": [20, 100, 200, 120]}]}
    assert shown(form(twice), name="Ann") == "AnnAnn"
    assert shown(form(TEXT, {**TEXT, "page": 1}, pages=2), name="Ann") == "AnnAnn"


def test_a_form_that_is_not_editable_has_no_fields() -> None:
    made = fill(form(TEXT, BOX), {"name": "Ann", "box": True}, editable=False)
    pdf = opened(made)
    assert "/AcroForm" not in pdf.Root
    assert len(pdf.pages[0].Annots) == 0


def test_a_picture_is_drawn_into_its_field_which_is_gone() -> None:
    signature = {"T": "sig", "FT": "/Sig", "Rect": [20, 20, 200, 80]}
    made = fill(form(TEXT, signature), {"sig": Picture(drawing()), "name": "Ann"})
    pdf = opened(made)
    assert values(made) == {"name": "Ann"}
    assert len(pdf.pages[0].Annots) == 1
    assert any("/XObject" in stamped.get("/Resources", {}) for stamped in pdf.pages[0].Resources.XObject.values())


def test_a_name_that_the_form_does_not_have_changes_nothing() -> None:
    assert values(fill(form(TEXT), {"other": "x"})) == {"name": None}


def test_fields_of_a_form_are_told() -> None:
    name, box = form_fields(form(TEXT, {**BOX, "page": 1}, pages=2))
    assert (name.name, name.default, name.page, name.kind, name.checked) == ("name", "", 1, "/Tx", None)
    assert (box.name, box.default, box.page, box.kind, box.checked) == ("box", "No", 2, "/Btn", "Ja")
    assert box.corners == (20, 200, 40, 220)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\nnothing", b"PK\x03\x04", b"\x00" * 5000])
def test_what_is_no_pdf_is_told(content: bytes) -> None:
    with pytest.raises(DocumentError, match="The PDF is broken"):
        fill(content, {"name": "x"})


def test_odd_forms_do_no_harm() -> None:
    circle = form(TEXT)
    with pikepdf.open(io.BytesIO(circle)) as pdf:
        field = pdf.pages[0].Annots[0]
        field.Parent = field
        field.Rect = pikepdf.Array([0, 0, 0, 0])
        out = io.BytesIO()
        pdf.save(out)
    assert page_count(fill(out.getvalue(), {"name": "x"}, editable=False)) == 1
    with pytest.raises(DocumentError):
        fill(form({**TEXT, "Rect": ["a", "b"]}), {"name": "x"})


def test_a_locked_form_needs_its_password() -> None:
    locked = protected(form(TEXT), "secret")
    with pytest.raises(DocumentError, match="template password"):
        fill(locked, {})
    assert values(fill(locked, {"name": "Ann"}, password="secret")) == {"name": "Ann"}


def test_a_protected_pdf_opens_with_its_password_only() -> None:
    made = protected(form(TEXT), "user", "owner")
    assert pypdf.PdfReader(io.BytesIO(made)).is_encrypted
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(made))
    assert pikepdf.open(io.BytesIO(made), password="user").user_password_matched
    assert protected(b"as it is") == b"as it is"


def test_forms_that_are_joined_keep_what_is_in_their_fields() -> None:
    one, two = fill(form(TEXT), {"name": "Ann"}), fill(form(TEXT), {"name": "Bob"})
    made = joined([one, two])
    assert page_count(made) == 2
    assert values(made) == {"name": "Ann", "name+1": "Bob"}


def test_a_page_is_laid_over_others() -> None:
    below = fill(form(TEXT, pages=3), {"name": "Below"}, editable=False)
    over = fill(form({**TEXT, "Rect": [20, 20, 200, 40]}), {"name": "Over"}, editable=False)
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(overlaid(below, over, first=2))).pages]
    assert ["Over" in text for text in pages] == [False, True, True]
    assert "Below" in pages[0]
    even = pypdf.PdfReader(io.BytesIO(overlaid(below, over, only="even"))).pages
    assert ["Over" in page.extract_text() for page in even] == [False, True, False]
    each = pypdf.PdfReader(io.BytesIO(overlaid(below, over, each=True))).pages
    assert ["Over" in page.extract_text() for page in each] == [True, False, False]
    with pytest.raises(DocumentError, match="no page 7"):
        overlaid(below, over, page=7)


def test_a_picture_becomes_a_page() -> None:
    assert page_count(picture_page(drawing(kind="JPEG"))) == 1
    with pytest.raises(DocumentError, match="can't be read"):
        picture_page(b"nothing")
