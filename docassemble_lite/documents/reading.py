"""Takes Markdown apart: text in, pandoc's tree out."""

from __future__ import annotations

import json
from pathlib import Path

from docassemble_lite.documents.document import Document
from docassemble_lite.documents.programs import pandoc
from docassemble_lite.documents.style import TEXTS
from docassemble_lite.documents.tags import marked
from docassemble_lite.documents.tree import Node

# Pandoc's Markdown without what would hand a text on to another program (raw parts), take dollars for formulas and @names
# for citations, or read settings out of the middle of a text.
_MARKDOWN = "-".join(
    (
        "markdown",
        *("raw_tex", "raw_attribute", "tex_math_dollars", "citations", "example_lists", "yaml_metadata_block"),
        *("pandoc_title_block", "mmd_title_block", "implicit_figures", "latex_macros"),
    )
)


def read(document: Document, folder: Path) -> Node:
    """The tree of the document; texts of its metadata are in its `meta`. Raises `DocumentError`."""
    texts = {name: _marked(value) for name, value in document.metadata.items() if name in TEXTS and value not in (None, "")}
    metadata = folder / "metadata.json"
    # it is read as YAML, which doesn't know JSON's way of writing characters as pairs
    metadata.write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")
    arguments = [f"--from={_MARKDOWN}", "--to=json", f"--metadata-file={metadata}"]
    tree: Node = json.loads(pandoc(arguments, marked(document.markdown).encode(), folder))
    metadata.unlink()
    return tree


def _marked(value: object) -> object:
    return [_marked(item) for item in value] if isinstance(value, list) else marked(str(value))
