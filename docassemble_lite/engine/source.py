"""Where interviews come from: the name of a file as authors write it, and the file that it stands for.

`folder/file.yml` is a file under the interviews folder; `package:data/questions/file.yml` (or `package:file.yml`) one of
a package, which is an installed Python package or a folder that the configuration maps to that name.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.machinery import ModuleSpec
from pathlib import Path
from urllib.parse import quote

from docassemble_lite.errors import InterviewNotFound

SUFFIXES = (".yml", ".yaml")
_PLACED = re.compile(r"(?P<package>(?:[\w.-]+:)?)data/(?P<folder>templates|static|sources)/(?P<rest>.+)")
# between the folders of an address that names one as a single part
_STEP = "~"


@dataclass(frozen=True)
class Source:
    """One file. `root` is the folder that its names may not leave; `package` is empty under the interviews folder."""

    name: str
    path: Path
    root: Path
    package: str = ""

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the file, without their ends."""
        return self.path.read_text(encoding="utf-8", errors="replace").splitlines()


class Sources:
    """Finds the files of interviews, and the other files that lie beside them."""

    def __init__(self, interviews: Path, packages: Mapping[str, Path] | None = None) -> None:
        self.interviews = interviews.resolve()
        self.packages = {name: path.resolve() for name, path in (packages or {}).items()}

    def find(self, name: str, beside: Source | None = None) -> Source:
        """The file of that name; `beside` is the file that mentions it. Raises `InterviewNotFound`."""
        if ":" in name:
            package, _, rest = name.partition(":")
            return self._in_package(package, rest, name)
        if beside is not None:
            near = self._beside(name, beside)
            if near is not None:
                return near
        return self._under_interviews(name)

    def names(self) -> list[str]:
        """The names of all interviews under the interviews folder, in alphabetical order; those in sub-folders come last."""
        if not self.interviews.is_dir():
            return []
        found = (path for path in self.interviews.rglob("*") if path.suffix in SUFFIXES and path.is_file())
        inside = (path.relative_to(self.interviews) for path in found)
        shown = (path for path in inside if not any(part.startswith(".") for part in path.parts))
        return [str(path) for path in sorted(shown, key=lambda path: (path.parent.parts, path.name))]

    def data_file(self, reference: str, folder: str, beside: Source | None) -> Path | None:
        """A file of `data/<folder>` of a package ("package:file" or "package:data/static/file"), or one beside an interview.

        A reference that itself says “data/<folder>/file” means that folder. None if there is none, or if the reference leads
        out of its folder.
        """
        placed = _PLACED.match(reference)
        if placed:
            reference, folder = placed["package"] + placed["rest"], placed["folder"]
        if ":" in reference:
            package, _, rest = reference.partition(":")
            root = self._package_root(package)
            if root is None:
                return None
            return _inside(root / "data" / folder, root / "data" / folder / rest.removeprefix(f"data/{folder}/"))
        if beside is None:
            return None
        if beside.package:
            return _inside(beside.root / "data" / folder, beside.root / "data" / folder / reference)
        for start in (beside.path.parent / folder, beside.path.parent, self.interviews / folder):
            found = _inside(self.interviews, start / reference)
            if found:
                return found
        return None

    def static_address(self, reference: str, beside: Source | None) -> str | None:
        """Where a browser finds a static file (`static_file()` finds it by that); None if there is none that is public."""
        found = self.data_file(reference, "static", beside)
        if found is None:
            return None
        package = reference.partition(":")[0] if ":" in reference else beside.package if beside else ""
        root = self._package_root(package) if package else None
        if root is not None:
            if not found.is_relative_to((root / "data" / "static").resolve()):
                return None
            return f"/packagestatic/{package}/{quote(found.relative_to((root / 'data' / 'static').resolve()).as_posix())}"
        *folders, name = found.relative_to(self.interviews).parts
        if "static" not in folders:
            return None
        place = folders.index("static")
        owner = _STEP.join(folders[:place]) or _STEP
        return f"/packagestatic/{quote('/'.join([owner, *folders[place + 1 :], name]))}"

    def static_file(self, owner: str, name: str) -> Path | None:
        """What is public: a file of `data/static` of a package, or of the folder `static` under a folder of interviews.

        The folder is written with ~ between its parts, and as ~ where it is the interviews folder itself.
        """
        root = self._package_root(owner)
        packaged = _inside(root / "data" / "static", root / "data" / "static" / name) if root else None
        if packaged is not None:
            return packaged
        folder = self.interviews / owner.replace(_STEP, "/").strip("/") / "static"
        found = _inside(folder, folder / name)
        return found if found and found.is_relative_to(self.interviews) else None

    def _in_package(self, package: str, rest: str, name: str) -> Source:
        root = self._package_root(package)
        if root is None:
            raise InterviewNotFound(f"There is no package “{package}”, so there is no interview “{name}”.")
        rest = rest if rest.startswith("data/") else f"data/questions/{rest}"
        path = _inside(root / "data" / "questions", root / rest)
        if path is None or path.suffix not in SUFFIXES:
            raise InterviewNotFound(f"There is no interview “{name}”.")
        return Source(f"{package}:{rest}", path, root, package)

    def _beside(self, name: str, beside: Source) -> Source | None:
        """A file in the same folder, or in the folder of the package's interviews."""
        folders = [beside.path.parent, *([beside.root / "data" / "questions"] if beside.package else [])]
        bounds = beside.root / "data" if beside.package else beside.root
        found = (_inside(bounds, folder / name) for folder in folders)
        path = next((path for path in found if path is not None), None)
        if path is None or path.suffix not in SUFFIXES:
            return None
        prefix = f"{beside.package}:" if beside.package else ""
        return Source(prefix + path.relative_to(beside.root.resolve()).as_posix(), path, beside.root, beside.package)

    def _under_interviews(self, name: str) -> Source:
        path = _inside(self.interviews, self.interviews / name)
        if path is None or path.suffix not in SUFFIXES:
            raise InterviewNotFound(f"There is no interview “{name}”.")
        return Source(path.relative_to(self.interviews).as_posix(), path, self.interviews)

    def _package_root(self, package: str) -> Path | None:
        """The folder of a package. Nothing is imported: a name may come from a visitor."""
        if package in self.packages:
            return self.packages[package]
        search: list[str] | None = None
        regular = False
        parts = package.split(".")
        for number, part in enumerate(parts, 1):
            if not part.isidentifier():
                return None
            spec = _spec(".".join(parts[:number]), search)
            if spec is None or spec.submodule_search_locations is None:
                return None
            search = list(spec.submodule_search_locations)
            regular = spec.origin is not None
        # any folder that lies where Python looks, e.g. one with a server's data, could pass for a package without __init__.py
        return Path(search[0]).resolve() if search and regular else None


def _spec(name: str, search: Sequence[str] | None) -> ModuleSpec | None:
    """Where a module is that is found on its parent's path, also one that is installed in place, without importing it."""
    found = (finder.find_spec(name, search, None) for finder in sys.meta_path)
    return next((spec for spec in found if spec is not None), None)


def _inside(root: Path, path: Path) -> Path | None:
    """`path`, if it is a file that lies in `root` after all links and dots are followed."""
    try:
        resolved = path.resolve()
        found = resolved.is_relative_to(root.resolve()) and resolved.is_file()
    except (OSError, ValueError):  # a name that no file system takes, e.g. with a NUL
        return None
    return resolved if found else None
