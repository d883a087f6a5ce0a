"""A name as a picture, for people who sign by typing it."""

from __future__ import annotations

from docassemble_lite.documents.programs import private_folder, typst_picture

_SOURCE = """#set page(width: auto, height: auto, margin: (x: 10pt, y: 6pt), fill: none)
#set text(size: 32pt, style: "italic", fill: rgb("%s"), lang: "en")
#"%s"
"""


def handwritten(name: str, color: str) -> bytes:
    """The name as a transparent PNG. `color` is of the form #rrggbb. Raises `DocumentError`."""
    quoted = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    with private_folder() as folder:
        return typst_picture((_SOURCE % (color, quoted)).encode(), folder)
