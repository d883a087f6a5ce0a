"""What `tasks_under_fire.py` is made of: the plan, the parts of the server, the people, the faults, the account."""

import sys
from pathlib import Path

# the program is started by its path, and borrows the visitor of the acceptance tests
sys.path.append(str(Path(__file__).resolve().parents[3]))
