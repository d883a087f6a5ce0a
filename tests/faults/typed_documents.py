"""Documents full of what somebody typed, and what in them could act when they are opened."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lxml import etree
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from tests.acceptance.in_process import Client
from tests.acceptance.visitor import Page
from tests.faults.active_nodes import Nodes, nodes_of_page

#: The variables that a document shows.
ANSWERS = tuple(f"answer{number}" for number in range(20))
# as authors write Markdown for a document; each row shows one answer
PLACES = (
    "SAID",
    "**SAID** and *SAID*",
    "# SAID",
    "* SAID\n* SAID",
    "> SAID",
    "| SAID | b |\n|---|---|\n| SAID | y |",
    "[SAID](https://example.com)",
    "[in](SAID)",
    "![SAID](SAID)",
    "`SAID`",
    "see[^1]\n\n[^1]: SAID",
    "[CENTER] SAID",
    "[BEGIN_TWOCOL] SAID [BREAK] SAID [END_TWOCOL]",
    "SAID\n:   SAID",
    "Dear SAID, and others",
)
_BLOCKS = """\
mandatory: True
question: Here
attachment:
  name: For ${ answer0 }
  filename: for ${ answer0 }
  description: |
    With ${ answer1 }
  valid formats: [pdf, docx, rtf, html, md]
  metadata:
    title: ${ answer2 }
    author: ${ answer3 }
  content: |
CONTENT
---
question: What?
fields:
FIELDS
"""


def _content() -> Iterator[str]:
    for number, name in enumerate(ANSWERS):
        for way in (f"${{ {name} }}", f"${{ 'Dear ' + {name}.lower() }}"):
            place = PLACES[number % len(PLACES)].replace("SAID", way).replace("[^1]", f"[^{number}{'ab'[way.count('lower')]}]")
            yield from ("    " + line for line in [*place.split("\n"), ""])


#: An interview that asks for all of ANSWERS and shows them in a document.
DOCUMENT = _BLOCKS.replace("CONTENT", "\n".join(_content())).replace(
    "FIELDS", "\n".join(f"  - {name}: {name}\n    input type: area\n    required: False" for name in ANSWERS)
)


def contents(client: Client, page: Page) -> dict[str, bytes]:
    """Each of the files that the page links to, by extension."""
    found: dict[str, bytes] = {}
    for address in re.findall(r'href="(/uploadedfile/[^"]+)"', page.text):
        answer = client.flask.get(address.replace("&amp;", "&"))
        assert answer.status_code == 200
        extension = re.search(r'filename\*?=[^;]*\.(\w+)"?(?:;|$)', answer.headers.get("Content-Disposition", ""))
        if extension:
            found[extension[1]] = answer.data
    return found


def found_in(page: Page, files: Mapping[str, bytes]) -> dict[str, Nodes]:
    """What could act in each of the files, and on the page that shows them."""
    assert files.keys() == READERS.keys()
    nonce = re.search(r"'nonce-([^']+)'", page.headers["Content-Security-Policy"])
    assert nonce is not None
    read = {extension: Counter(reader(files[extension])) for extension, reader in READERS.items()}
    return read | {"screen": nodes_of_page(page.text, nonce[1])}


# --- formats -------------------------------------------------------------------------------------------------------------

_ACTING_KEYS = (
    "/A",
    "/AA",
    "/JS",
    "/JavaScript",
    "/OpenAction",
    "/Launch",
    "/URI",
    "/GoToR",
    "/EmbeddedFiles",
    "/AcroForm",
    "/XFA",
)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|//|(?=.)", re.IGNORECASE)


def _scheme(address: str) -> str:
    found = _SCHEME.match(address.strip())
    return found[0].lower() if found else ""


def _in_pdf(content: bytes) -> Iterator[tuple[str, ...]]:
    """Every entry that makes a viewer do something."""
    reader = PdfReader(io.BytesIO(content))
    for number in range(1, int(reader.trailer["/Size"])):
        yield from _in_pdf_object(reader.get_object(number))


def _describes(key: str, value: Any) -> bool:
    """Whether it says how a part of the text looks, which has the same key in a tagged document as what a link does."""
    value = value.get_object()
    return key == "/A" and (isinstance(value, ArrayObject) or "/O" in value)


def _in_pdf_object(thing: Any) -> Iterator[tuple[str, ...]]:
    if isinstance(thing, DictionaryObject):
        for key, value in thing.items():
            if key in _ACTING_KEYS and not _describes(key, value):
                yield "pdf", key, _scheme(str(value)) if key == "/URI" else ""
            if key == "/S" and value in ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/Rendition"):
                yield "pdf", key, str(value)
            if not isinstance(value, IndirectObject):
                yield from _in_pdf_object(value)
    elif isinstance(thing, ArrayObject):
        for value in thing:
            if not isinstance(value, IndirectObject):
                yield from _in_pdf_object(value)


_ACTING_TAGS = frozenset(
    {"hyperlink", "fldSimple", "fldChar", "instrText", "object", "OLEObject", "altChunk", "control", "drawing", "pict", "subDoc"}
)


def _in_docx(content: bytes) -> Iterator[tuple[str, ...]]:
    """Fields, links, embedded things and where they lead."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            yield "docx", "part", re.sub(r"\d+", "", name)
            if not name.endswith((".xml", ".rels")):
                continue
            for node in etree.fromstring(package.read(name)).iter(etree.Element):
                tag = etree.QName(node).localname
                if tag in _ACTING_TAGS:
                    yield "docx", tag, (node.text or "").split(" ")[0] if tag == "instrText" else ""
                if node.get("TargetMode") == "External":
                    yield "docx", "external", _scheme(node.get("Target") or "")


def _in_rtf(content: bytes) -> Iterator[tuple[str, ...]]:
    """Control words that begin fields, objects, pictures and templates; a backslash that was typed is written as two."""
    text = re.sub(r"\\\\|\\\{|\\\}", "", content.decode("ascii"))
    for word in re.findall(r"\\(field|fldinst|object|objdata|objocx|pict|template|filetbl|ddeauto|include\w*|bin)\b", text):
        yield "rtf", word
    for address in re.findall(r'HYPERLINK\s+"?([^"}]*)', text):
        yield "rtf", "address", _scheme(address)


def _in_html(content: bytes) -> Iterator[tuple[str, ...]]:
    yield from nodes_of_page(content.decode()).elements()


def _in_markdown(content: bytes) -> Iterator[tuple[str, ...]]:
    """As HTML, by a reader that allows everything."""
    from tests.unit.documents.reopened import rendered

    yield from nodes_of_page(rendered(content)).elements()


#: What could act in a file of each of the formats.
READERS: Mapping[str, Callable[[bytes], Iterator[tuple[str, ...]]]] = {
    "pdf": _in_pdf,
    "docx": _in_docx,
    "rtf": _in_rtf,
    "html": _in_html,
    "md": _in_markdown,
}
