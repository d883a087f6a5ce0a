"""Pictures from outside."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from docassemble_lite.formats.pictures import BrokenPicture, TooManyPixels, checked, cleaned, preview
from docassemble_lite.formats.signatures import NoSignature, drawn
from tests.unit.formats.hostile import from_a_phone, picture, pixel_flood


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("family", ["jpeg", "png", "webp"])
@pytest.mark.parametrize("orientation", [1, 6])
def test_nobody_learns_where_and_by_what_a_photo_was_taken(family: str, orientation: int) -> None:
    given = from_a_phone(family.upper(), orientation)
    assert b"SECRET" in given
    content, made = cleaned(given, family)
    assert made == family
    assert b"SECRET" not in content
    assert not opened(content).getexif().get_ifd(0x8825)


def test_a_photo_that_needs_no_change_loses_nothing_of_the_picture() -> None:
    given = from_a_phone()
    content, _ = cleaned(given, "jpeg")
    assert opened(content).tobytes() == opened(given).tobytes()
    assert given.endswith(content[content.index(b"\xff\xda") :])


def test_what_a_phone_puts_behind_a_photo_is_gone() -> None:
    content, _ = cleaned(picture("JPEG") + b"\0\0\0\x18ftypmp42" + from_a_phone(), "jpeg")
    assert b"SECRET" not in content
    assert b"ftyp" not in content
    checked(content, "jpeg")


def test_a_photo_that_was_held_sideways_stands_upright() -> None:
    content, _ = cleaned(from_a_phone(orientation=6), "jpeg")
    upright = opened(content).convert("RGB")
    assert upright.size == (20, 30)
    # what was at the left is at the top now
    red, _, blue = upright.getpixel((10, 3))
    assert red > 200 > blue


@pytest.mark.parametrize(("size", "scaled"), [((400, 200), (100, 50)), ((200, 400), (50, 100)), ((40, 20), (40, 20))])
def test_a_picture_is_made_no_larger_than_it_may_be(size: tuple[int, int], scaled: tuple[int, int]) -> None:
    content, _ = cleaned(picture(size=size), "png", longest=100)
    assert opened(content).size == scaled


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1"])
@pytest.mark.parametrize("wanted", ["jpeg", "png", "bmp", "webp"])
def test_a_picture_of_any_kind_becomes_the_wanted_one(mode: str, wanted: str) -> None:
    given = picture(mode="RGB") if mode == "RGB" else _saved(opened(picture()).convert(mode))
    content, made = cleaned(given, "png", wanted=wanted)
    assert made == wanted
    assert opened(content).format == wanted.upper()
    assert opened(content).size == (30, 20)


def _saved(made: Image.Image) -> bytes:
    out = io.BytesIO()
    made.save(out, "PNG")
    return out.getvalue()


def test_what_is_transparent_becomes_white_where_there_is_no_transparency() -> None:
    content, _ = cleaned(_saved(Image.new("RGBA", (9, 9), (0, 0, 0, 0))), "png", wanted="bmp")
    assert opened(content).getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize("size", [(60_000, 60_000), (50_001, 1_000), (1_000, 50_001)])
def test_a_flood_of_pixels_is_refused_before_it_is_decoded(size: tuple[int, int]) -> None:
    with pytest.raises(TooManyPixels):
        checked(pixel_flood(*size), "png")


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data", "ignore:Truncated File Read")
@pytest.mark.parametrize("family", ["png", "jpeg", "gif", "webp", "bmp", "tiff"])
def test_a_picture_that_is_cut_off_anywhere_is_broken_or_whole(family: str) -> None:
    given = picture(family.upper())
    for length in range(0, len(given), 7):
        try:
            cleaned(given[:length], family)
        except (BrokenPicture, TooManyPixels):
            continue


def test_a_picture_is_not_read_as_anything_but_what_it_looks_like() -> None:
    with pytest.raises(BrokenPicture):
        checked(picture("JPEG"), "png")


def test_a_preview_is_small() -> None:
    assert opened(preview(picture(size=(900, 300)), "png", 90)).size == (90, 30)


# --- signatures ------------------------------------------------------------------------------------------------------------


def test_a_drawing_is_kept_as_a_transparent_picture_without_anything_else() -> None:
    made = Image.new("RGBA", (40, 20), (0, 0, 0, 0))
    made.putpixel((5, 5), (0, 0, 255, 255))
    content = drawn(_saved(made) + b"more")
    assert not content.endswith(b"more")
    assert opened(content).getpixel((5, 5)) == (0, 0, 255, 255)
    assert opened(content).getpixel((9, 9))[3] == 0


def test_an_empty_drawing_is_no_signature() -> None:
    with pytest.raises(NoSignature):
        drawn(_saved(Image.new("RGBA", (40, 20), (0, 0, 0, 0))))


def test_a_drawing_that_no_canvas_of_ours_makes_is_no_signature() -> None:
    with pytest.raises(NoSignature):
        drawn(_saved(Image.new("L", (2_001, 2_000), 9)))
