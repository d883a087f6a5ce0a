"""People, organizations and other things that have a name."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from dateutil.relativedelta import relativedelta

from docassemble_lite.host import current
from docassemble_lite.language.conventions import get_country
from docassemble_lite.language.dates import as_datetime, current_datetime
from docassemble_lite.language.language_function import language_function
from docassemble_lite.language.phones import phone_number_in_e164
from docassemble_lite.language.words import word
from docassemble_lite.objects.base import DAObject
from docassemble_lite.objects.lists import DAList
from docassemble_lite.objects.names import IndividualName, Name, written_before_address
from docassemble_lite.objects.phrasing import HE, SHE, THEY_ALONE, Pronouns
from docassemble_lite.objects.places import Address, LatitudeLongitude, OfficeList


class Named(DAObject):
    """Something with a `name`. A text that is assigned to `name` becomes the text of the name."""

    NameClass: type[Name] = Name

    def init(self, *positional: Any, **attributes: Any) -> None:
        if not isinstance(attributes.get("name"), DAObject):
            self.initializeAttribute("name", self.NameClass)
        super().init(*positional, **attributes)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "name" and isinstance(value, str):
            self._set_name_text(value)
        else:
            super().__setattr__(name, value)

    def _set_name_text(self, text: str) -> None:
        self.initializeAttribute("name", self.NameClass).text = text

    def __str__(self) -> str:
        return self.name.full()


class Thing(Named):
    """A thing with a name."""


class Person(Named):
    """A person, human or legal, with a `name`, an `address` and a `location`."""

    AddressClass: type[DAObject] = Address
    LatitudeLongitudeClass: type[DAObject] = LatitudeLongitude

    def init(self, *positional: Any, **attributes: Any) -> None:
        if "address" not in attributes:
            self.initializeAttribute("address", self.AddressClass)
        if "location" not in attributes:
            self.initializeAttribute("location", self.LatitudeLongitudeClass)
        super().init(*positional, **attributes)

    def identified(self) -> bool:
        """Whether the name can be shown; nothing is asked."""
        return self.name.defined()

    def subject(self, **options: Any) -> str:
        """ "you" for the person who answers, otherwise the name."""
        return self.subjective_pronoun_or_name(**options)

    def address_block(self, language: str | None = None, international: bool = False, show_country: bool | None = None) -> str:
        """The name and the address in lines, to be put into a document."""
        block = self.address.block(language=language, international=international, show_country=show_country)
        return f"[FLUSHLEFT] {self.name.full()} [NEWLINE] {block}"

    def email_address(self, include_name: bool | None = None) -> str:
        """ "ABC Corporation <info@abc.com>"; without the name if that isn't known, or with `include_name=False`."""
        if include_name or (include_name is None and self.identified()):
            return f"{written_before_address(self.name.full())} <{self.email}>"
        return str(self.email)

    def sms_number(self, country: str | None = None) -> str | None:
        """The mobile number, or else the phone number, in the international format; None if it can't be one.

        A number without a country's code is one of `country` (two letters), else of the person's, else of the address's.
        """
        number = self.mobile_number if hasattr(self, "mobile_number") else self.phone_number
        of = country or self.attr("country") or self.address.attr("country") or get_country()
        return phone_number_in_e164(number, country=str(of))


