"""`DAEmailRecipient` and `DAEmailRecipientList`: e-mail addresses with the names of those who own them."""

from __future__ import annotations

from typing import Any

from docassemble_lite.objects.base import DAObject
from docassemble_lite.objects.lists import DAList
from docassemble_lite.objects.names import written_before_address


class DAEmailRecipient(DAObject):
    """An e-mail `address`, and the `name` of whoever owns it, if that is known."""

    # whether it is known that there is no address: then it isn't asked for where the object is shown
    absent = False

    def email_address(self, include_name: bool | None = None) -> str:
        """ "Fred Smith <fred@example.com>"; only the address if there is no name, or with `include_name=False`."""
        name = self.name if include_name else self.attr("name")
        if include_name is False or not name:
            return str(self.address)
        return f"{written_before_address(str(name))} <{self.address}>"

    def exists(self) -> bool:
        """Whether the address is known; nothing is asked."""
        return hasattr(self, "address")

    def __str__(self) -> str:
        return "" if self.absent and not self.exists() else self.email_address()


class DAEmailRecipientList(DAList):
    """A list of `DAEmailRecipient`s."""

    def _defaults(self) -> dict[str, Any]:
        return {**super()._defaults(), "object_type": DAEmailRecipient}
