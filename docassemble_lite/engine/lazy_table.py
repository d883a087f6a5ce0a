"""Tables as interviews see them: texts that are made anew of what is in a list each time they are used."""

from __future__ import annotations

from typing import Any, NoReturn

from docassemble_lite.engine.lazy import DALazyTemplate
from docassemble_lite.host import current


class DALazyTableTemplate(DALazyTemplate):
    """What a `table` block defines. It is stored as the name of its block; the rows are looked up when it is used."""

    @property
    def content(self) -> str:
        """The table in Markdown."""
        return self._table(editable=True)

    @property
    def subject(self) -> str:
        """A table has none."""
        return ""

    def show(self, editable: bool = True, **_: Any) -> str:
        """The table, to be put into another text; without `editable` it has no buttons."""
        return self._table(editable)

    def __html__(self) -> str:
        # what was typed is escaped in its cell, so the whole of it is markup
        return self.content

    def export(self, *_: Any, **__: Any) -> NoReturn:
        """Not supported: tables can't be made into files yet."""
        raise NotImplementedError("A table can't be exported to a file yet. Make a document with the table in it.")

    def as_df(self) -> NoReturn:
        """Not supported: there are no data frames."""
        raise NotImplementedError("A table can't be had as a data frame. Use the list that its rows come from.")

    def _table(self, editable: bool) -> str:
        text: str = current().evaluation.table_text(self, self._block, self._bound, editable)
        return text
