"""What an interview says of itself: in which section it is, how far it has got, and what its terms mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from docassemble_lite.engine import sections
from docassemble_lite.engine.screen import NavigationItem
from docassemble_lite.engine.terms import key_of
from docassemble_lite.engine.typed import escape_typed
from docassemble_lite.host import current

__all__ = ["get_progress", "nav", "set_progress", "update_terms"]


class DANav:
    """The sections of the interview that is being evaluated."""

    def get_section(self, display: bool = False, language: str | None = None) -> str | None:
        """The keyword of the current section, with `display` its name; None if none was entered."""
        evaluation = current().evaluation
        key: str | None = sections.state_of(evaluation)["current"]
        if not display or key is None:
            return key
        names = {entry.key: entry.label for entry in sections.every(sections.entries_of(evaluation, language))}
        return names.get(key, key)

    def set_section(self, section: str) -> bool:
        """Make a section the current one, by its keyword; whether it wasn't before."""
        return sections.enter(current().evaluation, str(section))

    def get_sections(self, language: str | None = None) -> list[Any]:
        """The sections, as they were given."""
        return list(sections.listed(current().evaluation, language))

    def set_sections(self, section_list: list[Any], language: str | None = None) -> None:
        """Say what the sections are, by a list like that of a `sections` block. Raises ValueError for anything else."""
        sections.read_sections(section_list)
        state = sections.state_of(current().evaluation)
        state["lists"] = {**state.get("lists", {}), language or "*": list(section_list)}

    def section_ids(self, language: str | None = None) -> list[str]:
        """The keywords of all sections and subsections."""
        return [entry.key for entry in sections.every(sections.entries_of(current().evaluation, language))]

    def show_sections(self, style: str | None = "inline", show_links: bool = False) -> Markup:
        """The sections as a list, for a text; with `show_links`, those that a person can go to are links."""
        items = sections.items_of(current().evaluation, with_links=show_links)
        kind = "da-sections-inline" if style == "inline" else "da-sections-plain"
        return Markup(f'<div class="{kind}">{_list_of(items)}</div>')

    def __str__(self) -> str:
        return str(self.show_sections())

    def __html__(self) -> str:
        return str(self)

    def hide(self) -> None:
        """Show no bar."""
        sections.state_of(current().evaluation)["hidden"] = True

    def unhide(self) -> None:
        """Show the bar again."""
        sections.state_of(current().evaluation)["hidden"] = False

    def visible(self, language: str | None = None) -> bool:
        """Whether there are sections and the bar isn't hidden."""
        evaluation = current().evaluation
        return bool(sections.listed(evaluation, language)) and not sections.state_of(evaluation).get("hidden")

    def disable(self) -> None:
        """Have the bar lead nowhere."""
        sections.state_of(current().evaluation)["disabled"] = True

    def enable(self) -> None:
        """Have the bar lead to sections again."""
        sections.state_of(current().evaluation)["disabled"] = False

    def enabled(self) -> bool:
        """Whether the bar leads to sections."""
        return not sections.state_of(current().evaluation).get("disabled")


#: It has nothing of its own: what it says stands in the session.
nav = DANav()


def _list_of(items: tuple[NavigationItem, ...]) -> str:
    return f"<ul>{''.join(_item_of(item) for item in items)}</ul>" if items else ""


def _item_of(item: NavigationItem) -> str:
    label = escape_typed(item.label)
    said = f'<a href="{escape_typed(item.url)}">{label}</a>' if item.url else f"<span>{label}</span>"
    mark = ' aria-current="step"' if item.current else ""
    return f"<li{mark}>{said}{_list_of(item.subsections)}</li>"


def get_progress() -> float | None:
    """How far the interview has got, from 0 to 100; None if that isn't shown."""
    progress: float | None = current().evaluation.internal.get("progress", 0)
    return progress


def set_progress(progress: float | None) -> None:
    """Say how far the interview has got, from 0 to 100; with None that isn't shown."""
    internal = current().evaluation.internal
    internal["progress"] = None if progress is None else float(progress)
    internal["progress_step"] = internal["steps"]


def update_terms(dictionary: Mapping[str, Any], auto: bool = False, language: str = "*") -> None:
    """Define terms, or with `auto` automatic ones, for this session: term → definition."""
    kind = "auto terms" if auto else "terms"
    terms = current().evaluation.internal.setdefault("terms", {}).setdefault(kind, {}).setdefault(language, {})
    terms.update({key_of(str(term)): str(definition) for term, definition in dictionary.items()})
