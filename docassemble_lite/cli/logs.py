"""What is written to stderr."""

from __future__ import annotations

import logging

from docassemble_lite.logs import FORMAT, OneLineFormatter


def log_to_stderr(*, debug: bool) -> None:
    """Send the records of this process to stderr: ours from INFO on (with `debug` all), those of libraries from WARNING on."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLineFormatter(FORMAT))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    # it warns of requests that wait when there are none, as long as the server's threads are just starting
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    logging.getLogger("docassemble_lite").setLevel(logging.DEBUG if debug else logging.INFO)
