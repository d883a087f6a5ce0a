"""DOCX templates of interviews: what values, files and filters become in them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from jinja2 import TemplateError
from markupsafe import Markup

from docassemble_lite.documents import word_pieces
from docassemble_lite.documents.word_filling import FilledWord, WordTemplate
from docassemble_lite.engine.given_files import GivenFile, file_of, files_in
from docassemble_lite.engine.typed import shown, unescape_typed, veil
from docassemble_lite.engine.word_environment import WordEnvironment, including
from docassemble_lite.errors import DocumentError
from docassemble_lite.language.text import Raw, single_to_double_newlines
from docassemble_lite.objects import DAFile, DAFileCollection, DAFileList, DALink, DAStaticFile

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation

#: Functions of the interview language that are filters, too.
_FUNCTIONS = (
    *("add_separators", "alpha", "any", "all", "capitalize", "comma_and_list", "comma_list", "country_name", "currency"),
    *("fix_punctuation", "nice_number", "ordinal", "ordinal_number", "phone_number_formatted", "phone_number_in_e164"),
    *("redact", "roman", "single_paragraph", "title_case", "word", "single_to_double_newlines", "bold", "italic"),
    *("quantity_noun", "noun_plural", "noun_singular", "verb_past", "verb_present", "yesno", "noyes", "space_to_underscore"),
    *(
        "period_list",
        "format_date",
        "format_datetime",
        "format_time",
        "name_suffix",
        "language_name",
        "state_name",
        "quote_paragraphs",
    ),
)
_SIGNS = {
    "BR": "\n",
    "NEWLINE": "\n",
    "NEWPAR": "\n\n",
    "SKIPLINE": "\n\n",
    "TAB": "\t",
    "NBSP": "\u00a0",
    "ENDASH": "\u2013",
    "EMDASH": "\u2014",
    "HYPHEN": "-",
    "BLANK": "_" * 19,
    "BLANKFILL": "_" * 40,
    **dict.fromkeys(("FLUSHLEFT", "FLUSHRIGHT", "CENTER", "BOLDCENTER", "NOINDENT", "BORDER", "NO_EMOJIS"), ""),
}
_SIGN = re.compile(r"[ ]?\[(BR|NEWLINE|NEWPAR|SKIPLINE)\][ ]?|\[(" + "|".join(_SIGNS) + r")\][ ]?")
# filters of authors' own modules
_registered: dict[str, Callable[..., Any]] = {}


def register_jinja_filter(name: str, function: Callable[..., Any]) -> None:
    """Have `function` be a filter of that name in every DOCX template."""
    _registered[str(name)] = function


def fill(
    evaluation: Evaluation,
    template: GivenFile,
    values: Mapping[str, Any],
    *,
    skipping: bool = False,
    hyperlink_style: str = "",
) -> FilledWord:
    """The document that a template makes of values and of the answers.

    What is missing is sought, unless `skipping`. Raises `DocumentError` for a file that isn't a template.
    """
    filling = _Filling(evaluation, template, values, skipping=skipping, hyperlink_style=hyperlink_style)
    try:
        return filling.template.filled(filling.environment(template), values)
    except TemplateError as error:
        near = "".join(str(line) for line in getattr(error, "docx_context", ())).strip()
        where = f" It stands near “{near[:200]}”." if near else ""
        raise DocumentError(f"{template.name}: {error.message or error}.{where}") from error


class _Filling:
    def __init__(
        self, evaluation: Evaluation, file: GivenFile, values: Mapping[str, Any], *, skipping: bool, hyperlink_style: str
    ) -> None:
        self.evaluation = evaluation
        self.template = WordTemplate(file.content, hyperlink_style)
        self.values = values
        self.skipping = skipping

    def environment(self, file: GivenFile) -> WordEnvironment:
        """The environment for the expressions of a file."""
        environment = WordEnvironment(self.evaluation, self.show, trusted=file.trusted, skipping=self.skipping)
        environment.globals["include_docx_template"] = including(self.include)
        known = self.evaluation.program.builtins
        environment.filters.update({name: known[name] for name in _FUNCTIONS if name in known})
        environment.filters.update(
            {
                "markdown": self.paragraphs,
                "inline_markdown": self.pieces,
                "paragraphs": _double_newlines,
                "manual_line_breaks": _text,
                "RichText": self.run,
                "rich_text": self.run,
                "verbatim": _text,
                "chain": _chained,
                "salutation": lambda person, **options: person.salutation(**options),
                **(_registered if file.trusted else {}),
            }
        )
        return environment

    # --- values ------------------------------------------------------------------------------------------------------

    def show(self, value: Any) -> Markup:
        """What stands in the document for a value."""
        if isinstance(value, Raw):
            return self.show(value.value)
        if isinstance(value, (DAFile, DAFileList, DAFileCollection, DAStaticFile)):
            return Markup("").join(self.file(file) for file in files_in(self.evaluation, value))
        if isinstance(value, DALink):
            # out of the text that it stands in, as a link can't be part of one
            return Markup(f'</w:t></w:r>{self.pieces(value)}<w:r><w:t xml:space="preserve">')
        text = shown(value)
        markup = getattr(type(value), "__html__", None)
        if markup is not None:
            return Markup(text)
        file = file_of(self.evaluation, text)
        return self.file(file) if file else Markup(word_pieces.escaped(plain_text(text)))

    def file(self, file: GivenFile) -> Markup:
        """A file within the document: a picture, the text of a text, the paragraphs of a document, or its name."""
        if file.is_picture:
            return Markup(self.template.shown_picture(file.content, file.width, file.description))
        if file.extension == "docx":
            return self.include(file)
        if file.mimetype.startswith("text/"):
            return Markup(word_pieces.escaped(file.content.decode("utf-8", "replace")))
        return Markup(word_pieces.escaped(file.name))

    def paragraphs(self, value: Any) -> Markup:
        """The filter `markdown`."""
        return Markup(self.template.paragraphs(veil(_with_entities(value))))

    def pieces(self, value: Any) -> Markup:
        """The filter `inline_markdown`."""
        return Markup(self.template.pieces(veil(_with_entities(value))))

    def run(self, value: Any) -> Markup:
        """The filter `RichText`: line breaks are ones, and what \\a separates are paragraphs."""
        return Markup("</w:p><w:p>".join(word_pieces.run(part) for part in plain_text(_with_entities(value)).split("\a")))

    # --- other documents ---------------------------------------------------------------------------------------------

    def include(
        self, file: Any, change_numbering: bool = True, _use_jinja2: bool = True, _inline: bool = False, **values: Any
    ) -> Markup:
        """The paragraphs of other DOCX files, filled in with these values beside those of the template itself."""
        found = [file] if isinstance(file, GivenFile) else files_in(self.evaluation, file)
        included = (
            self.template.included(
                one.content,
                self.environment(one),
                {**self.values, **values} if _use_jinja2 else None,
                inline=_inline,
                numbered=change_numbering,
            )
            for one in found
            if one.extension == "docx"
        )
        return Markup("".join(included))


def plain_text(text: str) -> str:
    """A text as it stands in a document: tags carried out, what was typed as it was typed."""
    return unescape_typed(_SIGN.sub(lambda match: _SIGNS[match[1] or match[2]], text))


def _with_entities(value: Any) -> str:
    return shown(value.value if isinstance(value, Raw) else value)


def _double_newlines(value: Any) -> str:
    return single_to_double_newlines(_with_entities(value).replace("&#0010;", "\n"))


def _text(value: Any) -> Any:
    return value if hasattr(value, "__html__") else str(value)


def _chained(lists: Iterable[Iterable[Any]]) -> list[Any]:
    return list(itertools.chain.from_iterable(lists))
