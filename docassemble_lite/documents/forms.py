"""PDF forms: filled in so that every program shows what is in their fields, also one that draws no fields itself.

Typst draws the texts, with fonts that have their letters, each on a page of the size of its field; these pages become
the appearances of the fields.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docassemble_lite.documents.contents import has_all_fonts
from docassemble_lite.documents.pictures import trimmed
from docassemble_lite.documents.programs import private_folder, typst
from docassemble_lite.errors import DocumentError

if TYPE_CHECKING:
    import pikepdf

_TEMPLATE = Path(__file__).with_name("templates") / "fields.typ"
_MULTILINE, _COMB, _RADIO, _PUSH, _PASSWORD = 1 << 12, 1 << 24, 1 << 15, 1 << 16, 1 << 13
_HIDDEN = 0b10
# how deep the parents of a field may go
_DEPTH = 30
_FONT = re.compile(r"/(\S+)\s+([\d.]+)\s+Tf")
_COLOR = re.compile(r"((?:[\d.]+\s+){1,4})(g|rg|k)\b")
_SERIF, _MONO = re.compile(r"tiro|times|serif|roman|garamond|georgia", re.IGNORECASE), re.compile(r"cour|mono", re.IGNORECASE)
_YES = frozenset({"true", "yes", "on", "1", "x", "checked"})
_PNG = b"\x89PNG"
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True)
class Picture:
    """A picture that goes into a field."""

    content: bytes = field(repr=False)


FieldValue = str | bool | Picture


@dataclass(frozen=True)
class FormField:
    """One place of a field on a page: its full name, default, page (from 1), corners, type and value when it is checked."""

    name: str
    default: str
    page: int
    corners: tuple[float, float, float, float]
    kind: str | None
    checked: str | None


@dataclass
class _Drawing:
    """What Typst is to draw, and where it goes."""

    widget: Any
    instructions: dict[str, Any]
    picture: bytes | None = None


def form_fields(content: bytes, password: str = "") -> list[FormField]:
    """The fields of a PDF. Raises `DocumentError` for what isn't one."""
    with opened(content, password) as pdf:
        return [_described(widget, number) for number, page in enumerate(pdf.pages, 1) for widget in _widgets(page)]


def fill(
    content: bytes,
    values: Mapping[str, FieldValue],
    *,
    editable: bool = True,
    export_value: str = "Yes",
    font: str = "",
    password: str = "",
    archive: bool = False,
) -> bytes:
    """The form with these values. A name is the full name of a field, or the last part of it if there is only one such.

    `export_value` is what a checked box is called where the form itself doesn't say; `font` is a font for all texts;
    `password` opens the form. For an `archive` it has no fields any more, and what was in them before is drawn as well, where
    the form has it in a font that isn't in the file. Raises `DocumentError`.
    """
    with opened(content, password) as pdf:
        filling = _Filling(pdf, export_value, font)
        drawings = [*filling.drawings(values), *(filling.known() if archive else ())]
        _draw(pdf, drawings)
        _tidy(pdf, editable and not archive)
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


