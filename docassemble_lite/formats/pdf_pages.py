"""Pages of a PDF as pictures. PDFium, which draws them, is native code that reads what strangers have made: it runs by itself.

`python -m docassemble_lite.formats.pdf_pages FIRST LAST RESOLUTION gray|color <FILE` reads a PDF and writes PNGs, each after its
length in eight bytes.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from typing import BinaryIO

#: Dots per inch of a picture for reading by a program, and pixels that one may have.
RESOLUTION = 300
#: Dots per inch of what people see: for printing, and for looking at on a screen.
PAGE_SIZES = {"page": 300, "screen": 72}
_MOST_PIXELS = 50_000_000
#: Seconds that all pages may take.
SECONDS = 120.0
_LENGTH_BYTES = 8
# each of them takes a processor
_turns = threading.BoundedSemaphore(2)


class PagesError(Exception):
    """The PDF can't be drawn."""


def pages_of_pdf(
    content: bytes | BinaryIO, first: int = 1, last: int | None = None, *, resolution: int = RESOLUTION, colored: bool = False
) -> list[bytes]:
    """The pages from the first to the last (from 1; None: all) as PNGs. Of an open file only pieces are in memory.

    Raises `PagesError`.
    """
    command = [sys.executable, "-m", __name__, str(first), str(last or 0), str(resolution), "color" if colored else "gray"]
    try:
        with _turns, tempfile.TemporaryFile() as given:
            if isinstance(content, bytes):
                given.write(content)
            else:
                shutil.copyfileobj(content, given)
            given.seek(0)
            done = subprocess.run(command, stdin=given, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise PagesError(f"Drawing the pages took more than {SECONDS:g} seconds.") from error
    if done.returncode != 0:
        raise PagesError("The file can't be read as a PDF.")
    return list(_taken_apart(done.stdout))


def _taken_apart(written: bytes) -> Iterator[bytes]:
    place = 0
    while place < len(written):
        size = int.from_bytes(written[place : place + _LENGTH_BYTES], "big")
        place += _LENGTH_BYTES
        yield written[place : place + size]
        place += size


def _draw(first: int, last: int, resolution: int, colored: bool) -> None:
    import pypdfium2

    document = pypdfium2.PdfDocument(sys.stdin.buffer)
    for number in range(first - 1, min(last or len(document), len(document))):
        page = document[number]
        scale = resolution / 72
        pixels = page.get_width() * page.get_height() * scale * scale
        picture = page.render(scale=min(scale, scale * (_MOST_PIXELS / max(pixels, 1)) ** 0.5), grayscale=not colored).to_pil()
        made = io.BytesIO()
        picture.save(made, "PNG", compress_level=1)
        sys.stdout.buffer.write(len(made.getvalue()).to_bytes(_LENGTH_BYTES, "big") + made.getvalue())


if __name__ == "__main__":
    _draw(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "color")
