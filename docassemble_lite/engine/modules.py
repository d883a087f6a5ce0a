"""Python modules of interviews: those of packages that the configuration names, those beside interviews, and the library.

A module that says `from docassemble.base.util import DAObject` gets what interviews have anyway, under the name by which
authors know it, unless such a package is really installed.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

from docassemble_lite.engine.source import Source, Sources

#: The package that stands for the folder of interviews.
INTERVIEWS = "docassemble_lite_interviews"
#: The modules that stand for the library.
LIBRARY = frozenset(f"docassemble.base.{name}" for name in ("util", "functions", "core", "legal"))


def make_importable(sources: Sources) -> None:
    """From now on this process finds the modules of these packages, of interviews and of the library."""
    folders = {**sources.packages, INTERVIEWS: sources.interviews}
    for finder in sys.meta_path:
        if isinstance(finder, _Finder):
            finder.folders.update(folders)
            return
    # after the others: a package that is installed comes first
    sys.meta_path.append(_Finder(folders))


def package_of(source: Source) -> str:
    """The package in which the names of modules begin that start with a dot."""
    if source.package:
        return source.package
    folder = Path(source.name).parent.as_posix()
    return INTERVIEWS if folder == "." else f"{INTERVIEWS}.{folder.replace('/', '.')}"


class _Finder(MetaPathFinder):
    """Finds modules by the folders that stand for packages: name of the package → folder."""

    def __init__(self, folders: dict[str, Path]) -> None:
        self.folders = folders

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name in LIBRARY:
            return ModuleSpec(name, _LibraryLoader())
        if name in self.folders:
            return _package(name, self.folders[name])
        if any(known.startswith(f"{name}.") for known in (*self.folders, *LIBRARY)):
            return _package(name, None)
        return None


def _package(name: str, folder: Path | None) -> ModuleSpec:
    initial = folder / "__init__.py" if folder else None
    if initial is not None and initial.is_file():
        found = spec_from_file_location(name, initial, submodule_search_locations=[str(folder)])
        assert found
        return found
    spec = ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = [str(folder)] if folder else []
    return spec


class _LibraryLoader(Loader):
    """Fills a module with the names that interviews have."""

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        # the library imports much, and this module is imported by what makes programs
        from docassemble_lite.engine.library import library, own_names
        from docassemble_lite.engine.word_templates import register_jinja_filter

        names = library()
        vars(module).update({name: names[name] for name in own_names()}, register_jinja_filter=register_jinja_filter)
