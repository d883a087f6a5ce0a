"""Redis as interviews use it."""

from __future__ import annotations

from typing import Any

from docassemble_lite.host import current
from docassemble_lite.objects.base import DAObject


class DARedis(DAObject):
    """A store of its own beside the answers, for what sessions share and what must be written in the middle of a task.

    It has the methods of the package `redis`. Nothing in it is encrypted.
    """

    def key(self, name: str) -> str:
        """A key that no other interview has."""
        return f"{current().request.interview}:{name}"

    def get_data(self, key: str) -> Any:
        """What `set_data()` kept under the key; None if there is nothing."""
        kept = self.get(key)
        return None if kept is None else current().host.unpacked(kept, key)

    def set_data(self, key: str, data: Any, expire: int | None = None) -> None:
        """Keep any value that answers can hold; with `expire` for so many seconds."""
        if expire is not None and expire <= 0:
            raise ValueError("The data must be kept for at least a second.")
        self.set(key, current().host.packed(data, key), ex=expire)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            return super().__getattr__(name)
        return getattr(current().host.redis(), name)