@contextmanager
def opened(content: bytes, password: str = "") -> Iterator[pikepdf.Pdf]:
    """A PDF, until the end of the block. Raises `DocumentError` for what isn't one, also if that turns out later."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(content), password=password) as pdf:
            yield pdf
    except pikepdf.PasswordError as error:
        raise DocumentError("The PDF is protected by a password. “template password” can say which.") from error
    except (
        pikepdf.PdfError,
        pikepdf.DataDecodingError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        RecursionError,
    ) as error:
        raise DocumentError(f"The PDF is broken: {error}") from error


# --- reading fields ----------------------------------------------------------------------------------------------------------


def _widgets(page: pikepdf.Page) -> Iterator[Any]:
    for annotation in page.obj.get("/Annots", ()):
        if annotation.get("/Subtype") == "/Widget":
            yield annotation


def _inherited(node: Any, key: str) -> Any:
    """What a field, or the nearest of its parents that says it, has under a key."""
    for ancestor in _ancestors(node):
        if key in ancestor:
            return ancestor[key]
    return None


def _ancestors(node: Any) -> Iterator[Any]:
    for _ in range(_DEPTH):
        if node is None:
            return
        yield node
        node = node.get("/Parent")


def _owner(widget: Any) -> Any:
    """The field that a widget shows: itself, or the parent that has the name."""
    return next((node for node in _ancestors(widget) if "/T" in node), widget)


def _name(widget: Any) -> str:
    return ".".join(reversed([str(node["/T"]) for node in _ancestors(widget) if "/T" in node]))


def _flags(widget: Any) -> int:
    return int(_inherited(widget, "/Ff") or 0)


def _states(widget: Any) -> list[str]:
    """What a box or a radio button can be, but off."""
    appearance = widget.get("/AP", {}).get("/N")
    keys = appearance.keys() if hasattr(appearance, "keys") and not _is_stream(appearance) else ()
    return [key.lstrip("/") for key in keys if key != "/Off"]


def _is_stream(value: Any) -> bool:
    import pikepdf

    return isinstance(value, pikepdf.Stream)


def _corners(widget: Any) -> tuple[float, float, float, float]:
    left, bottom, right, top = (float(corner) for corner in widget["/Rect"])
    return min(left, right), min(bottom, top), max(left, right), max(bottom, top)


def _described(widget: Any, page: int) -> FormField:
    kind = _inherited(widget, "/FT")
    value = _inherited(widget, "/V")
    default = "" if value is None else str(value).lstrip("/")
    states = _states(widget) if kind == "/Btn" else []
    if kind == "/Btn":
        default = "No" if default in ("", "Off") else default
    corners = tuple(float(corner) for corner in widget["/Rect"])
    return FormField(_name(widget), default, page, corners, kind and str(kind), states[0] if states else None)  # type: ignore[arg-type]


# --- filling -----------------------------------------------------------------------------------------------------------------


class _Filling:
    def __init__(self, pdf: pikepdf.Pdf, export_value: str, font: str) -> None:
        self.pdf = pdf
        self.export_value = export_value
        self.font = font
        self.form: Any = pdf.Root.get("/AcroForm", {})
        self._widgets = [widget for page in pdf.pages for widget in _widgets(page)]
        # places in that list
        self._drawn: set[int] = set()

    def drawings(self, values: Mapping[str, FieldValue]) -> Iterator[_Drawing]:
        """Set the values, and say what is to be drawn."""
        names = [_name(widget) for widget in self._widgets]
        for name, value in values.items():
            for index in _meant(name, names):
                for drawing in self._set(self._widgets[index], value):
                    self._drawn.add(index)
                    yield drawing

    def known(self) -> Iterator[_Drawing]:
        """What else is in fields, and is to be drawn because the form draws it with fonts that it doesn't have."""
        for index, widget in enumerate(self._widgets):
            appearance = _appearance(widget)
            if index in self._drawn or appearance is None or has_all_fonts(appearance):
                continue
            value = _inherited(widget, "/V")
            kind = str(_inherited(widget, "/FT") or "")
            if kind in ("/Tx", "/Ch") and _is_text(value):
                yield self._write(widget, kind, str(value))
            elif kind == "/Btn" and not _flags(widget) & _PUSH:
                yield _Drawing(widget, {"kind": "check", "state": str(widget.get("/AS", "/Off")).lstrip("/")})

    def _set(self, widget: Any, value: FieldValue) -> Iterator[_Drawing]:
        kind = str(_inherited(widget, "/FT") or "")
        if isinstance(value, Picture):
            yield _Drawing(widget, {"kind": "picture"}, trimmed(value.content))
        elif kind == "/Btn":
            yield from self._press(widget, value)
        elif kind in ("/Tx", "/Ch", "/Sig"):
            yield self._write(widget, kind, _text_of(value))

    def _write(self, widget: Any, kind: str, text: str) -> _Drawing:
        import pikepdf

        shown = text
        if kind == "/Ch":
            text, shown = _option(widget, text)
        if kind != "/Sig":
            owner = _owner(widget)
            owner["/V"] = pikepdf.String(text)
            for stale in ("/I", "/RV"):
                if stale in owner:
                    del owner[stale]
        return _Drawing(widget, {"kind": "text", "text": shown, **self._looks(widget)})

    def _looks(self, widget: Any) -> dict[str, Any]:
        """How the form wants texts of the field to look."""
        said = str(_inherited(widget, "/DA") or self.form.get("/DA") or "")
        font = _FONT.search(said)
        flags = _flags(widget)
        return {
            "font": self.font or _family(self._font_name(font[1]) if font else ""),
            "size": min(float(font[2]), 200.0) if font else 0.0,
            "color": _color(said),
            "align": {1: "center", 2: "right"}.get(int(_inherited(widget, "/Q") or 0), "left"),
            "lines": bool(flags & _MULTILINE),
            "comb": int(_inherited(widget, "/MaxLen") or 0) if flags & _COMB else 0,
        }

    def _font_name(self, name: str) -> str:
        fonts = self.form.get("/DR", {}).get("/Font", {})
        found = fonts.get(f"/{name}", {}) if hasattr(fonts, "get") else {}
        return str(found.get("/BaseFont", name)) if hasattr(found, "get") else name

    def _press(self, widget: Any, value: FieldValue) -> Iterator[_Drawing]:
        import pikepdf

        if _flags(widget) & _PUSH:
            return
        states, owner = _states(widget), _owner(widget)
        state = self._state(widget, states, value)
        if state:
            owner["/V"] = pikepdf.Name(f"/{state}")
        elif not _flags(widget) & _RADIO:
            owner["/V"] = pikepdf.Name.Off
        widget["/AS"] = pikepdf.Name(f"/{state}") if state else pikepdf.Name.Off
        if state and state not in states:
            yield _Drawing(widget, {"kind": "check", "state": state})

    def _state(self, widget: Any, states: list[str], value: FieldValue) -> str:
        """What the box becomes; empty for off."""
        text = _text_of(value).strip()
        if text in states:
            return text
        if _flags(widget) & _RADIO:
            return _radio_state(widget, states, text)
        if value is True or text.lower() in _YES or text == self.export_value:
            return self.export_value if self.export_value in states or not states else states[0]
        return ""


