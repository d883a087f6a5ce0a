"""A field as the blocks make it, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from docassemble_lite.engine.fields.control_name import control_name
from docassemble_lite.engine.fields.datatype import FieldError, FieldSpec, FieldTexts, Option
from docassemble_lite.engine.fields.registry import datatype_for, datatype_of
from docassemble_lite.engine.screen import AskedField, FieldView


class Field:
    """One field that can be shown and answered."""

    def __init__(
        self,
        datatype: str = "text",
        input_type: str = "",
        *,
        choices: Sequence[Any] | None = None,
        required: bool = True,
        answered: bool = False,
        hint: str = "",
        **keys: Any,
    ) -> None:
        self.datatype = datatype_for(datatype, input_type, choices=choices is not None)
        self.spec = FieldSpec(
            variable="answer",
            name=control_name("answer"),
            datatype=datatype,
            input_type=input_type,
            required=required,
            texts=FieldTexts(label_html="<b>Answer</b>", label="Answer", hint=hint),
            options=tuple(_option(choice) for choice in choices or ()),
            keys={name.replace("_", " "): value for name, value in keys.items()},
            answered=answered,
        )

    @classmethod
    def plain(cls, datatype: str) -> Field:
        """A field with no more than its datatype needs."""
        if datatype == "range":
            return cls(datatype, min=0, max=9)
        return cls(datatype, choices=["apple", "pear"] if datatype_for(datatype).has_choices else None)

    @property
    def asked(self) -> AskedField:
        return self.datatype.asked(self.spec)

    def view(self, value: Any = None) -> FieldView:
        return self.datatype.view(self.spec, self.asked, value)

    def retyped(self, *posted: str, error: str = "Wrong.") -> FieldView:
        return self.datatype.retyped(self.spec, self.asked, posted, error)

    def convert(self, *posted: str) -> Any:
        asked = self.asked
        return datatype_of(asked).convert(asked, posted)

    def refusal(self, *posted: str) -> str:
        with pytest.raises(FieldError) as refused:
            self.convert(*posted)
        return refused.value.message

    def chosen(self, value: Any = None) -> list[str]:
        """The keys that the field shows as selected."""
        return [choice.key for choice in self.view(value).choices if choice.selected]


def _option(choice: Any) -> Option:
    if isinstance(choice, Option):
        return choice
    value, label = choice if isinstance(choice, tuple) else (choice, str(choice))
    return Option(value, label_html=label, label=label)


@pytest.fixture
def field() -> Callable[..., Field]:
    return Field
