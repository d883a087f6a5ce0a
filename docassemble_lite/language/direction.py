"""In which direction languages are written."""

from __future__ import annotations

import re
from typing import Literal

_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


def direction(language: str) -> Literal["ltr", "rtl"]:
    """In which direction a language (a code such as "en" or "he-IL") is written: "ltr" or "rtl"."""
    return "rtl" if re.split("[-_]", language)[0].lower() in _RIGHT_TO_LEFT else "ltr"
