"""Pictures of files: pages of a PDF, previews. They were drawn lately and are kept in the memory of this process for a while.

A file never changes, so a picture of it doesn't either. Each is locked with the key of its file: only who may read the file can
see it, and nobody does so after the file is gone.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from docassemble_lite.errors import AnswersTampered
from docassemble_lite.store.files import StoredFile
from docassemble_lite.store.vault import Vault

#: Bytes of all pictures together, and of the largest that is kept.
MOST_BYTES = 16_000_000
LARGEST = 2_000_000


class Pictures:
    """Those that were wanted last. Several threads may use it."""

    def __init__(self, vault: Vault, most_bytes: int = MOST_BYTES) -> None:
        self._vault = vault
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        # (number of the file, what of it) → picture, the one wanted last at the end
        self._kept: OrderedDict[tuple[int, str], bytes] = OrderedDict()
        self._bytes = 0

    def get(self, file: StoredFile, what: str, draw: Callable[[], bytes]) -> bytes:
        """The picture that shows `what` of a file; it is drawn if it isn't there. Raises what `draw` raises."""
        known = self._known(file, what)
        if known is not None:
            return known
        drawn = draw()
        if len(drawn) <= LARGEST:
            self._keep((file.number, what), self._vault.encrypt(file.opener, drawn, session="", part=_part(file, what)))
        return drawn

    def _known(self, file: StoredFile, what: str) -> bytes | None:
        with self._lock:
            locked = self._kept.get((file.number, what))
            if locked is None:
                return None
            self._kept.move_to_end((file.number, what))
        try:
            return self._vault.decrypt(file.opener, locked, session="", part=_part(file, what))
        except AnswersTampered:
            # the file has another key by now
            return None

    def _keep(self, name: tuple[int, str], locked: bytes) -> None:
        with self._lock:
            self._bytes += len(locked) - len(self._kept.pop(name, b""))
            self._kept[name] = locked
            while self._bytes > self._most_bytes:
                self._bytes -= len(self._kept.popitem(last=False)[1])


def _part(file: StoredFile, what: str) -> str:
    return f"picture {what} of file {file.number}"
