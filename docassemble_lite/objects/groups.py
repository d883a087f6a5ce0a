"""What lists, dictionaries and sets of an interview share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Self

from docassemble_lite.host import current
from docassemble_lite.language.grammar import noun_plural, noun_singular
from docassemble_lite.language.lists import comma_and_list
from docassemble_lite.language.numbers import nice_number
from docassemble_lite.language.numbers import quantity_noun as count_noun
from docassemble_lite.language.phrases import possessify
from docassemble_lite.objects.base import DAObject
from docassemble_lite.objects.gathering import Plan, being_gathered, complete
from docassemble_lite.objects.missing import MissingVariable
from docassemble_lite.objects.paths import segments_of
from docassemble_lite.objects.phrasing import THEY, Phrasing, Pronouns, finished
from docassemble_lite.objects.using import Using


class Group(DAObject):
    """A list, dictionary or set: `elements` holds what is in it.

    `gathered` is True when everything is in it; until then, whatever needs all of it has it gathered first, or, with
    `auto_gather=False`, seeks `gathered`. Gathering goes by `there_are_any`, `there_is_another`, `minimum_number`, and
    with `ask_number` by `target_number`. New items are made of `object_type`, or, with `ask_object_type`, of
    `new_object_type`. An item is complete when it has its `complete_attribute` (one name or several); without one, when
    it can be shown as text.
    """

    elements: Any
    auto_gather: bool
    gathered: bool
    ask_number: bool
    target_number: Any
    minimum_number: int | None
    there_are_any: bool
    object_type: Any
    object_type_parameters: dict[str, Any]
    ask_object_type: bool
    complete_attribute: str | list[str] | None
    # what is known of the item that is being gathered
    _passing: tuple[str, ...] = ("_number_due",)

    def init(self, *positional: Any, **attributes: Any) -> None:
        # subclasses may have set some of these before they call this
        for name, value in self._defaults().items():
            if name not in self.__dict__:
                setattr(self, name, value)
        take_names = attributes.pop("set_instance_name", False)
        if "elements" in attributes:
            self._begin_with(attributes.pop("elements"), take_names)
        super().init(*positional, **attributes)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "object_type" and isinstance(value, Using):
            super().__setattr__("object_type_parameters", dict(value.parameters))
            value = value.object_type
        super().__setattr__(name, value)

    def _defaults(self) -> dict[str, Any]:
        return {
            "elements": self._no_elements(),
            "auto_gather": True,
            "ask_number": False,
            "minimum_number": None,
            "object_type": None,
            "object_type_parameters": {},
            "complete_attribute": None,
            "ask_object_type": False,
        }

    def _no_elements(self) -> Any:
        """An empty collection of the kind that `elements` is."""
        raise NotImplementedError

    def _begin_with(self, elements: Any, take_names: bool) -> None:
        """Take in what the group was made with; with `take_names`, objects are named after their places in it."""
        raise NotImplementedError

    def _items(self) -> list[Any]:
        """What is in the group now, in order; for a dictionary the values."""
        raise NotImplementedError

    def _listed(self) -> list[Any]:
        """What the group is listed as, in order; for a dictionary the keys."""
        raise NotImplementedError

    def _only(self, complete: list[Any]) -> Any:
        """The elements whose items are in `complete` (compared by identity)."""
        raise NotImplementedError

    # --- gathering -------------------------------------------------------------------------------------------------

    def _trigger_gather(self) -> None:
        """See to it that everything is in the group; nothing to do while it is being gathered."""
        if self.instanceName in current().gathering:
            return
        if self.auto_gather:
            self.gather()
        else:
            self._have_gathered()

    def _have_gathered(self) -> None:
        """Have the interview itself define `gathered`, with the hooks before and after it."""
        if "gathered" not in self.__dict__:
            self._hook_due = True
            with being_gathered(self.instanceName):
                self.hook_on_gather()
        self.gathered  # seeks it
        if self.__dict__.pop("_hook_due", False):
            self.hook_after_gather()

    def gather(
        self,
        number: int | None = None,
        item_object_type: Any = None,
        minimum: int | None = None,
        complete_attribute: str | list[str] | None = None,
    ) -> bool:
        """Ask for everything that is in the group; True when it is there.

        `there_are_any` is sought (or `target_number`, with `ask_number`); then the items that are there are completed, and
        new ones up to the number needed; then `there_is_another`, again after each item, until it is False. `number` is how
        many there are in all, `minimum` at least; the others are as the attributes of the group.
        """
        if self._is_gathered() and (self.elements or not self.__dict__.get("there_are_any")):
            return True
        self.delattr("gathered")
        with being_gathered(self.instanceName):
            self._gather_all(
                Plan(
                    number=self._number_wanted() if number is None else int(number),
                    minimum=self.minimum_number if minimum is None else int(minimum),
                    kind=item_object_type,
                    attributes=self._completing_attributes(complete_attribute),
                )
            )
            self.hook_on_gather()
        self.delattr("_completing_again", "_gathering_again")
        self.gathered = True
        self.revisit = True
        self.hook_after_gather()
        return True

    def _number_wanted(self) -> int | None:
        """How many there are to be, if the number is what is asked for."""
        if not self.ask_number:
            return None
        return int(self.target_number) if self.__dict__.get("there_are_any", True) else 0

    def _gather_all(self, plan: Plan) -> None:
        known = self.elements or self.__dict__.get("there_is_one_other")
        if plan.number is None and plan.minimum is None and not known:
            plan = replace(plan, minimum=1 if self.there_are_any else 0)
        if not self._is_another_due() and "_number_due" in self.__dict__:
            # the item that was asked for has come
            self.delattr("new_object_type", *self._passing)
        for item in list(self._items()):
            complete(item, plan.attributes)
        while len(self.elements) < plan.least or (plan.number is None and self._is_another_due()):
            self._gather_another(plan)
        while self._is_another_wanted(plan):
            self.delattr("there_is_one_other" if self.__dict__.get("there_is_one_other") else "there_is_another")
            self._gather_another(plan)

    def _is_another_wanted(self, plan: Plan) -> bool:
        # one that is to be added is added also where nobody is asked whether there are others
        return bool(self.__dict__.get("there_is_one_other") or (plan.is_open and self.there_is_another))

    def _is_another_due(self) -> bool:
        """Whether an item is still to come of which it was said that there is one."""
        return len(self.elements) < self.__dict__.get("_number_due", 0)

    def _gather_another(self, plan: Plan) -> None:
        """Have another item in the group, and complete."""
        if not self._is_another_due():
            self._number_due = len(self.elements) + 1
        item = self._another(plan)
        self.delattr("new_object_type", *self._passing)
        complete(item, plan.attributes)

    def _another(self, plan: Plan) -> Any:
        """Another item, put into the group; raises what has to be asked for it."""
        raise NotImplementedError

    def _gathered_kind(self, plan: Plan) -> Any:
        """Of what a new item is made; None where items are plain values."""
        if plan.kind is not None:
            return plan.kind
        if self.ask_object_type:
            return self.new_object_type
        return None if self.object_type is None else Using(self.object_type, self.object_type_parameters)

    def gathered_and_complete(self) -> bool:
        """Gather the group once more, for instance after an item was changed; True when all is there.

        Where items are complete when they have `complete`, that is found out anew for each of them.
        """
        if "_completing_again" not in self.__dict__:
            self._completing_again = True
            if self.complete_attribute == "complete":
                for item in self._items():
                    if isinstance(item, DAObject):
                        item.delattr("complete")
            self._gather_again()
        return self.gather()

    def has_been_gathered(self) -> bool:
        """Whether everything is in the group, or was until an item was added or changed; nothing is asked."""
        return self._is_gathered() or "_gathering_again" in self.__dict__

    def _is_gathered(self) -> bool:
        return bool(self.__dict__.get("gathered"))

    def _gather_again(self) -> None:
        """Have the group gathered once more, as an item was added or changed."""
        if self._is_gathered():
            self._gathering_again = True
        self.delattr("gathered")

    def gathering_started(self) -> bool:
        """Whether anything is known of what is in the group."""
        return bool(self.elements) or any(name in self.__dict__ for name in ("gathered", "there_are_any", "target_number"))

    def reset_gathered(self, recursive: bool = False, only_if_empty: bool = False, mark_incomplete: bool = False) -> None:
        """Forget that everything is in the group, so that it is asked whether there is more.

        `recursive`: also the groups in it. `mark_incomplete`: also that its items are complete.
        """
        if only_if_empty and self.elements:
            return
        self.delattr("there_is_another", "there_is_one_other", "gathered", "new_object_type", "_gathering_again", *self._passing)
        if not self.elements:
            self.delattr("there_are_any")
        for item in self._items():
            if mark_incomplete and isinstance(item, DAObject):
                item.delattr(*self._completing_attributes())
            if recursive and isinstance(item, Group):
                item.reset_gathered(recursive, only_if_empty, mark_incomplete)

    def complete_elements(self, complete_attribute: str | list[str] | None = None) -> Self:
        """A copy with only the items that are complete; nothing is asked."""
        return self._with(self._only([item for item in self._items() if self._is_complete(item, complete_attribute)]))

    def _is_complete(self, item: Any, complete_attribute: str | list[str] | None = None) -> bool:
        try:
            complete(item, self._completing_attributes(complete_attribute))
        except MissingVariable:
            return False
        return True

    def hook_on_gather(self) -> None:
        """Called when everything is in the group, before it counts as gathered. May ask questions."""

    def hook_after_gather(self) -> None:
        """Called when the group has just become gathered. Must not ask questions."""

    def hook_on_remove(self, item: Any) -> None:
        """Called before an item is removed."""

    def hook_on_item_complete(self, item: Any) -> None:
        """For interviews to call when an item is complete."""

    def set_object_type(self, object_type: Any) -> None:
        """Say of which class, or of what `using()` gives, new items are made."""
        self.object_type_parameters = {}
        self.object_type = object_type

    def _completing_attributes(self, given: str | list[str] | None = None) -> list[str]:
        attributes = given if given is not None else self.complete_attribute
        if attributes is None:
            return []
        return [attributes] if isinstance(attributes, str) else list(attributes)

    def _new_item(self, name: str, kind: Any, attributes: dict[str, Any]) -> Any:
        """A new object for the group: of `kind`, else of `object_type`, else a plain `DAObject`."""
        if kind is not None:
            return self._made(name, kind, attributes)
        if self.object_type is not None:
            return self._made(name, self.object_type, {**self.object_type_parameters, **attributes})
        return DAObject(name, **attributes)

    def _after_removal(self, count: int) -> None:
        """Let the number that is asked for, and whether there are any, follow what was removed."""
        self.delattr(*self._passing)
        if count and self.ask_number and "target_number" in self.__dict__:
            self.target_number = max(0, int(self.target_number) - count)
        if count and not self.elements and "there_are_any" in self.__dict__:
            self.there_are_any = False

    # --- buttons -----------------------------------------------------------------------------------------------------

    def add_action(self, label: str | None = None, **options: Any) -> Any:
        """A button that adds an item, for a text; with `url_only` only its address.

        `color`, `size` ("sm", "md", "lg"), `block` (as wide as what it stands in) and `classname` say how it looks.
        """
        return current().evaluation.add_button(self, label, **options)

    def item_actions(self, item: Any, index: Any, *attributes: str, **options: Any) -> Any:
        """The buttons of an item, for a text: “Edit” asks for its `attributes` anew.

        `edit`, `delete` and `reorder` say which there are; `confirm`: it is asked before the item is removed;
        `ensure_complete`: what the item lacks after it was edited is asked, too. `edit_url_only`, `delete_url_only`: only
        that address.
        """
        return current().evaluation.item_buttons(self, index, attributes, **options)

    def cancel_add_or_edit(self) -> None:
        """Give up adding or editing an item: what is still to be asked is dropped, and the last item if it is incomplete."""
        current().evaluation.give_up(self)
        self.delattr("there_is_one_other", "_completing_again", *self._passing)
        self._remove_incomplete()
        if self.ask_number and "target_number" in self.__dict__:
            self.target_number = len(self.elements)
        if not self.elements and "there_are_any" in self.__dict__:
            self.there_are_any = False

    def _remove_incomplete(self) -> None:
        """Remove the item that came last if it is incomplete."""

    # --- numbers ---------------------------------------------------------------------------------------------------

    def number(self) -> int:
        """How many there are in all. While they are being gathered, so many as are there, or as are known to come."""
        self._trigger_gather()
        coming = int(self.target_number) if self.ask_number and "target_number" in self.__dict__ else 0
        return len(self.elements) if self._is_gathered() else max(len(self.elements), coming)

    def number_gathered(self, if_started: bool = False) -> int:
        """How many are there now. With `if_started`, gathering begins first if it hasn't."""
        if if_started and not self.gathering_started():
            self._trigger_gather()
        return len(self.elements)

    def number_as_word(self, **options: Any) -> str:
        """How many there are in all, in words: "two"."""
        return nice_number(self.number(), **options)

    def __len__(self) -> int:
        self._trigger_gather()
        return len(self.elements)

    # --- text ------------------------------------------------------------------------------------------------------

    def comma_and_list(self, **options: Any) -> str:
        """What is in the group as an enumeration: "apples, pears, and plums"."""
        self._trigger_gather()
        return comma_and_list(self._listed(), **options)

    def __str__(self) -> str:
        return self.comma_and_list()

    def __repr__(self) -> str:
        return repr(self.elements)

    def as_singular_noun(self) -> str:
        """The last word of the variable's name: `case.plaintiff` is "plaintiff"."""
        return segments_of(self.instanceName)[-1].word.replace("_", " ")

    def as_noun(self, noun: str | None = None, **options: Any) -> str:
        """The noun, by default the variable's own, in the singular for one item, otherwise in the plural.

        `plural=True` and `singular=True` decide without counting.
        """
        noun = noun or self.as_singular_noun()
        plural = options.get("plural") or (not options.get("singular") and self._is_plural())
        return finished(noun_plural(noun) if plural else noun_singular(noun), options)

    def quantity_noun(self, noun: str, **options: Any) -> str:
        """ "two oxen"."""
        return count_noun(self.number(), noun, **options)

    def possessive(self, target: str, **options: Any) -> str:
        """ "plaintiff's fish", "plaintiffs' fish"."""
        if self.get_point_of_view(**options) != "3":
            return self.pronoun_possessive(target, **options)
        return finished(possessify(self.as_noun(), target, plural=self._is_plural()), options)

    def _is_plural(self) -> bool:
        return self.number() != 1

    def _third_person_pronouns(self) -> Pronouns:
        return super()._third_person_pronouns() if self.number() == 1 else THEY

    def _subject(self) -> Phrasing:
        items = self._items() if self.number() == 1 else []
        return items[0]._subject() if items and isinstance(items[0], Phrasing) else self

    # --- as a collection -------------------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[Any]:
        self._trigger_gather()
        return iter(self._listed())

    def __contains__(self, item: object) -> bool:
        self._trigger_gather()
        return item in self.elements

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Group):
            # nothing is gathered for this: two answers can be compared at any time, e.g. to see whether one changed
            return self is other or (type(self.elements) is type(other.elements) and self.elements == other.elements)
        if not isinstance(other, type(self.elements)):
            return NotImplemented
        self._trigger_gather()
        return self.elements == other

    # groups are things that change: they are told apart by what they are, not by what is in them
    __hash__ = object.__hash__

    def clear(self) -> None:
        """Take everything out."""
        self.elements = self._no_elements()

    def union(self, *others: Iterable[Any]) -> set[Any]:
        """What is in the group or in one of the others."""
        return self._as_set().union(*map(_set_of, others))

    def intersection(self, *others: Iterable[Any]) -> set[Any]:
        """What is in the group and in all others."""
        return self._as_set().intersection(*map(_set_of, others))

    def difference(self, *others: Iterable[Any]) -> set[Any]:
        """What is in the group and in none of the others."""
        return self._as_set().difference(*map(_set_of, others))

    def isdisjoint(self, other: Iterable[Any]) -> bool:
        """Whether nothing is in both."""
        return self._as_set().isdisjoint(_set_of(other))

    def issubset(self, other: Iterable[Any]) -> bool:
        """Whether everything in the group is in the other."""
        return self._as_set().issubset(_set_of(other))

    def issuperset(self, other: Iterable[Any]) -> bool:
        """Whether everything in the other is in the group."""
        return self._as_set().issuperset(_set_of(other))

    def _as_set(self) -> set[Any]:
        self._trigger_gather()
        return set(self._listed())

    def _with(self, elements: Any, name: str | None = None) -> Self:
        """A shallow copy, gathered, that holds `elements`."""
        copied = super().copy_shallow(name or self.instanceName)
        copied.elements = elements
        copied.gathered = True
        copied.auto_gather = False
        return copied

    def copy_shallow(self, name: str) -> Self:
        copied = super().copy_shallow(name)
        copied.elements = self.elements.copy()
        return copied


def _set_of(items: Iterable[Any]) -> set[Any]:
    return items._as_set() if isinstance(items, Group) else set(items)
