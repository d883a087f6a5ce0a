"""Ready-made lists for multiple-choice questions."""

from __future__ import annotations

from docassemble_lite.language.language_function import language_function
from docassemble_lite.language.words import word

__all__ = ["name_suffix", "period_list"]


@language_function
def period_list() -> list[list[object]]:
    """Periods of payments, `[times a year, label]` each."""
    return [
        [12, word("Per Month")],
        [1, word("Per Year")],
        [52, word("Per Week")],
        [24, word("Twice Per Month")],
        [26, word("Every Two Weeks")],
    ]


@language_function
def name_suffix() -> list[str]:
    """What commonly follows the name of a person."""
    return ["Jr", "Sr", "II", "III", "IV", "V", "VI"]
