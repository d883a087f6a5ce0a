"""Markdown to documents: PDF, DOCX, RTF, HTML, Markdown. Knows nothing of interviews, stores or pages.

`reading` has pandoc take the Markdown apart; a `Shaper` for each format carries out what only printed pages have; pandoc
writes what comes out of that, and Typst sets the PDF. The programs run outside of the server's process, with a bound on
their time and memory, and are looked for only when a document is made.
"""

from docassemble_lite.documents.document import Document
from docassemble_lite.documents.making import FORMATS, make

__all__ = ["FORMATS", "Document", "make"]
