"""Finished PDF files: joined, laid on top of each other, protected."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Literal

from docassemble_lite.documents.announcing import call
from docassemble_lite.documents.forms import opened
from docassemble_lite.documents.joined_tags import join_tags
from docassemble_lite.documents.pictures import picture, size
from docassemble_lite.documents.programs import private_folder, typst
from docassemble_lite.errors import DocumentError

if TYPE_CHECKING:
    import pikepdf

_A4 = "width: 595pt, height: 842pt"
_LETTER = "width: 612pt, height: 792pt"


def joined(contents: Sequence[bytes]) -> bytes:
    """PDF files one after the other; fields of forms that are called alike stay fields of their own. Raises `DocumentError`."""
    import pikepdf

    out = io.BytesIO()
    with ExitStack() as stack:
        whole = stack.enter_context(pikepdf.new())
        parts = []
        for content in contents:
            pdf = stack.enter_context(opened(content))
            before = len(whole.pages)
            whole.add_pages_from(pdf)
            parts.append((pdf, list(whole.pages[before:])))
        join_tags(whole, parts)
        _keep_words(whole, [pdf for pdf, _ in parts])
        whole.save(out, deterministic_id=True)
    return out.getvalue()


def _keep_words(whole: pikepdf.Pdf, parts: Sequence[pikepdf.Pdf]) -> None:
    """The title and the language of the first file that has one."""
    language = next((part.Root.Lang for part in parts if "/Lang" in part.Root), None)
    title = next((part.docinfo["/Title"] for part in parts if "/Title" in part.docinfo), None)
    if language is not None:
        whole.Root.Lang = str(language)
    if title is not None:
        call(whole, str(title))


def overlaid(
    content: bytes,
    over: bytes,
    *,
    first: int = 1,
    last: int | None = None,
    only: Literal["even", "odd"] | None = None,
    page: int = 1,
    each: bool = False,
) -> bytes:
    """A PDF with a page of another one on top of its pages, of which the first is 1; with `each`, page by page.

    Raises `DocumentError`, also for a page that isn't there.
    """
    import pikepdf

    out = io.BytesIO()
    with opened(content) as pdf, opened(over) as other:
        if not 1 <= page <= len(other.pages):
            raise DocumentError(f"The PDF to be laid over has no page {page}.")
        for number, below in enumerate(pdf.pages, 1):
            wanted = number if each else page
            if wanted > len(other.pages) or not (each or _is_meant(number, first, last, only)):
                continue
            below.add_overlay(other.pages[wanted - 1], pikepdf.Rectangle(*map(float, below.mediabox)))
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _is_meant(number: int, first: int, last: int | None, only: str | None) -> bool:
    within = number >= first and (last is None or number <= last)
    return within and {"even": number % 2 == 0, "odd": number % 2 == 1}.get(only or "", True)


def protected(content: bytes, password: str = "", owner_password: str = "") -> bytes:
    """A PDF that only opens with a password; the owner's allows everything. Raises `DocumentError`."""
    import pikepdf

    if not (password or owner_password):
        return content
    out = io.BytesIO()
    with opened(content) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(user=password, owner=owner_password or password, R=6))
    return out.getvalue()


def page_count(content: bytes) -> int:
    """How many pages a PDF has. Raises `DocumentError`."""
    with opened(content) as pdf:
        return len(pdf.pages)


def picture_page(content: bytes, country: str = "US") -> bytes:
    """A PDF of one page with a picture on it. Raises `DocumentError`."""
    made = picture(content)
    width, height = size(made)
    name = _file_name(made)
    paper = _LETTER if country in ("US", "CA", "MX") else _A4
    turned = ", flipped: true" if width > height else ""
    with private_folder() as folder:
        (folder / name).write_bytes(made)
        shown = f'image("{name}", width: 100%, height: 100%, fit: "contain")'
        source = f"#set page({paper}, margin: 36pt{turned})\n#align(center + horizon, {shown})"
        return typst(source.encode(), folder, tagged=False)


def _file_name(made: bytes) -> str:
    return "picture.png" if made.startswith(b"\x89PNG") else "picture.jpg"
