"""The broker in the data folder: each message is a file."""

from __future__ import annotations

import json
import logging
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem

from docassemble_lite.broker.messages import OnlyWakeUps

log = logging.getLogger(__name__)

# bytes of a message; ours have some 1,200
_LARGEST = 10_000


class FileChannel(filesystem.Channel):
    """Files in a folder. A message appears in it whole: one that is still being written isn't seen by anybody."""

    def _put(self, queue: str, payload: Any, **_: Any) -> None:  # type: ignore[override]
        folder = Path(self.data_folder_out)
        name = f"{time.time_ns()}_{uuid.uuid4()}.{queue}.msg"
        aside = folder / f".{name}.new"
        aside.write_text(json.dumps(payload), encoding="utf-8")
        aside.rename(folder / name)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        for path in sorted(Path(self.data_folder_in).glob(f"[!.]*.{queue}.msg")):
            content = _take(path)
            if content is None:
                continue
            try:
                return json.loads(content)
            except (ValueError, RecursionError):
                log.warning('action="message_refused"')
        raise Empty


def _take(path: Path) -> bytes | None:
    """What is in the file, which is gone then; None if somebody else was faster or it isn't a file."""
    if path.is_symlink() or not path.is_file():
        return None
    taken = path.with_name(f".{path.name}.taken")
    try:
        path.rename(taken)
        with taken.open("rb") as file:
            content = file.read(_LARGEST + 1)
        taken.unlink()
    except FileNotFoundError:
        return None
    return content if len(content) <= _LARGEST else b""


class FileTransport(OnlyWakeUps, filesystem.Transport):
    """The broker in the data folder."""

    Channel = FileChannel
