"""Tables as interviews see them: texts that are made anew of what is in a list each time they are used."""

from __future__ import annotations

from typing import Any, NoReturn

from docassemble_lite.engine.lazy import DALazyTemplate
from docassemble_lite.engine.made_files import made_file, with_ending
from docassemble_lite.formats.written_tables import written
from docassemble_lite.host import current
from docassemble_lite.objects import DAFile
from docassemble_lite.objects.file_names import extension_of


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

    def export(
        self,
        filename: str | None = None,
        file_format: str | None = None,
        title: str | None = None,
        freeze_panes: bool = True,
        output_to: DAFile | None = None,
    ) -> DAFile:
        """A file with what is in the table, as "xlsx", "csv" or "json"; `title` is the name of the sheet.

        The extension of the name says of which kind it is, and else `file_format`. Raises ValueError for another kind.
        """
        kind = (file_format or extension_of(filename or "") or "xlsx").lower()
        evaluation = current().evaluation
        rows = evaluation.table_values(self, self._block, self._bound)
        return made_file(
            evaluation,
            ["table", kind, title, freeze_panes, rows],
            lambda: written(rows, kind, title or "", freeze_panes=freeze_panes),
            with_ending(filename or "file", kind),
            output_to,
        )

    def as_df(self) -> NoReturn:
        """Not supported: there are no data frames."""
        raise NotImplementedError("A table can't be had as a data frame. Use the list that its rows come from.")

    def _table(self, editable: bool) -> str:
        text: str = current().evaluation.table_text(self, self._block, self._bound, editable)
        return text
