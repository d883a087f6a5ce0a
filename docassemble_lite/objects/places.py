"""Addresses and places."""

from __future__ import annotations

import re
from typing import Any

from docassemble_lite.language.conventions import get_country
from docassemble_lite.language.countries import country_name
from docassemble_lite.language.words import word
from docassemble_lite.objects.base import DAObject
from docassemble_lite.objects.lists import DAList

# between the lines of a text that may become a page, a document or a message
_NEW_LINE = " [NEWLINE] "


class LatitudeLongitude(DAObject):
    """A position on the globe: `latitude` and `longitude` in degrees, and a `description`.

    `gathered` says whether it was looked for, `known` whether it was found.
    """

    def init(self, *positional: Any, **attributes: Any) -> None:
        self.gathered = False
        self.known = False
        super().init(*positional, **attributes)

    def __str__(self) -> str:
        if hasattr(self, "latitude") and hasattr(self, "longitude"):
            return f"{self.latitude}, {self.longitude}"
        return word("Unknown")


class Address(DAObject):
    """An address: `address` (the street), `city`, and if there are any `unit`, `floor`, `room`, `state`, `zip`, `country`.

    `postal_code` may be used instead of `zip`, and `street_number` and `street` instead of `address`. `country` is a code
    of two letters and is shown where it isn't the country that is assumed anyway (`get_country()`).
    """

    LatitudeLongitudeClass: type[DAObject] = LatitudeLongitude

    def init(self, *positional: Any, **attributes: Any) -> None:
        self.city_only = False
        if "location" not in attributes:
            self.initializeAttribute("location", self.LatitudeLongitudeClass)
        super().init(*positional, **attributes)

    def __str__(self) -> str:
        return self.block()

    def block(self, language: str | None = None, international: bool = False, show_country: bool | None = None) -> str:
        """The address in lines, with [NEWLINE] between them; with `international`, the last line is the country.

        `language` is that of the word "Unit".
        """
        lines = [] if self.city_only else [self.line_one(language=language)]
        lines.append(self.line_two(language=language))
        lines.append(self._country_shown(True if international and show_country is None else show_country))
        return _NEW_LINE.join(line for line in lines if line)

    def on_one_line(self, include_unit: bool = True, language: str | None = None, show_country: bool | None = None) -> str:
        """The address in one line."""
        street = [] if self.city_only else [self.line_one(language=language) if include_unit else self._street()]
        parts = [*street, self.line_two(language=language), self._country_shown(show_country)]
        return ", ".join(part for part in parts if part)

    def line_one(self, language: str | None = None) -> str:
        """The street and the unit; empty for a city."""
        if self.city_only:
            return ""
        return ", ".join(part for part in (self._street(), self.formatted_unit(language=language)) if part)

    def line_two(self, language: str | None = None) -> str:
        """The city, the state and the ZIP code."""
        city_and_state = ", ".join(part for part in (str(self.city).strip(), self._part("state")) if part)
        return " ".join(part for part in (city_and_state, self._part("zip") or self._part("postal_code")) if part)

    def formatted_unit(self, language: str | None = None, require: bool = False) -> str:
        """ "Unit 2000", "Suite 300", "Floor 3", "Room 12"; empty where there is none, unless `require` has it asked."""
        for attribute, noun in (("unit", "Unit"), ("floor", "Floor"), ("room", "Room")):
            text = self._part(attribute)
            if text:
                # a bare number or letter needs a word before it; "Suite 300" has its own
                return f"{word(noun, language=language)} {text}" if re.fullmatch(r"\d+\w?|\w", text) else text
        return str(self.unit) if require else ""

    def _street(self) -> str:
        if not hasattr(self, "address") and hasattr(self, "street_number") and hasattr(self, "street"):
            return f"{self.street_number} {self.street}"
        return str(self.address).strip()

    def _country_shown(self, show: bool | None) -> str:
        """The name of the country, if it is to be shown; None: if it isn't the one that is assumed anyway."""
        if show is False:
            return ""
        code = self._part("country") or get_country()
        if not show and code == get_country():
            return ""
        # authors also have people type a country
        return country_name(code) if re.fullmatch("[A-Z]{2}", code) else code

    def _part(self, name: str) -> str:
        value = self.attr(name)
        return "" if value is None else str(value).strip()


class City(Address):
    """An address that is only a city, with its state and ZIP code."""

    def init(self, *positional: Any, **attributes: Any) -> None:
        super().init(*positional, **{"city_only": True, **attributes})


class OfficeList(DAList):
    """The addresses of an organization."""

    AddressClass: type[DAObject] = Address

    def _defaults(self) -> dict[str, Any]:
        return {**super()._defaults(), "object_type": self.AddressClass}


class Event(DAObject):
    """Something that happens: its `address` is a city, its `location` a position."""

    CityClass: type[DAObject] = City
    LatitudeLongitudeClass: type[DAObject] = LatitudeLongitude

    def init(self, *positional: Any, **attributes: Any) -> None:
        if "address" not in attributes:
            self.initializeAttribute("address", self.CityClass)
        if "location" not in attributes:
            self.initializeAttribute("location", self.LatitudeLongitudeClass)
        super().init(*positional, **attributes)
