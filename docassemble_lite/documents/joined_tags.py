"""The tags of PDF files that are put together: headings, lists and tables stay what they are for programs that read aloud.

Pages point into a table of their file (StructParents, ParentTree), so each file's table is moved behind that of the one before.
The files may come from anywhere: what isn't as it should be is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pikepdf

#: Entries of a file's table beyond this are left out.
MOST_ENTRIES = 200_000


def join_tags(whole: pikepdf.Pdf, parts: Sequence[tuple[pikepdf.Pdf, Sequence[Any]]]) -> None:
    """Give `whole` the tags of the files that its pages come from: each file, and the pages that it has become."""
    import pikepdf

    roots: list[Any] = []
    numbers: list[tuple[int, Any]] = []
    roles: dict[str, Any] = {}
    used = 0
    for part, pages in parts:
        tags = part.Root.get("/StructTreeRoot")
        if not isinstance(tags, pikepdf.Dictionary):
            _take_numbers_away(pages)
            continue
        # the pages are copied already, so the tags point to these
        copied = whole.copy_foreign(part.make_indirect(tags))
        table = dict(_entries(copied.get("/ParentTree")))
        for owner, key, number in list(_numbered(pages)):
            if number in table:
                owner[key] = number + used
            else:
                del owner[key]
        numbers += [(number + used, table[number]) for number in sorted(table)]
        used += max(table, default=-1) + 1
        roles |= {name: role for name, role in _dictionary(copied.get("/RoleMap")).items() if isinstance(role, pikepdf.Name)}
        roots += [kid for kid in _listed(copied.get("/K")) if isinstance(kid, pikepdf.Dictionary)]
    if not roots:
        return
    root = whole.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot))
    for child in roots:
        child.P = root
    root.K = pikepdf.Array(roots)
    root.ParentTree = whole.make_indirect(pikepdf.Dictionary(Nums=pikepdf.Array([item for pair in numbers for item in pair])))
    root.ParentTreeNextKey = used
    if roles:
        root.RoleMap = pikepdf.Dictionary(roles)
    whole.Root.StructTreeRoot = root
    whole.Root.MarkInfo = pikepdf.Dictionary(Marked=True)


def _entries(tree: Any) -> Iterator[tuple[int, Any]]:
    """The pairs of a number tree."""
    import pikepdf

    left, known, count = [tree], set(), 0
    while left:
        node = left.pop()
        if not isinstance(node, pikepdf.Dictionary) or node.objgen in known:
            continue
        if node.is_indirect:
            known.add(node.objgen)
        pairs = _listed(node.get("/Nums"))
        for number, value in zip(pairs[::2], pairs[1::2], strict=False):
            count += 1
            if isinstance(number, int) and 0 <= number < MOST_ENTRIES and count <= MOST_ENTRIES:
                yield number, value
        # a node that stands in another one as a whole can't be its own parent
        left += _listed(node.get("/Kids"))


def _numbered(pages: Sequence[Any]) -> Iterator[tuple[Any, str, int]]:
    """What points into the table of tags: pages, what is drawn on them as a whole, and their annotations; each once."""
    import pikepdf

    known: set[Any] = set()
    for page in pages:
        forms = _dictionary(_dictionary(page.obj.get("/Resources")).get("/XObject"))
        for owner in [page.obj, *_listed(page.obj.get("/Annots")), *forms.values()]:
            if not isinstance(owner, (pikepdf.Dictionary, pikepdf.Stream)) or owner.objgen in known:
                continue
            if owner.is_indirect:
                known.add(owner.objgen)
            for key in ("/StructParents", "/StructParent"):
                if key in owner:
                    number = owner[key]
                    yield owner, key, number if isinstance(number, int) else -1


def _take_numbers_away(pages: Sequence[Any]) -> None:
    """Pages of a file without tags point to none, and not to those of another file."""
    for owner, key, _ in list(_numbered(pages)):
        del owner[key]


def _listed(value: Any) -> list[Any]:
    import pikepdf

    if value is None:
        return []
    return list(value) if isinstance(value, pikepdf.Array) else [value]


def _dictionary(value: Any) -> Mapping[str, Any]:
    import pikepdf

    return dict(value.items()) if isinstance(value, pikepdf.Dictionary) else {}
