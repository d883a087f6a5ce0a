"""How documents made of Markdown look, as an attachment or `attachment options` says: by metadata, and by files that have it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docassemble_lite.documents.packages import check_package
from docassemble_lite.documents.style import KNOWN, near_key
from docassemble_lite.engine.blocks.template_fields import TemplateFile
from docassemble_lite.engine.blocks.texts import BlockText
from docassemble_lite.engine.document import Items, Place, Section, read_values
from docassemble_lite.engine.source import Source, Sources
from docassemble_lite.engine.typed import veil
from docassemble_lite.errors import DocumentError, SourceError

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation

#: Keys that name files which say how documents look.
LOOKS_KEYS = frozenset({"initial yaml", "additional yaml", "docx reference file"})


@dataclass(frozen=True)
class MetadataValue:
    """A value of the metadata: a text of the author, a list of them, or a plain value."""

    texts: tuple[BlockText, ...]
    several: bool = False
    plain: Any = None

    def __call__(self, answers: dict[str, Any]) -> Any:
        """The value as it is now, with typed characters as documents want them."""
        if not self.texts and not self.several:
            return self.plain
        values = [veil(text.raw(answers)).strip() for text in self.texts]
        return values if self.several else values[0]


Metadata = Mapping[str, MetadataValue]


@dataclass
class Looks:
    """What one attachment says of its looks, or what all of them have that say nothing else."""

    # under `metadata`
    metadata: Metadata = field(default_factory=dict)
    # what the files under a key say; None if nothing stands there
    initial: Metadata | None = None
    additional: Metadata | None = None
    reference: TemplateFile | None = None

    def over(self, others: Looks) -> Looks:
        """These, and where they say nothing, the others. Metadata is taken together."""
        return Looks(
            {**others.metadata, **self.metadata},
            others.initial if self.initial is None else self.initial,
            others.additional if self.additional is None else self.additional,
            self.reference or others.reference,
        )

    def values(self, answers: dict[str, Any]) -> dict[str, Any]:
        """The metadata as it is now: what comes later holds, and `metadata` comes last."""
        found = {**(self.initial or {}), **(self.additional or {}), **self.metadata}
        return {key: value(answers) for key, value in found.items()}

    def reference_content(self, evaluation: Evaluation) -> bytes:
        """The file that a DOCX looks like; empty if there is none. Raises `DocumentError` for what isn't one."""
        return self.reference.files(evaluation)[0].content if self.reference else b""


class LooksFiles:
    """The files that a section names, which are read with the interview."""

    def __init__(self, section: Section) -> None:
        self._section = section
        self._reference = _reference_at(section)
        self.looks = Looks(read_metadata(section), reference=self._reference)
        self._oddities: list[SourceError] = []

    def read(self, sources: Sources) -> Iterator[Source]:
        """The files, while `looks` takes up what they say. Raises `SourceError` for one that isn't there or isn't of its kind."""
        if self._reference:
            for file in self._reference.read_files(sources):
                _check_reference(self._section, file)
                yield file
        for key in ("initial yaml", "additional yaml"):
            if self._section.get(key) is not None:
                found: dict[str, MetadataValue] = {}
                for file in _yaml_files(self._section, key, sources):
                    found.update(self._metadata_of(file))
                    yield file
                setattr(self.looks, key.partition(" ")[0], found)

    def oddities(self) -> Iterator[SourceError]:
        """What is to be said about names in metadata that mean nothing."""
        metadata = self._section.get("metadata")
        if isinstance(metadata, Section):
            yield from odd_metadata(metadata)
        yield from self._oddities

    def _metadata_of(self, file: Source) -> dict[str, MetadataValue]:
        """What a file of metadata says. It is Markdown, and no Mako."""
        found: dict[str, MetadataValue] = {}
        for metadata in read_values(file):
            if metadata is None:
                continue
            if not isinstance(metadata, Section):
                raise Place(file, 1).mistake(
                    "A file of metadata must consist of lines of the form “name: value”.", "For instance “fontsize: 11pt”."
                )
            self._oddities += odd_metadata(metadata)
            for key, value in metadata.items():
                _refuse_mapping(metadata, key, value)
                found[str(key)] = MetadataValue((), plain=list(value) if isinstance(value, list) else value)
        return found


def read_metadata(section: Section) -> dict[str, MetadataValue]:
    """The metadata of a section: name → value."""
    metadata = section.get("metadata")
    if metadata is None:
        return {}
    if not isinstance(metadata, Section):
        raise section.mistake("metadata", "“metadata” must consist of lines of the form “name: value”.")
    return {str(key): _metadata_value(metadata, key, value) for key, value in metadata.items()}


def _metadata_value(metadata: Section, key: Any, value: Any) -> MetadataValue:
    if isinstance(value, str):
        return MetadataValue((BlockText(value, metadata.value_place(key)),))
    if isinstance(value, list):
        return MetadataValue(tuple(BlockText(item, metadata.value_place(key)) for item in value), several=True)
    _refuse_mapping(metadata, key, value)
    return MetadataValue((), plain=value)


def _refuse_mapping(metadata: Section, key: Any, value: Any) -> None:
    if isinstance(value, Mapping):
        raise metadata.mistake(key, f"“{key}” must be a text, a number, True or False.")


def odd_metadata(metadata: Section) -> Iterator[SourceError]:
    """What is to be said about names in metadata that mean nothing."""
    for key in metadata:
        if key not in KNOWN:
            near = near_key(str(key))
            hint = f"Did you mean “{near}”?" if near else "It has no effect; remove it."
            yield metadata.mistake(key, f"There is no metadata “{key}” for documents.", hint)


def _reference_at(section: Section) -> TemplateFile | None:
    key = "docx reference file"
    if not section.get(key):
        return None
    if isinstance(section[key], list):
        raise section.mistake(key, f"“{key}” must name one file.", "A document can look like one other file only.")
    return TemplateFile(section, key, "docx")


def _check_reference(section: Section, file: Source) -> None:
    try:
        check_package(file.path.read_bytes())
    except DocumentError as error:
        raise section.value_place("docx reference file").mistake(
            f"“{file.name}” can't be a reference file. {error.message}", "Save it as DOCX in a word processor."
        ) from error


def _yaml_files(section: Section, key: str, sources: Sources) -> Iterator[Source]:
    value = section[key]
    for number, name in enumerate(value if isinstance(value, list) else [value]):
        if isinstance(name, (list, Mapping)):
            raise section.mistake(key, f"“{key}” must be the name of a file, or a list of names.")
        place = value.item_place(number) if isinstance(value, Items) else section.value_place(key)
        path = sources.data_file(str(name), "templates", place.source)
        if path is None:
            raise place.mistake(
                f"There is no file “{name}” among the templates.",
                "It must lie in data/templates of the package, or beside the interview.",
            )
        yield Source(str(name), path, path.parent, place.source.package)
