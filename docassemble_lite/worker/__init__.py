"""The workers: a Celery worker that runs background tasks, and the sweeper that sees to those that nobody runs.

Celery carries wake-up messages only. What a task is, who has it and how it ended stands in the store. Besides
`python -m docassemble_lite worker`, Celery's own command works: `celery -A docassemble_lite.worker worker`.
"""

from docassemble_lite.worker.main import main

__all__ = ["main"]