def _meant(name: str, names: list[str]) -> list[int]:
    """The places of the field with that name."""
    exact = [index for index, known in enumerate(names) if known == name]
    if exact:
        return exact
    last = [index for index, known in enumerate(names) if known.rpartition(".")[2] == name]
    return last if len({names[index] for index in last}) == 1 else []


def _text_of(value: FieldValue) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    assert isinstance(value, str)
    return _CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))


def _radio_state(widget: Any, states: list[str], text: str) -> str:
    """A radio button whose choices are called otherwise in `/Opt` of its field."""
    options = [str(option) for option in _inherited(widget, "/Opt") or ()]
    number = states[0] if states else ""
    return number if number.isdigit() and int(number) < len(options) and options[int(number)] == text else ""


def _option(widget: Any, text: str) -> tuple[str, str]:
    """What a list stores and what it shows for a choice, which may be named by either."""
    for option in _inherited(widget, "/Opt") or ():
        stored, shown = (str(option[0]), str(option[1])) if not _is_text(option) else (str(option), str(option))
        if text in (stored, shown):
            return stored, shown
    return text, text


def _is_text(option: Any) -> bool:
    import pikepdf

    return isinstance(option, (str, pikepdf.String))


def _family(name: str) -> str:
    return "mono" if _MONO.search(name) else "serif" if _SERIF.search(name) else "sans"


def _color(said: str) -> list[float]:
    found = _COLOR.search(said)
    return [min(max(float(part), 0.0), 1.0) for part in found[1].split()] if found else [0.0]


# --- drawing -----------------------------------------------------------------------------------------------------------------


def _draw(pdf: pikepdf.Pdf, drawings: list[_Drawing]) -> None:
    """Give each widget what it looks like."""
    import pikepdf

    wanted = [drawing for drawing in drawings if _is_visible(drawing)]
    if not wanted:
        return
    with pikepdf.open(io.BytesIO(_drawn(wanted))) as drawn:
        for drawing, page in zip(wanted, drawn.pages, strict=True):
            appearance = pdf.copy_foreign(page.as_form_xobject())
            _dress(pdf, drawing, appearance)


def _is_visible(drawing: _Drawing) -> bool:
    left, bottom, right, top = _corners(drawing.widget)
    return right - left >= 1 and top - bottom >= 1


def _drawn(drawings: list[_Drawing]) -> bytes:
    """A page for each drawing."""
    with private_folder() as folder:
        instructions = []
        for number, drawing in enumerate(drawings):
            left, bottom, right, top = _corners(drawing.widget)
            turned = int(drawing.widget.get("/MK", {}).get("/R", 0)) % 180 == 90
            width, height = (top - bottom, right - left) if turned else (right - left, top - bottom)
            given = {"width": width, "height": height, **drawing.instructions}
            if drawing.picture is not None:
                ending = "png" if drawing.picture.startswith(_PNG) else "jpg"
                given["file"] = f"{number}.{ending}"
                (folder / given["file"]).write_bytes(drawing.picture)
            instructions.append(given)
        data = json.dumps(instructions, ensure_ascii=False)
        source = _TEMPLATE.read_text(encoding="utf-8").replace("DATA", json.dumps(data, ensure_ascii=False).replace("\\/", "/"))
        return typst(
            source.encode(), folder, tagged=False, all_fonts=any(given.get("font", "serif") != "serif" for given in instructions)
        )


