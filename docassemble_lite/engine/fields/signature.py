"""A signature: drawn in the browser, or a name that was typed, of which the server makes a picture."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from docassemble_lite.documents.handwriting import handwritten
from docassemble_lite.engine.fields.datatype import Datatype, FieldSpec
from docassemble_lite.engine.fields.text import Text
from docassemble_lite.engine.screen import AskedField, FieldView
from docassemble_lite.formats.colors import hexadecimal
from docassemble_lite.formats.pictures import BrokenPicture, TooManyPixels
from docassemble_lite.formats.signatures import NoSignature, drawn
from docassemble_lite.objects import DAFile

#: What a drawing begins with; anything else is a name.
DRAWN = "data:image/png;base64,"
#: Characters of a typed name.
LONGEST = 80
_NAMELESS = re.compile(r"[\W_]*")


class Signature(Datatype):
    """The control of a `signature` block. Its value is a `DAFile`, a transparent PNG; None if nobody need sign and nobody has."""

    names: ClassVar[tuple[str, ...]] = ("signature",)
    kind: ClassVar[str] = "signature"
    required_code: ClassVar[str] = "signature required"

    def limits(self, spec: FieldSpec) -> dict[str, Any]:
        return {"color": hexadecimal(str(spec.keys.get("pen color") or ""))}

    def text_of(self, value: Any) -> str:
        # whoever comes back signs again
        return ""

    def typed(self, posted: Sequence[str]) -> str:
        """The last of the control's texts that says something: the drawing comes after the name."""
        texts = [text.strip() for text in posted if text.strip()]
        return texts[-1] if texts else ""

    def parsed(self, asked: AskedField, text: str) -> Any:
        picture = self._drawn(asked, text) if text.startswith(DRAWN) else self._written(asked, text)
        file = DAFile(asked.variable)
        file.initialize(filename="signature.png", mimetype="image/png", content=picture)
        return file

    def empty(self, asked: AskedField) -> Any:
        return None

    def retyped(self, spec: FieldSpec, asked: AskedField, posted: Sequence[str], error: str) -> FieldView:
        name = next((text for text in posted if not text.startswith(DRAWN)), "")
        return replace(self.shown(spec, asked, name), error=error)

    def attributes(self, spec: FieldSpec, asked: AskedField) -> dict[str, str]:
        return {"maxlength": str(LONGEST), "data-color": asked.options["color"]}

    def _drawn(self, asked: AskedField, text: str) -> bytes:
        try:
            return drawn(base64.b64decode(text.removeprefix(DRAWN), validate=True))
        except (binascii.Error, ValueError, BrokenPicture, TooManyPixels, NoSignature) as error:
            raise self.refusal(asked, self.required_code) from error

    def _written(self, asked: AskedField, text: str) -> bytes:
        name = Text().typed([text])[:LONGEST]
        if _NAMELESS.fullmatch(name):
            raise self.refusal(asked, self.required_code)
        return handwritten(name, asked.options["color"])
