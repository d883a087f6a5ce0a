"""Where Celery's own commands find the application: `celery -A docassemble_lite.worker worker`, `… inspect`, Flower.

It is configured by `config.yml` in the current folder and by environment variables, as every command is.
"""

from docassemble_lite.settings import load_settings
from docassemble_lite.worker.main import make_worker

app = make_worker(load_settings())