def _dress(pdf: pikepdf.Pdf, drawing: _Drawing, appearance: Any) -> None:
    import pikepdf

    widget = drawing.widget
    _turn(widget, appearance)
    made = pdf.make_indirect(appearance)
    state = drawing.instructions.get("state")
    if state:
        widget["/AP"] = pikepdf.Dictionary(N=pikepdf.Dictionary({f"/{state}": made, "/Off": _empty(pdf, appearance)}))
    else:
        widget["/AP"] = pikepdf.Dictionary(N=made)
    widget["/F"] = (int(widget.get("/F", 0)) | 4) & ~_HIDDEN if state is None else int(widget.get("/F", 4))
    if drawing.picture is not None:
        # nobody can sign a second time where there is a signature
        widget["/Picture"] = True


def _turn(widget: Any, appearance: Any) -> None:
    """Turn what is drawn as the field is turned."""
    import pikepdf

    angle = int(widget.get("/MK", {}).get("/R", 0)) % 360
    matrix = {90: (0, 1, -1, 0, 0, 0), 180: (-1, 0, 0, -1, 0, 0), 270: (0, -1, 1, 0, 0, 0)}.get(angle)
    if matrix:
        appearance["/Matrix"] = pikepdf.Array(matrix)


def _empty(pdf: pikepdf.Pdf, like: Any) -> Any:
    import pikepdf

    return pdf.make_stream(b"", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=like["/BBox"])


# --- at the end --------------------------------------------------------------------------------------------------------------


def _tidy(pdf: pikepdf.Pdf, editable: bool) -> None:
    """Leave a form that can still be changed, or none; pictures stay in either."""
    form = pdf.Root.get("/AcroForm")
    if form is not None:
        # the appearances are there; with it, programs would draw their own, without what the fonts lack
        for key in ("/NeedAppearances", "/XFA"):
            if key in form:
                del form[key]
    for page in pdf.pages:
        flatten(page, [widget for widget in _widgets(page) if not editable or "/Picture" in widget])
    if form is None:
        return
    if not editable:
        del pdf.Root["/AcroForm"]
        return
    form["/Fields"] = _without_pictures(pdf, form.get("/Fields", ()))


def _without_pictures(pdf: pikepdf.Pdf, fields: Any) -> Any:
    import pikepdf

    kept = []
    for node in fields:
        if "/Picture" in node:
            continue
        if "/Kids" in node:
            node["/Kids"] = _without_pictures(pdf, node["/Kids"])
            if not len(node["/Kids"]):
                continue
        kept.append(node)
    return pikepdf.Array(kept)


def flatten(page: pikepdf.Page, annotations: list[Any]) -> None:
    """Make fields, and other things that lie on a page, part of it."""
    import pikepdf

    if not annotations:
        return
    commands = [_stamped(page, annotation) for annotation in annotations]
    page.contents_add(b"q\n", prepend=True)
    page.contents_add(("Q\n" + "\n".join(command for command in commands if command)).encode(), prepend=False)
    chosen = {annotation.objgen for annotation in annotations if annotation.is_indirect}
    rest = [
        item for item in page.obj["/Annots"] if not (item.is_indirect and item.objgen in chosen) and not _same(item, annotations)
    ]
    page.obj["/Annots"] = pikepdf.Array(rest)


def _same(item: Any, widgets: list[Any]) -> bool:
    return not item.is_indirect and any(item == widget for widget in widgets)


def _stamped(page: Any, widget: Any) -> str:
    """The commands that draw a widget as it looks now."""
    appearance = _appearance(widget)
    if appearance is None or int(widget.get("/F", 0)) & _HIDDEN:
        return ""
    name = page.add_resource(appearance, "/XObject")
    left, bottom, right, top = _corners(widget)
    x0, y0, x1, y1 = _bounds(appearance)
    if x1 - x0 <= 0 or y1 - y0 <= 0:
        return ""
    across, up = (right - left) / (x1 - x0), (top - bottom) / (y1 - y0)
    return f"q {across:.5f} 0 0 {up:.5f} {left - x0 * across:.4f} {bottom - y0 * up:.4f} cm {name} Do Q"


def _appearance(widget: Any) -> Any:
    """What a widget looks like now; None if it says nothing of that."""
    appearance = widget.get("/AP", {}).get("/N")
    if appearance is not None and not _is_stream(appearance):
        appearance = appearance.get(str(widget.get("/AS", "/Off")))
    return appearance if appearance is not None and _is_stream(appearance) else None


def _bounds(appearance: Any) -> tuple[float, float, float, float]:
    """The box of an appearance, after its own matrix has turned it."""
    x0, y0, x1, y1 = (float(corner) for corner in appearance["/BBox"])
    a, b, c, d, e, f = (float(part) for part in appearance.get("/Matrix", (1, 0, 0, 1, 0, 0)))
    corners = [(a * x + c * y + e, b * x + d * y + f) for x in (x0, x1) for y in (y0, y1)]
    across, up = [x for x, _ in corners], [y for _, y in corners]
    return min(across), min(up), max(across), max(up)
