"""Names of things and people."""

from __future__ import annotations

from typing import Any

from docassemble_lite.objects.base import DAObject


class Name(DAObject):
    """The name of a thing or an organization: its `text`."""

    def full(self, **_: Any) -> str:
        """The whole name."""
        return str(self.text)

    def familiar(self) -> str:
        """The name as friends use it."""
        return self.full()

    def firstlast(self) -> str:
        """The first name and the last."""
        return self.full()

    def lastfirst(self) -> str:
        """The last name, a comma and the first: for sorted lists."""
        return self.full()

    def middle_initial(self, with_period: bool = True) -> str:
        """The first letter of the middle name, "E."; empty for a name that has none."""
        return ""

    def defined(self) -> bool:
        """Whether the name can be shown; nothing is asked."""
        return hasattr(self, "text")

    def __str__(self) -> str:
        return self.full()


class IndividualName(Name):
    """The name of a human being: `first`, and if there are any `middle`, `last` and `suffix`.

    With `uses_parts` False it is one `text`.
    """

    def init(self, *positional: Any, **attributes: Any) -> None:
        self.uses_parts = True
        super().init(*positional, **attributes)

    def full(self, middle: str | bool | None = "initial", use_suffix: bool = True, **_: Any) -> str:
        """ "John Q. Adams"; with `middle="full"` "John Quincy Adams", with `middle=False` "John Adams"."""
        if not self.uses_parts:
            return super().full()
        between = self.middle_initial() if middle == "initial" else self._part("middle") if middle else ""
        return _joined(str(self.first).strip(), between, self._last(), self._part("suffix") if use_suffix else "")

    def familiar(self) -> str:
        return str(self.first) if self.uses_parts else super().familiar()

    def firstlast(self) -> str:
        return _joined(str(self.first).strip(), self._last()) if self.uses_parts else super().firstlast()

    def lastfirst(self) -> str:
        if not self.uses_parts:
            return super().lastfirst()
        last = self._last()
        return (last + ", " if last else "") + _joined(str(self.first).strip(), self._part("suffix"))

    def middle_initial(self, with_period: bool = True) -> str:
        middle = self._part("middle") if self.uses_parts else ""
        return middle[:1] + ("." if middle and with_period else "")

    def defined(self) -> bool:
        return hasattr(self, "first") if self.uses_parts else super().defined()

    def _last(self) -> str:
        """The last name; where `last` isn't used, those of the father and the mother."""
        if hasattr(self, "last"):
            return self._part("last")
        return _joined(self._part("paternal_surname"), self._part("maternal_surname"))

    def _part(self, name: str) -> str:
        value = self.attr(name)
        return "" if value is None else str(value).strip()


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def written_before_address(name: str) -> str:
    """The name as a mail address may contain it: in quotes if it has characters that mean something there."""
    if any(character in name for character in '()<>[]:;@\\,."'):
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return name
