"""`python -m docassemble_lite.cron -type NAME`."""

import sys

from docassemble_lite.cron.command import main

if __name__ == "__main__":
    sys.exit(main())
