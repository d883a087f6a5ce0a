"""Pictures of telephones (HEIC) as JPEG, which every browser shows.

libheif, which decodes them, is native code that reads what strangers have made: it runs by itself, with limits.
`python -m docassemble_lite.formats.heic` reads one and writes the other.
"""

from __future__ import annotations

import io
import subprocess
import sys

from docassemble_lite.formats.pictures import MOST_PIXELS, BrokenPicture, TooManyPixels, encoded

#: Seconds that one picture may take, and megabytes of memory.
SECONDS = 20.0
MEGABYTES = 1536
_TOO_MANY_PIXELS = 3


def as_jpeg(content: bytes) -> bytes:
    """The picture as a JPEG, upright and without notes. Raises `BrokenPicture` and `TooManyPixels`."""
    try:
        done = subprocess.run([sys.executable, "-m", __name__], input=content, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise BrokenPicture from error
    if done.returncode == _TOO_MANY_PIXELS:
        raise TooManyPixels
    if done.returncode != 0 or not done.stdout:
        raise BrokenPicture
    return done.stdout


def _convert() -> int:
    import pi_heif

    if sys.platform == "linux":
        import resource

        # other systems don't keep to it, and some refuse it
        size = MEGABYTES * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
    given = pi_heif.open_heif(io.BytesIO(sys.stdin.buffer.read()))
    width, height = given.size
    if width * height > MOST_PIXELS:
        return _TOO_MANY_PIXELS
    sys.stdout.buffer.write(encoded(given.to_pillow(), "jpeg"))
    return 0


if __name__ == "__main__":
    sys.exit(_convert())
