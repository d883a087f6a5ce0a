"""The sections of an interview: what they are, in which one a person is, and what a page shows of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docassemble_lite.engine.screen import Navigation, NavigationItem

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation

_SUBSECTIONS = "subsections"


@dataclass(frozen=True)
class SectionEntry:
    """A section: the keyword that an interview calls it by, and what people read."""

    key: str
    label: str
    subsections: tuple[SectionEntry, ...] = ()


@dataclass
class Sections:
    """The sections as the source gives them: language ("*": any) → list."""

    lists: dict[str, list[Any]] = field(default_factory=dict)
    # whether only sections where the person has been lead somewhere, and whether all subsections are shown
    progressive: bool = True
    auto_open: bool = False


def read_sections(items: Any) -> tuple[SectionEntry, ...]:
    """The entries of a list as YAML or code gives it. Raises ValueError, with what is wrong, for anything else."""
    if isinstance(items, (str, Mapping)) or not isinstance(items, Iterable):
        raise ValueError("Sections must be a list.")
    return tuple(_entry(item) for item in items)


def _entry(item: Any) -> SectionEntry:
    if not isinstance(item, Mapping):
        return SectionEntry(str(item), str(item))
    named = {key: value for key, value in item.items() if key != _SUBSECTIONS}
    if len(named) != 1:
        raise ValueError("A section must be a text, or of the form “keyword: Text”, with or without “subsections”.")
    ((key, value),) = named.items()
    below = item.get(_SUBSECTIONS)
    if isinstance(value, (list, tuple)):
        value, below = key, value
    entry = SectionEntry(str(key), str(value), read_sections(below) if below else ())
    if any(sub.subsections for sub in entry.subsections):
        raise ValueError(f"The subsections of “{entry.label}” can't have subsections of their own.")
    return entry


# --- where a person is -------------------------------------------------------------------------------------------------


def state_of(evaluation: Evaluation) -> dict[str, Any]:
    """What the session knows of sections: "current", "past", "hidden", "disabled", "lists" (set by code)."""
    found: dict[str, Any] = evaluation.internal.setdefault("nav", {"current": None, "past": []})
    return found


def listed(evaluation: Evaluation, language: str | None = None) -> list[Any]:
    """The list of sections in a language, just as it was given."""
    lists = {**evaluation.program.sections.lists, **state_of(evaluation).get("lists", {})}
    found: list[Any] = lists.get(language or evaluation.current.language) or lists.get("*") or []
    return found


def entries_of(evaluation: Evaluation, language: str | None = None) -> tuple[SectionEntry, ...]:
    """The sections in a language."""
    return read_sections(listed(evaluation, language))


def every(entries: Iterable[SectionEntry]) -> list[SectionEntry]:
    """The sections and their subsections, in order."""
    return [one for entry in entries for one in (entry, *entry.subsections)]


def enter(evaluation: Evaluation, key: str) -> bool:
    """Make a section the current one; whether it wasn't before."""
    state = state_of(evaluation)
    if key not in state["past"]:
        state["past"] = [*state["past"], key]
    changed = state["current"] != key
    state["current"] = key
    return changed


# --- what a page shows -------------------------------------------------------------------------------------------------


def navigation_of(evaluation: Evaluation) -> Navigation | None:
    """The bar of a page; None where the interview has none."""
    features = evaluation.program.features
    if not features.get("navigation") or state_of(evaluation).get("hidden"):
        return None
    items = items_of(evaluation)
    if not items:
        return None
    small = features.get("small screen navigation", True)
    return Navigation(
        items=items,
        horizontal=features.get("navigation") == "horizontal",
        small="dropdown" if small == "dropdown" else "" if small is False else "bar",
    )


def items_of(evaluation: Evaluation, *, with_links: bool = True) -> tuple[NavigationItem, ...]:
    """All sections as a page shows them."""
    entries, state = entries_of(evaluation), state_of(evaluation)
    known = {entry.key for entry in every(entries)}
    current = state["current"] if state["current"] in known else entries[0].key if entries else ""
    opened = evaluation.program.sections.auto_open
    url = _url_maker(evaluation) if with_links and not state.get("disabled") else _no_url
    return tuple(_item(entry, current, set(state["past"]), opened, url) for entry in entries)


def _item(entry: SectionEntry, current: str, past: set[str], opened: bool, url: Callable[[str], str]) -> NavigationItem:
    subsections = tuple(_item(sub, current, past, opened, url) for sub in entry.subsections)
    inside = entry.key == current or any(sub.current for sub in subsections)
    return NavigationItem(
        label=entry.label,
        url=url(entry.key),
        current=entry.key == current,
        past=entry.key in past or any(sub.past for sub in subsections),
        subsections=subsections if inside or opened else (),
    )


def _no_url(_: str) -> str:
    return ""


def _url_maker(evaluation: Evaluation) -> Callable[[str], str]:
    """Gives the address that leads to a section, if some block answers to its keyword and the person may go there."""
    past, program = state_of(evaluation)["past"], evaluation.program

    def url(key: str) -> str:
        allowed = key in past or not program.sections.progressive
        if not allowed or not key.isidentifier() or not program.has_blocks_for(key):
            return ""
        return evaluation.host.action_url(key, {}, with_session=False, forget_prior=False)

    return url
