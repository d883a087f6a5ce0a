"""Objects that are described in files."""

from __future__ import annotations

from typing import Any

from docassemble_lite.engine.source import Source
from docassemble_lite.engine.structures import Making, objects_of_file
from docassemble_lite.host import current
from docassemble_lite.objects.base import DAObject

__all__ = ["objects_from_file"]


def objects_from_file(
    file_ref: str,
    recursive: bool = True,
    gathered: bool = True,
    name: str | None = None,
    use_objects: bool = False,
    package: str | None = None,
) -> Any:
    """What a file of YAML or JSON among the sources describes.

    A dictionary with `object` and `item` becomes an object of that class, one with `object` and `items` a list of them; with
    `use_objects`, lists and dictionaries become `DAList` and `DADict`. `name` is the name of the variable that is to hold it.
    Raises `FileNotFoundError` if there is no such file.
    """
    evaluation = current().evaluation
    program = evaluation.program
    reference = f"{package}:data/sources/{file_ref}" if package and ":" not in file_ref else file_ref
    path = program.sources.data_file(reference, "sources", program.source)
    if path is None:
        raise FileNotFoundError(f"There is no file “{file_ref}” among the sources.")
    source = Source(file_ref, path, path.parent, reference.partition(":")[0] if ":" in reference else program.source.package)
    making = Making(evaluation, bool(use_objects), True, gathered, program.source)
    return objects_of_file(source, making, name or DAObject().instanceName)
