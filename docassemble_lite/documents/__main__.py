"""What `aside` starts: makes the one document that it is given, and ends."""

from __future__ import annotations

import os
import pickle
import sys

from docassemble_lite.documents.making import make_here
from docassemble_lite.errors import DocumentError

# by so much the system prefers others
_NICENESS = 5


def main() -> None:
    """Read a document and names of formats; write the files, or what is wrong with the document."""
    os.nice(_NICENESS)
    document, formats = pickle.load(sys.stdin.buffer)
    try:
        made: dict[str, bytes] | str = make_here(document, formats)
    except DocumentError as error:
        made = error.message
    pickle.dump(made, sys.stdout.buffer)


if __name__ == "__main__":
    main()
