"""Typed text: one line, several lines, e-mail addresses, passwords, telephone numbers, hidden text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from docassemble_lite.engine.fields.datatype import Datatype, FieldSpec
from docassemble_lite.engine.markup import strip_html
from docassemble_lite.engine.screen import AskedField, FieldView
from docassemble_lite.errors import LiteError

_MAILBOX = re.compile(r"[^\s@<>(),;:\\\"\[\]\x00-\x1f\x7f]+")
_DOMAIN_LABEL = re.compile(r"(?!-)[^\W_](?:[\w-]*[^\W_])?")


class Text(Datatype):
    """One line of text. HTML in it is taken out, since what people type is data."""

    names: ClassVar[tuple[str, ...]] = ("text",)
    # whether HTML is kept
    raw: bool = False

    def limits(self, spec: FieldSpec) -> dict[str, Any]:
        return {name: count for name in ("minlength", "maxlength") if (count := whole_limit(spec, name)) is not None}

    def typed(self, posted: Sequence[str]) -> str:
        text = super().typed(posted)
        return self.laid_out(text if self.raw else strip_html(text)).strip()

    def laid_out(self, text: str) -> str:
        """The text with the line ends that the control allows."""
        return " ".join(line.strip() for line in text.splitlines() if line.strip())

    def parsed(self, asked: AskedField, text: str) -> Any:
        least, most = asked.options.get("minlength"), asked.options.get("maxlength")
        if least is not None and len(text) < least:
            raise self.refusal(asked, "minlength", least)
        if most is not None and len(text) > most:
            raise self.refusal(asked, "maxlength", most)
        return text

    def attributes(self, spec: FieldSpec, asked: AskedField) -> dict[str, str]:
        return {name: str(asked.options[name]) for name in ("minlength", "maxlength") if name in asked.options}

    def rules(self, asked: AskedField) -> dict[str, str]:
        lengths = {
            name: self.told(asked, name, asked.options[name]) for name in ("minlength", "maxlength") if name in asked.options
        }
        return {**super().rules(asked), **lengths}


class Raw(Text):
    """One line of text in which HTML is kept."""

    names: ClassVar[tuple[str, ...]] = ("raw",)
    raw = True


class Area(Text):
    """Several lines of text."""

    names: ClassVar[tuple[str, ...]] = ("area",)
    input_types: ClassVar[tuple[str, ...]] = ("area",)
    kind: ClassVar[str] = "textarea"

    def __init__(self, stored: Datatype | None = None, input_type: str = "") -> None:
        super().__init__(stored, input_type)
        if stored is not None and not isinstance(stored, Text):
            raise LiteError(f"“input type: area” is for text, not for “datatype: {stored.names[0]}”.")
        self.raw = stored is not None and stored.raw

    def laid_out(self, text: str) -> str:
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def attributes(self, spec: FieldSpec, asked: AskedField) -> dict[str, str]:
        rows = whole_limit(spec, "rows")
        return {**super().attributes(spec, asked), "rows": str(rows or 4)}


class Telephone(Text):
    """A telephone number, as it was typed."""

    names: ClassVar[tuple[str, ...]] = ("phone",)
    html_type: ClassVar[str] = "tel"


class Email(Text):
    """One e-mail address."""

    names: ClassVar[tuple[str, ...]] = ("email",)
    html_type: ClassVar[str] = "email"

    def typed(self, posted: Sequence[str]) -> str:
        # an address in angle brackets would vanish as if it were HTML; it is refused instead
        return Datatype.typed(self, posted)

    def parsed(self, asked: AskedField, text: str) -> Any:
        if not is_email_address(text):
            raise self.refusal(asked, "email")
        return super().parsed(asked, text)

    def rules(self, asked: AskedField) -> dict[str, str]:
        return {**super().rules(asked), "type": self.told(asked, "email")}


class Password(Text):
    """A password: taken exactly as it was typed, and never sent back to the browser."""

    names: ClassVar[tuple[str, ...]] = ("password",)
    input_types: ClassVar[tuple[str, ...]] = ("password",)
    html_type: ClassVar[str] = "password"

    def typed(self, posted: Sequence[str]) -> str:
        return posted[-1] if posted else ""

    def text_of(self, value: Any) -> str:
        return ""

    def retyped(self, spec: FieldSpec, asked: AskedField, posted: Sequence[str], error: str) -> FieldView:
        return super().retyped(spec, asked, (), error)

    def attributes(self, spec: FieldSpec, asked: AskedField) -> dict[str, str]:
        return {**super().attributes(spec, asked), "autocomplete": "off"}


class Hidden(Datatype):
    """A control that nobody sees; scripts fill it. The datatype behind it decides what the text stands for."""

    names: ClassVar[tuple[str, ...]] = ("hidden",)
    input_types: ClassVar[tuple[str, ...]] = ("hidden",)
    kind: ClassVar[str] = "hidden"
    html_type: ClassVar[str] = "hidden"

    @property
    def _behind(self) -> Datatype:
        return self.stored or Text()

    def asked(self, spec: FieldSpec) -> AskedField:
        asked = self._behind.asked(spec)
        return replace(asked, required=False, options={**asked.options, "input_type": self.input_type})

    def view(self, spec: FieldSpec, asked: AskedField, value: Any) -> FieldView:
        return self.shown(spec, asked, self._behind.text_of(value))

    def convert(self, asked: AskedField, posted: Sequence[str]) -> Any:
        return self._behind.convert(asked, posted)

    def rules(self, asked: AskedField) -> dict[str, str]:
        # nothing can be shown beside a control that nobody sees
        return {}


def whole_limit(spec: FieldSpec, name: str) -> int | None:
    """A modifier that counts something, None where the author set none; LiteError when it isn't a whole number."""
    written = spec.keys.get(name)
    if written is None or str(written).strip() == "":
        return None
    try:
        count = int(str(written).strip())
    except ValueError:
        count = -1
    if count < 0:
        raise LiteError(f"The “{name}” of the field “{spec.variable}” must be a whole number, not {written!r}.")
    return count


def is_email_address(text: str) -> bool:
    """Whether the text has the form of one address: a mailbox, @ and a domain that has a dot."""
    mailbox, _, domain = text.rpartition("@")
    labels = domain.split(".")
    return (
        len(text) <= 254
        and 0 < len(mailbox) <= 64
        and all(_MAILBOX.fullmatch(part) for part in mailbox.split("."))
        and len(labels) > 1
        and all(len(label) <= 63 and _DOMAIN_LABEL.fullmatch(label) for label in labels)
    )
