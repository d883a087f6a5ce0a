"""Pages of a PDF as pictures. PDFium, which draws them, is native code that reads what strangers have made: it runs by itself.

`python -m docassemble_lite.formats.pdf_pages FIRST LAST` reads a PDF and writes PNGs, each after its length in eight bytes.
"""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator

#: Dots per inch of the pictures, and pixels that one may have.
RESOLUTION = 300
_MOST_PIXELS = 50_000_000
#: Seconds that all pages may take.
SECONDS = 120.0
_LENGTH_BYTES = 8


class PagesError(Exception):
    """The PDF can't be drawn."""


def pages_of_pdf(content: bytes, first: int = 1, last: int | None = None) -> list[bytes]:
    """The pages from the first to the last (from 1; None: all) as PNGs. Raises `PagesError`."""
    command = [sys.executable, "-m", __name__, str(first), str(last or 0)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, check=False)
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


def _draw(first: int, last: int) -> None:
    import pypdfium2

    document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    for number in range(first - 1, min(last or len(document), len(document))):
        page = document[number]
        scale = RESOLUTION / 72
        pixels = page.get_width() * page.get_height() * scale * scale
        picture = page.render(scale=min(scale, scale * (_MOST_PIXELS / max(pixels, 1)) ** 0.5), grayscale=True).to_pil()
        made = io.BytesIO()
        picture.save(made, "PNG", compress_level=1)
        sys.stdout.buffer.write(len(made.getvalue()).to_bytes(_LENGTH_BYTES, "big") + made.getvalue())


if __name__ == "__main__":
    _draw(int(sys.argv[1]), int(sys.argv[2]))
