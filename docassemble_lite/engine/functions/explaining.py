"""`explain()` and its siblings: reasons that code notes while it runs, to be shown to people."""

from __future__ import annotations

from docassemble_lite.host import current

__all__ = ["clear_explanations", "explain", "logic_explanation"]


def explain(explanation: object, category: str = "default") -> None:
    """Note a reason; one that is noted already isn't noted again. Raises ValueError for the category "all"."""
    if category == "all":
        raise ValueError("The category “all” stands for all of them. Use another name.")
    text, noted = str(explanation), _explanations().setdefault(category, [])
    if text not in noted:
        noted.append(text)


def clear_explanations(category: str = "default") -> None:
    """Forget the reasons of a category, or of "all" categories."""
    if category == "all":
        _explanations().clear()
    else:
        _explanations().pop(category, None)


def logic_explanation(category: str = "default") -> list[str]:
    """The reasons of a category, in the order in which they were noted; of "all" categories, one after the other."""
    if category == "all":
        return [text for noted in _explanations().values() for text in noted]
    return list(_explanations().get(category, ()))


def _explanations() -> dict[str, list[str]]:
    found: dict[str, list[str]] = current().evaluation.internal.setdefault("explanations", {})
    return found
