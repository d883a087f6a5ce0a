"""The only way to run code in a session: lock, load, run, save, publish.

The web, the workers, the schedule and the mail receiver all go through `Visits`; nothing else opens answers.
"""

from docassemble_lite.visit.deeds import Act, CheckIn, Deed, EmailDocuments, GoBack, Leave, Send, Show, Submit
from docassemble_lite.visit.surroundings import Surroundings
from docassemble_lite.visit.visits import Visited, Visits

__all__ = [
    "Act",
    "CheckIn",
    "Deed",
    "EmailDocuments",
    "GoBack",
    "Leave",
    "Send",
    "Show",
    "Submit",
    "Surroundings",
    "Visited",
    "Visits",
]
