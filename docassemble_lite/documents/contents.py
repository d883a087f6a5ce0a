"""What pages are drawn with: fonts, colours, pictures. What of it an archive doesn't allow, and how that is mended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pikepdf

_FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
# lists of what is in a font, which needn't be there and often aren't right
_FONT_LISTS = ("/CIDSet", "/CharSet")
_CMYK = "/DeviceCMYK"
# of inline pictures, names may be shorter
_PRINTING = frozenset({_CMYK, "/CMYK"})
_FOR_SCREENS = {"k": "rg", "K": "RG"}
_PICTURE_KEYS = ("/Alternates", "/OPI")
_STATE_KEYS = ("/TR", "/TR2", "/HTP")
# how deep a drawing may be within others
_DEPTH = 30


class Contents:
    """Goes through pages with all that they show: drawings within drawings, patterns, letters that are drawings."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self._pdf = pdf
        self._seen: set[tuple[int, int]] = set()
        # what was found, once, in the order of the pages
        self._problems: dict[str, int] = {}
        self._used_fonts: dict[Any, tuple[str, int]] = {}
        self._missing: list[tuple[Any, str, Any]] = []
        self._page = 0

    def take(self, page: pikepdf.Page, number: int) -> None:
        """Take out of a page what makes no difference to how it looks; colours for printing become those of screens."""
        self._page = number
        self._draw(page, page.resources, _DEPTH)

    def problems(self) -> list[str]:
        """What couldn't be mended."""
        found = [f"{problem} (page {number})" for problem, number in self._problems.items()]
        for fonts, name, font in self._missing:
            used = self._used_fonts.get(_identity(font))
            if used:
                found.append(f"the font “{used[0]}” isn't embedded (page {used[1]})")
            elif name in fonts:
                del fonts[name]
        return list(dict.fromkeys(found))

    def _draw(self, drawing: Any, resources: Any, depth: int) -> None:
        if depth == 0 or resources is None:
            return
        _mend_group(drawing)
        self._go_through(drawing, resources)
        self._mend(resources)
        for inner, own in _inner(resources):
            if not (inner.is_indirect and inner.objgen in self._seen):
                self._seen.add(inner.objgen)
                self._draw(inner, own, depth - 1)

    def _go_through(self, drawing: Any, resources: Any) -> None:
        """The commands of a drawing."""
        import pikepdf

        fonts = resources.get("/Font", {})
        commands, changed = [], False
        for command in pikepdf.parse_content_stream(drawing):
            operator, operands = str(command.operator), list(command.operands)
            if operator == "Tf" and str(operands[0]) in fonts:
                font = fonts[str(operands[0])]
                self._used_fonts.setdefault(_identity(font), (_called(font), self._page))
            elif operator in _FOR_SCREENS and len(operands) == 4:
                command = pikepdf.ContentStreamInstruction(_as_rgb(operands), pikepdf.Operator(_FOR_SCREENS[operator]))
                changed = True
            elif operator in ("cs", "CS"):
                self._look_at_space(operands[0])
            elif operator == "INLINE IMAGE":
                self._look_at_space(operands[0].obj.get("/ColorSpace", operands[0].obj.get("/CS")))
            commands.append(command)
        if changed:
            self._write(drawing, pikepdf.unparse_content_stream(commands))

    def _write(self, drawing: Any, commands: bytes) -> None:
        import pikepdf

        if isinstance(drawing, pikepdf.Page):
            drawing.obj["/Contents"] = self._pdf.make_stream(commands)
        else:
            drawing.write(commands)

    def _mend(self, resources: Any) -> None:
        for name, font in _items(resources, "/Font"):
            _mend_font(font)
            if not is_embedded(font):
                self._missing.append((resources["/Font"], name, font))
        for _, state in _items(resources, "/ExtGState"):
            _drop(state, _STATE_KEYS)
        for kind in ("/ColorSpace", "/Shading"):
            for _, space in _items(resources, kind):
                self._look_at_space(space.get("/ColorSpace") if kind == "/Shading" else space)
        for _, item in _items(resources, "/XObject"):
            self._mend_object(item)

    def _mend_object(self, item: Any) -> None:
        if item.get("/Subtype") == "/Image":
            _drop(item, _PICTURE_KEYS)
            item["/Interpolate"] = False
            self._look_at_space(item.get("/ColorSpace"))
        elif item.get("/Subtype") == "/PS" or item.get("/Subtype2") == "/PS" or "/Ref" in item:
            self._problems.setdefault("it has a program in PostScript, or a page of another file", self._page)
        else:
            _drop(item, ("/OPI",))

    def _look_at_space(self, space: Any) -> None:
        if _is_for_printing(space):
            self._problems.setdefault("it has colours for printing (CMYK)", self._page)


