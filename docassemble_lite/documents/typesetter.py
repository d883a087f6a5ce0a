"""A program of its own: a text for Typst in, a PDF or a picture out. `programs` starts it, and it imports nothing of ours.

Arguments: the folder of the package typst, megabytes of memory, seconds of processor time, and what is to be made: "pdf",
"tagged" (a PDF with tags) or "png"; then, for a PDF, 1 to look through the fonts of the machine in any case, and the name of
a standard (such as a-2b). Its working folder is the only one in which the text finds files.
"""

from __future__ import annotations

import re
import resource
import sys
from typing import Any

# characters beyond those that the fonts of Typst have for certain: Latin, Greek, Cyrillic and Hebrew letters, usual signs
_OTHER = re.compile("[^\x00-\u024f\u0384-\u03ce\u0400-\u0477\u05d0-\u05ea\u1e00-\u1fff\u2010-\u2037\u2039\u203a\u20ac]")

# of a picture, per inch
_DOTS = 144


def main(packages: str, megabytes: str, seconds: str, what: str, all_fonts: str = "0", standard: str = "") -> int:
    """Set what comes in; 1 if that can't be done, with the reason on stderr."""
    sys.path.insert(0, packages)
    import typst

    if sys.platform == "linux":
        # other systems don't keep to it, and some refuse it
        size = int(megabytes) * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    source = sys.stdin.buffer.read()
    # looking through all fonts of the machine takes time
    fonts = typst.Fonts(include_system_fonts=all_fonts == "1" or _OTHER.search(source.decode()) is not None)
    # its types mix up what fonts and texts are
    compiled: Any = typst.compile
    standards = {"pdf_standards": [standard]} if standard else {}
    try:
        if what == "png":
            made = compiled(source, root=".", font_paths=fonts, format="png", ppi=_DOTS)
        else:
            made = compiled(source, root=".", font_paths=fonts, pdf_tags=what == "tagged", **standards)
    except typst.TypstError as error:
        sys.stderr.write(error.message)
        return 1
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
