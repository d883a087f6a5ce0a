"""`python -m docassemble_lite COMMAND`."""

import sys

from docassemble_lite.cli import main

if __name__ == "__main__":
    sys.exit(main())
