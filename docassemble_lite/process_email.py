"""`python -m docassemble_lite.process_email`."""

import sys

from docassemble_lite.mailin.pipe import main

if __name__ == "__main__":
    sys.exit(main())
