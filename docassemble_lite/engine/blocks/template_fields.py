"""What an attachment says of the file that it fills in, and of what goes into which field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from docassemble_lite.engine.blocks.texts import BlockText
from docassemble_lite.engine.document import Items, Place, Section
from docassemble_lite.engine.expressions import Expression, constant_or_expression, read_variable
from docassemble_lite.engine.given_files import GivenFile, file_of, files_in, template_path
from docassemble_lite.engine.names import is_path
from docassemble_lite.engine.source import Source, Sources
from docassemble_lite.engine.typed import unescape_typed
from docassemble_lite.errors import DocumentError
from docassemble_lite.language.text import Raw
from docassemble_lite.objects.missing import MissingVariable

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation

#: Keys that name a file to be filled in → what its name ends in.
TEMPLATE_KEYS = {"docx template file": "docx", "pdf template file": "pdf"}
#: Keys that say what goes into its fields.
FIELD_KEYS = frozenset(
    {"fields", "field code", "field variables", "raw field variables", "code", "skip undefined", "decimal places"}
)


class TemplateFile:
    """The file under `docx template file` or `pdf template file`, several of them, or code that gives them.

    `kind` says what the names of files under another key end in.
    """

    def __init__(self, section: Section, key: str, kind: str = "") -> None:
        self.section = section
        self.key = key
        self.kind = kind or TEMPLATE_KEYS[key]
        value = section[key]
        self.code = _code(section, key) if isinstance(value, Section) else None
        self.references = [] if self.code else [str(item).strip() for item in _listed(value)]

    def read_files(self, sources: Sources) -> Iterator[Source]:
        """The files that are named. Raises `SourceError` for one that isn't there, and for one of another kind."""
        for number, reference in enumerate(self.references):
            place = self._place(number)
            path = sources.data_file(reference, "templates", place.source) or sources.data_file(reference, "static", place.source)
            if path is None:
                raise place.mistake(
                    f"There is no file “{reference}” among the templates.",
                    "It must lie in data/templates of the package, or beside the interview.",
                )
            if path.suffix.lower() != f".{self.kind}":
                raise place.mistake(f"“{reference}” is no {self.kind.upper()} file.", f"“{self.key}” must name one.")
            yield Source(reference, path, path.parent, place.source.package)

    def files(self, evaluation: Evaluation) -> list[GivenFile]:
        """The files as they are now. Raises `DocumentError` for what code gives and isn't one."""
        if self.code is not None:
            return self._given(evaluation, self.code.evaluate(evaluation.answers), self.code.place)
        return [self._template(evaluation, reference, self._place(number)) for number, reference in enumerate(self.references)]

    def _given(self, evaluation: Evaluation, value: Any, place: Place) -> list[GivenFile]:
        if isinstance(value, str):
            if value.startswith(("http://", "https://")):
                raise DocumentError("A template can't be fetched from an address. Put the file among the templates.")
            return [self._template(evaluation, value, place)]
        if isinstance(value, list):
            return [file for item in value for file in self._given(evaluation, item, place)]
        found = [file for file in files_in(evaluation, value) if file.extension == self.kind]
        if not found:
            raise DocumentError(f"“{self.key}” is given no {self.kind.upper()} file.")
        return found[:1]

    def _template(self, evaluation: Evaluation, reference: str, place: Place) -> GivenFile:
        path = template_path(evaluation, reference, place)
        if path is None:
            raise DocumentError(f"There is no file “{reference}” among the templates.")
        return GivenFile(path.name, path.read_bytes(), trusted=True)

    def _place(self, number: int) -> Place:
        value = self.section.get(self.key)
        return value.item_place(number) if isinstance(value, Items) else self.section.value_place(self.key)