def is_embedded(font: Any) -> bool:
    """Whether the letters of a font are in the file."""
    if font.get("/Subtype") == "/Type3":
        return True
    described = font["/DescendantFonts"][0] if "/DescendantFonts" in font else font
    descriptor = described.get("/FontDescriptor", {})
    return any(key in descriptor for key in _FONT_FILES)


def has_all_fonts(drawing: Any) -> bool:
    """Whether the letters of all fonts are in the file that a drawing can use."""
    resources = drawing.get("/Resources", {})
    return all(is_embedded(font) for _, font in _items(resources, "/Font")) and all(
        has_all_fonts(item) for _, item in _items(resources, "/XObject") if item.get("/Subtype") == "/Form"
    )


def _inner(resources: Any) -> Iterator[tuple[Any, Any]]:
    """The drawings that resources have, with resources of their own."""
    import pikepdf

    for _, item in _items(resources, "/XObject"):
        if item.get("/Subtype") == "/Form":
            yield item, item.get("/Resources", resources)
    for _, pattern in _items(resources, "/Pattern"):
        if "/Resources" in pattern:
            yield pattern, pattern["/Resources"]
    for _, state in _items(resources, "/ExtGState"):
        mask = state.get("/SMask")
        if isinstance(mask, pikepdf.Dictionary) and "/G" in mask:
            yield mask["/G"], mask["/G"].get("/Resources", resources)
    for _, font in _items(resources, "/Font"):
        if font.get("/Subtype") == "/Type3":
            for _, letter in _items(font, "/CharProcs"):
                yield letter, font.get("/Resources", resources)


def _items(owner: Any, key: str) -> list[tuple[str, Any]]:
    found = owner.get(key)
    return [(str(name), item) for name, item in found.items()] if found is not None else []


def _mend_group(drawing: Any) -> None:
    """What is seen through something else is mixed as on a screen."""
    import pikepdf

    group = drawing.get("/Group")
    if group is not None and group.get("/CS") == _CMYK:
        group["/CS"] = pikepdf.Name.DeviceRGB


def _mend_font(font: Any) -> None:
    import pikepdf

    for described in [font, *font.get("/DescendantFonts", ())]:
        _drop(described.get("/FontDescriptor", {}), _FONT_LISTS)
        if described.get("/Subtype") == "/CIDFontType2" and "/CIDToGIDMap" not in described:
            described["/CIDToGIDMap"] = pikepdf.Name.Identity


def _drop(dictionary: Any, keys: tuple[str, ...]) -> None:
    for key in keys:
        if key in dictionary:
            del dictionary[key]


def _identity(font: Any) -> Any:
    return font.objgen if font.is_indirect else _called(font)


def _called(font: Any) -> str:
    return str(font.get("/BaseFont", "?")).lstrip("/")


def _is_for_printing(space: Any) -> bool:
    """Whether a colour space is that of a printer, or is based on it."""
    import pikepdf

    if isinstance(space, pikepdf.Array):
        return str(space[0]) != "/ICCBased" and any(_is_for_printing(part) for part in list(space)[1:])
    return isinstance(space, pikepdf.Name) and str(space) in _PRINTING


def _as_rgb(operands: list[Any]) -> list[float]:
    *colours, black = (min(max(float(part), 0.0), 1.0) for part in operands)
    return [round((1 - colour) * (1 - black), 4) for colour in colours]