class Individual(Person):
    """A human being. `gender` is "male", "female" or anything else; `birthdate` a date."""

    NameClass: type[Name] = IndividualName

    def _set_name_text(self, text: str) -> None:
        super()._set_name_text(text)
        self.name.uses_parts = False

    def __str__(self) -> str:
        return self.name.familiar() if self.attr("use_familiar") else self.name.full()

    def _third_person_pronouns(self) -> Pronouns:
        return {"male": HE, "female": SHE}.get(self.gender, THEY_ALONE)

    def age_in_years(self, decimals: bool = False, as_of: Any = None) -> int | float:
        """The age in full years, or with `decimals` with the part of the year since the last birthday.

        It is `age` if that is set, otherwise counted from `birthdate` to `as_of` (a date, or a text of one), or to now.
        """
        if hasattr(self, "age"):
            return float(self.age) if decimals else int(self.age)
        born, day = self._dates(as_of)
        years = relativedelta(day, born).years
        return years + _part_of(born, day, relativedelta(years=years), relativedelta(years=1)) if decimals else years

    def age_in_months(self, decimals: bool = False, as_of: Any = None) -> int | float:
        """The age in full months, or with `decimals` with the part of the month; counted from `birthdate`."""
        born, day = self._dates(as_of)
        passed = relativedelta(day, born)
        months = 12 * passed.years + passed.months
        return months + _part_of(born, day, relativedelta(months=months), relativedelta(months=1)) if decimals else months

    def _dates(self, as_of: Any) -> tuple[date, date]:
        born: datetime = as_datetime(self.birthdate)
        day: datetime = current_datetime() if as_of is None else as_datetime(as_of)
        return born.date(), day.date()

    def first_name_hint(self) -> str:
        """The first name in the account of the person who answers, if that is this individual; otherwise empty."""
        return current().request.person.first_name if self.is_user() else ""

    def last_name_hint(self) -> str:
        """The last name in the account of the person who answers, if that is this individual; otherwise empty."""
        return current().request.person.last_name if self.is_user() else ""

    def salutation(self, **options: Any) -> str:
        """ "Mr."; with `with_name=True` "Mr. Jones", with `with_name_and_punctuation=True` "Mr. Jones:"."""
        return salutation(self, **options)


class Organization(Person):
    """A legal person with an `office`, a list of addresses. It `handles` kinds of problems and `serves` counties."""

    OfficeListClass: type[DAObject] = OfficeList

    def init(self, *positional: Any, **attributes: Any) -> None:
        if "office" not in attributes:
            self.initializeAttribute("office", self.OfficeListClass)
        super().init(*positional, **attributes)

    def will_handle(self, problem: str | None = None, county: str | None = None) -> bool:
        """Whether the organization handles this problem and serves this county, as far as they are given."""
        return (not problem or problem in self.handles) and (not county or county in self.serves)


class ChildList(DAList):
    """A list of children."""

    ChildClass: type[DAObject] = Individual

    def _defaults(self) -> dict[str, Any]:
        return {**super()._defaults(), "object_type": self.ChildClass}


class PartyList(DAList):
    """A list of the parties on one side of a case: by default individuals."""

    def _defaults(self) -> dict[str, Any]:
        return {**super()._defaults(), "object_type": Individual}


@language_function
def salutation(individual: Individual, with_name: bool = False, with_name_and_punctuation: bool = False, **_: Any) -> str:
    """How a letter addresses an individual. Someone who is neither "male" nor "female" is addressed by the full name."""
    title = _title(individual)
    if not title:
        phrase = individual.name.full()
    elif with_name or with_name_and_punctuation:
        phrase = f"{title} {individual.name.last}"
    else:
        phrase = title
    if with_name_and_punctuation:
        phrase += "," if individual.attr("is_friendly") else ":"
    return phrase


def _title(individual: Individual) -> str:
    suffix = individual.name.attr("suffix")
    if individual.attr("salutation_to_use") is not None:
        return str(individual.salutation_to_use)
    if individual.attr("is_doctor"):
        return word("Dr.")
    if individual.attr("is_judge"):
        return word("Judge")
    if suffix in ("MD", "PhD"):
        return word("Dr.")
    if suffix == "J":
        return word("Judge")
    return {"male": word("Mr."), "female": word("Ms.")}.get(individual.gender, "")


def _part_of(born: date, day: date, full: relativedelta, unit: relativedelta) -> float:
    """Which part of the running year or month has passed: days since it began by its days."""
    began = born + full
    return (day - began).days / (born + full + unit - began).days