class TemplateFields:
    """What goes into the fields. Values of `values()` are as the interview has them; texts are whole."""

    def __init__(self, section: Section) -> None:
        self.skipping = constant_or_expression(section.get("skip undefined"), section.value_place("skip undefined"))
        self._decimals = section.get("decimal places")
        self._found: list[tuple[str, Callable[[Evaluation], Any]]] = []
        self._read_texts(section)
        self._read_expressions(section)
        self._read_variables(section)
        self._code = _expression(section, "code") if section.get("code") is not None else None

    def values(self, evaluation: Evaluation, *, skipping: bool) -> dict[str, Any]:
        """name of a field → what goes into it. With `skipping`, what is missing is left out."""
        values: dict[str, Any] = {}
        for name, value in self._found:
            with_value = _without_missing(value, evaluation) if skipping else value(evaluation)
            if with_value is not _NOTHING:
                values[name] = with_value
        if self._code is not None:
            values.update(self._of_code(evaluation, skipping))
        return values

    def _of_code(self, evaluation: Evaluation, skipping: bool) -> dict[str, Any]:
        code = self._code
        assert code is not None
        found = (
            _without_missing(lambda now: code.evaluate(now.answers), evaluation)
            if skipping
            else code.evaluate(evaluation.answers)
        )
        if found is _NOTHING:
            return {}
        if not isinstance(found, Mapping):
            raise TypeError(f"“code” of an attachment must give a dictionary of fields and values, and not {found!r}.")
        return {str(name): self._ready(value) for name, value in found.items()}

    # --- reading -----------------------------------------------------------------------------------------------------

    def _read_texts(self, section: Section) -> None:
        for owner, name, value in _pairs(section, "fields"):
            self._found.append((name, _text_value(value, owner.value_place(name))))

    def _read_expressions(self, section: Section) -> None:
        for owner, name, value in _pairs(section, "field code"):
            expression = Expression(str(value), owner.value_place(name))
            self._found.append((name, self._of_expression(expression)))

    def _read_variables(self, section: Section) -> None:
        for key in ("field variables", "raw field variables"):
            for name in _listed(section.get(key)):
                if not is_path(str(name)):
                    raise section.mistake(key, f"“{name}” isn't the name of a variable.", "Write “field code” for expressions.")
                self._found.append((str(name), self._of_variable(str(name), as_it_is=key.startswith("raw"))))

    def _of_expression(self, expression: Expression) -> Callable[[Evaluation], Any]:
        return lambda evaluation: self._ready(expression.evaluate(evaluation.answers))

    def _of_variable(self, name: str, *, as_it_is: bool) -> Callable[[Evaluation], Any]:
        def value(evaluation: Evaluation) -> Any:
            found = read_variable(name, evaluation.answers)
            return found if as_it_is else self._ready(found)

        return value

    def _ready(self, value: Any) -> Any:
        """A value of code: as it is for pictures and for what `raw()` says, otherwise as a text."""
        if isinstance(value, Raw):
            return value.value
        if isinstance(value, float) and self._decimals is not None:
            return f"{value:.{int(self._decimals)}f}"
        return value


_NOTHING = object()


def _without_missing(value: Callable[[Evaluation], Any], evaluation: Evaluation) -> Any:
    try:
        return value(evaluation)
    except (NameError, MissingVariable) as error:
        evaluation.missing_name(error)
        return _NOTHING


def _text_value(value: Any, place: Place) -> Callable[[Evaluation], Any]:
    """A value under `fields`: a text, a list or a mapping of texts, or a plain value."""
    if isinstance(value, str):
        text = BlockText(value, place)
        return lambda evaluation: field_text(evaluation, text)
    if isinstance(value, Mapping):
        inner = {str(key): _text_value(item, place) for key, item in value.items()}
        return lambda evaluation: {key: item(evaluation) for key, item in inner.items()}
    if isinstance(value, list):
        items = [_text_value(item, place) for item in value]
        return lambda evaluation: [item(evaluation) for item in items]
    return lambda _: value


def field_text(evaluation: Evaluation, text: BlockText) -> Any:
    """What a text of a field gives: a file, if it shows one and nothing else, or the text."""
    raw = text.raw(evaluation.answers).strip()
    return file_of(evaluation, raw) or unescape_typed(raw)


def _pairs(section: Section, key: str) -> Iterator[tuple[Section, str, Any]]:
    """The names and values under a key: of one mapping, or of a list of them."""
    for item in _listed(section.get(key)):
        if not isinstance(item, Section):
            raise section.mistake(
                key, f"“{key}” must consist of lines of the form “name: value”.", "Each name is that of a field."
            )
        for name, value in item.items():
            yield item, str(name), value


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple, set)) else [value]


def _expression(section: Section, key: str) -> Expression:
    value = section[key]
    if isinstance(value, (list, dict)):
        raise section.mistake(key, f"“{key}” must be an expression.", "Its value must be a dictionary of fields and values.")
    return Expression(str(value), section.value_place(key))


def _code(section: Section, key: str) -> Expression:
    value = section[key]
    if set(value) != {"code"}:
        raise section.mistake(key, f"“{key}” must be the name of a file, or have the one key “code”.")
    return Expression(str(value["code"]), value.value_place("code"))
