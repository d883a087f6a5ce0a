"""PDF/A-2b (ISO 19005-2) of PDF files that others made: forms that were filled in, and files that are joined.

What an archive doesn't allow is taken out where the pages look the same without it, e.g. scripts, fields and files within the
file. What can't be mended here, such as a font that the file doesn't have, is an error: no file claims to be what it isn't.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from docassemble_lite.documents.contents import Contents
from docassemble_lite.documents.forms import flatten, opened
from docassemble_lite.errors import DocumentError

if TYPE_CHECKING:
    import pikepdf

# of the catalog: what acts, and what belongs to forms, signatures and files within the file
_NOT_IN_CATALOG = ("/AA", "/AcroForm", "/AF", "/Collection", "/NeedsRendering", "/OpenAction", "/Perms", "/Requirements")
_NOT_IN_NAMES = ("/AlternatePresentations", "/EmbeddedFiles", "/JavaScript", "/Renditions")
_NOT_ON_PAGES = ("/AA", "/PresSteps", "/AF")
# what can be said of a file
_ABOUT = frozenset(
    {"/Title", "/Author", "/Subject", "/Keywords", "/Creator", "/Producer", "/CreationDate", "/ModDate"},
)
# so many problems are told
_TOLD = 5
# what a link may do
_ACTIONS = frozenset({"/GoTo", "/GoToR", "/URI"})
_HIDING = 0b100011
_PRINTED = 0b100
# of the time in a profile, so that the same document makes the same bytes
_PROFILE_TIME = slice(24, 36)


def archived(content: bytes) -> bytes:
    """The PDF as PDF/A-2b, without fields. Raises `DocumentError`, which says what keeps it from being one."""
    with opened(content) as pdf:
        _take_out(pdf)
        contents = Contents(pdf)
        for number, page in enumerate(pdf.pages, 1):
            _keep_links(page)
            contents.take(page, number)
        problems = contents.problems()
        if problems:
            raise DocumentError(_said(problems))
        _intend_colours(pdf)
        _claim(pdf)
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True, force_version="1.7")
    return out.getvalue()


def refuse_locked_archive(archive: bool, *passwords: str) -> None:
    """Raise `DocumentError` for a PDF/A that only opens with a password: an archive allows none."""
    if archive and any(passwords):
        raise DocumentError("A PDF that is protected by a password can't be PDF/A. Do without the password, or without PDF/A.")


def _said(problems: list[str]) -> str:
    return (
        f"It can't become PDF/A: {'; '.join(problems[:_TOLD])}. "
        "Save the PDF with all fonts embedded and with colours for screens (RGB), or do without PDF/A for it."
    )


def _take_out(pdf: pikepdf.Pdf) -> None:
    """What acts, changes or hides something, or isn't a page."""
    import pikepdf

    for key in _NOT_IN_CATALOG:
        _without(pdf.Root, key)
    names = pdf.Root.get("/Names")
    for key in _NOT_IN_NAMES if names is not None else ():
        _without(names, key)
    layers = pdf.Root.get("/OCProperties")
    for settings in [layers.get("/D"), *layers.get("/Configs", ())] if layers is not None else ():
        if settings is not None:
            _without(settings, "/AS")
            if "/Name" not in settings:
                settings["/Name"] = pikepdf.String("Layers")
    for item in _outline(pdf):
        if "/A" in item and not _is_harmless(item["/A"]):
            del item["/A"]


def _outline(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """The entries of the table of contents beside the pages."""
    seen: set[tuple[int, int]] = set()
    left = [pdf.Root["/Outlines"].get("/First")] if "/Outlines" in pdf.Root else []
    while left:
        item = left.pop()
        if item is None or item.objgen in seen:
            continue
        seen.add(item.objgen)
        yield item
        left += [item.get("/Next"), item.get("/First")]


def _keep_links(page: pikepdf.Page) -> None:
    """Only links stay; of everything else that lies on the page, it keeps what it looks like."""
    import pikepdf

    for key in _NOT_ON_PAGES:
        _without(page.obj, key)
    flatten(page, [item for item in page.obj.get("/Annots", ()) if item.get("/Subtype") not in ("/Link", "/Popup")])
    links = [item for item in page.obj.get("/Annots", ()) if item.get("/Subtype") == "/Link" and _leads_somewhere(item)]
    for link in links:
        link["/F"] = (int(link.get("/F", 0)) & ~_HIDING) | _PRINTED
        for key in ("/AA", "/AP", "/PA"):
            _without(link, key)
    _without(page.obj, "/Annots")
    if links:
        page.obj["/Annots"] = pikepdf.Array(links)


def _leads_somewhere(link: Any) -> bool:
    return "/Dest" in link or ("/A" in link and _is_harmless(link["/A"]))


def _is_harmless(action: Any) -> bool:
    return str(action.get("/S", "")) in _ACTIONS and "/Next" not in action


def _without(dictionary: Any, key: str) -> None:
    if key in dictionary:
        del dictionary[key]


# --- what it says of itself --------------------------------------------------------------------------------------------------


def _intend_colours(pdf: pikepdf.Pdf) -> None:
    """Say what colours without a profile mean: those of screens (sRGB)."""
    import pikepdf

    profile = pdf.make_stream(_screen_profile(), N=3, Alternate=pikepdf.Name.DeviceRGB)
    pdf.Root.OutputIntents = pikepdf.Array(
        [
            pikepdf.Dictionary(
                Type=pikepdf.Name.OutputIntent,
                S=pikepdf.Name.GTS_PDFA1,
                OutputConditionIdentifier=pikepdf.String("sRGB"),
                Info=pikepdf.String("sRGB"),
                DestOutputProfile=profile,
            )
        ]
    )


def _screen_profile() -> bytes:
    from PIL import ImageCms

    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[_PROFILE_TIME] = b"\x07\xea\x00\x01\x00\x01\x00\x00\x00\x00\x00\x00"
    return bytes(profile)


def _claim(pdf: pikepdf.Pdf) -> None:
    """Metadata that says the same as the table of title, author and the like, and that this is PDF/A."""
    _without(pdf.Root, "/Metadata")
    for key, value in list(pdf.docinfo.items()):
        if key not in _ABOUT or not _is_fit(key, value):
            del pdf.docinfo[key]
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=True) as metadata:
        metadata.load_from_docinfo(pdf.docinfo, delete_missing=False, raise_failure=False)
        metadata["pdfaid:part"] = "2"
        metadata["pdfaid:conformance"] = "B"


def _is_fit(key: str, value: Any) -> bool:
    """Whether what the file says of itself can be told in the metadata as well."""
    from pikepdf.models.metadata import decode_pdf_date

    try:
        return bool(decode_pdf_date(str(value))) if key.endswith("Date") else bool(str(value))
    except ValueError:
        return False
