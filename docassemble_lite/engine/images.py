"""Images in pages: `[FILE …]`, `:name:`, decorations, and the images that an interview gives names to."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docassemble_lite.engine.document import Items, Section
from docassemble_lite.errors import NoSuchFile
from docassemble_lite.formats.kinds import SHOWN_PICTURES
from docassemble_lite.host import FileInfo, current
from docassemble_lite.objects.file_names import extension_of, mimetype_of

if TYPE_CHECKING:
    from docassemble_lite.engine.program import Program

_WIDTH = re.compile(r"(\d+(?:\.\d+)?) ?(px|in|cm|mm|pt|pc|em|rem|vw|%)?")
#: Characters of a text file that a page shows.
_MOST_TEXT = 100_000
_NOTHING = ("", "None", "none")


@dataclass(frozen=True)
class Image:
    """An image with a name. `address` is where a browser finds it, `attribution` to whom thanks are due, as Markdown."""

    reference: str
    address: str
    attribution: str = ""


def read_images(program: Program, section: Section, key: str) -> None:
    """Take over an `images` section."""
    _read(program, section, key, "")


def read_image_sets(program: Program, section: Section, key: str) -> None:
    """Take over an `image sets` section: images, and whom to thank for them."""
    sets = section[key]
    if not isinstance(sets, Section):
        raise section.mistake(key, "“image sets” must consist of sets.", "Below each write “attribution:” and “images:”.")
    for name in sets:
        listed = sets[name]
        if not isinstance(listed, Section) or "images" not in listed:
            raise sets.mistake(name, f"The set “{name}” has no images.", "Write “images:” below it, and “name: file” below that.")
        _read(program, listed, "images", str(listed.get("attribution") or "").strip())


def _read(program: Program, section: Section, key: str, attribution: str) -> None:
    listed = section[key]
    pairs = list(listed) if isinstance(listed, Items) else [listed]
    for item in pairs:
        if not isinstance(item, Section):
            raise section.mistake(key, "Images must be of the form “name: file”.")
        for name, reference in item.items():
            source = item.place.source
            address = program.sources.static_address(str(reference), source)
            if address is None:
                program.warnings.append(
                    item.mistake(
                        name,
                        f"There is no static file “{reference}”.",
                        "It belongs into data/static of the package, or into a folder “static” beside the interview.",
                    )
                )
                continue
            program.images[str(name)] = Image(str(reference), address, attribution)


def named_image(name: str) -> Image | None:
    """The image of that name, in the interview that is being evaluated."""
    evaluation = current().evaluation
    return None if evaluation is None else evaluation.program.images.get(name)


def icon_html(name: str) -> str | None:
    """An image as large as the text around it; None if there is none of that name."""
    image = named_image(name)
    return None if image is None else f'<img class="daicon" alt="" src="{html.escape(image.address)}">'


def decoration_html(names: str) -> str:
    """The images that decorate a question; names that nothing has are left out."""
    images = [named_image(name.strip()) for name in names.split(",")]
    return "".join(f'<img class="dadecoration" alt="" src="{html.escape(image.address)}">' for image in images if image)


def attributions(pieces: Iterable[str]) -> list[str]:
    """Whom to thank for the images in these pieces of HTML, as Markdown, each once."""
    evaluation = current().evaluation
    images = [] if evaluation is None else [image for image in evaluation.program.images.values() if image.attribution]
    shown = "".join(pieces) if images else ""
    used = [image.attribution for image in images if f'src="{html.escape(image.address)}"' in shown]
    return list(dict.fromkeys(used))


def file_html(reference: str, width: str, alt: str) -> str | None:
    """What `[FILE reference, width, alt]` shows: a picture, a player, a text, or a link.

    None if there is no such static file; empty if a file of the session has gone.

    The alternative text may hold typed characters as `typed` veils them; what it becomes is settled with the rest.
    """
    reference, words = reference.strip(), alt.strip().replace('"', "&quot;").replace("<", "&lt;")
    if reference.isascii() and reference.isdigit():
        return _stored(int(reference), width, words)
    image = named_image(reference)
    address = image.address if image else _static_address(reference)
    return _shown(address, mimetype_of(extension_of(address)), width, words, reference) if address else None


def _stored(number: int, width: str, words: str) -> str:
    host = current().host
    try:
        info = host.file_info(number)
    except NoSuchFile:
        return ""
    if info.mimetype in ("text/plain", "text/markdown"):
        return _text_of(info)
    if info.mimetype == "application/pdf":
        return _first_page(info, width, words)
    kind = info.mimetype if info.mimetype != "image/svg+xml" else ""
    return _shown(host.file_url(number, info.extension, attachment=False, external=False), kind, width, words, info.name)


def _first_page(info: FileInfo, width: str, words: str) -> str:
    """A picture of the first page of a PDF, which leads to all of it, with the file's name if it has no other words."""
    host = current().host
    where = html.escape(host.file_url(info.number, info.extension, attachment=False, external=False))
    page = host.file_url(info.number, info.extension, attachment=False, external=False, page=1, size="screen")
    shown = f'<img class="daimage dapdf"{_style(width)} alt="{words}" src="{html.escape(page)}">'
    shown += "" if words else f'<span class="da-file-name">{html.escape(info.name)}</span>'
    return f'<a href="{where}" target="_blank" rel="noopener noreferrer">{shown}</a>'


def _static_address(reference: str) -> str:
    if current().evaluation is None or "." not in reference:
        return ""
    try:
        return str(current().host.page_url(reference, {}))
    except ValueError:
        return ""


def _shown(address: str, mimetype: str, width: str, words: str, name: str) -> str:
    where = html.escape(address)
    if mimetype in SHOWN_PICTURES or mimetype == "image/svg+xml":
        return f'<img class="daimage"{_style(width)} alt="{words}" src="{where}">'
    if mimetype.startswith(("audio/", "video/")):
        tag = mimetype.partition("/")[0]
        said = f' aria-label="{words}"' if words else ""
        return f'<{tag} class="damedia"{_style(width)}{said} controls preload="metadata" src="{where}"></{tag}>'
    return f'<a href="{where}" target="_blank" rel="noopener noreferrer">{words or html.escape(name)}</a>'


def _text_of(info: FileInfo) -> str:
    text = current().host.read_file(info.number).decode("utf-8", "replace")
    return f'<span class="da-file-text">{html.escape(text[:_MOST_TEXT])}</span>'


def _style(width: str) -> str:
    if width.strip() in _NOTHING:
        return ""
    match = _WIDTH.fullmatch(width.strip())
    return f' style="width: {match[1]}{match[2] or "px"}"' if match else ""
