"""What a question says of sending its documents by e-mail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from docassemble_lite.emails import one_line, read_address
from docassemble_lite.engine.blocks.texts import BlockText, text_at
from docassemble_lite.engine.document import Section
from docassemble_lite.engine.document_emails import emailed_from
from docassemble_lite.engine.expressions import Expression, constant_or_expression
from docassemble_lite.engine.functions.emails import texts_of_markdown
from docassemble_lite.engine.lazy import DALazyTemplate
from docassemble_lite.engine.markup import to_plain
from docassemble_lite.engine.screen import DocumentEmails, Letter
from docassemble_lite.language.words import word
from docassemble_lite.objects import DAFile, DAFileCollection

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation

#: Keys of a question that have to do with sending its documents.
EMAIL_KEYS = frozenset({"allow emailing", "email template", "email subject", "email body", "email address default"})


class Emailing:
    """What a question says of sending its documents. `question` is its name, by which it knows what it has sent."""

    def __init__(self, section: Section, question: str) -> None:
        self._question = question
        self._allowed = _allowed(section)
        self._subject = text_at(section, "email subject")
        self._body = text_at(section, "email body")
        self._address = text_at(section, "email address default")
        self._template = _template(section)

    def shown(
        self, evaluation: Evaluation, documents: Sequence[DAFileCollection], *, always_editable: bool
    ) -> tuple[DocumentEmails | None, str]:
        """The form, if there is one, and why there is none, if the author has said that there is."""
        allowed = self._allowed
        if isinstance(allowed, Expression):
            allowed = bool(allowed.evaluate(evaluation.answers))
        files = [file for document in documents for file in document]
        if allowed is False or not files:
            return None, ""
        if not evaluation.host.sends_emails():
            return None, word("This server can't send e-mails.") if allowed else ""
        letter = self._letter(evaluation, documents, always_editable=always_editable)
        label = word("E-mail this document") if len(documents) == 1 else word("E-mail these documents")
        return DocumentEmails(label, letter, self._default(evaluation), sent=emailed_from(evaluation, self._question)), ""

    def _letter(self, evaluation: Evaluation, documents: Sequence[DAFileCollection], *, always_editable: bool) -> Letter:
        answers = evaluation.answers
        names = [BlockText.of_value(document.info["name"]).raw(answers) for document in documents]
        template = self._template.evaluate(answers) if self._template else None
        if template is not None and not isinstance(template, DALazyTemplate):
            raise TypeError(f"“email template” takes what a template block defines, not {type(template).__name__}.")
        subject = self._subject.raw(answers) if self._subject else template.subject if template else ""
        body = self._body.raw(answers) if self._body else template.content if template else _usual_body(names)
        text, html = texts_of_markdown(body)
        files = [file for document in documents for file in document]
        chosen = files if always_editable else without_editable(documents)
        return Letter(
            subject=one_line(to_plain(subject.strip() or ", ".join(names))),
            text=text,
            html=html,
            numbers=_numbers(chosen),
            all_numbers=_numbers(files),
        )

    def _default(self, evaluation: Evaluation) -> str:
        """The address that stands in the form: the one that the author names, or else that of who is signed in."""
        if self._address is None:
            return evaluation.request.person.email
        named = read_address(self._address.plain(evaluation.answers))
        return named.address if named else ""


def without_editable(documents: Sequence[DAFileCollection]) -> list[DAFile]:
    """Of each document the files that are for printing and reading; all of them if none is."""
    return [file for document in documents for file in _final(list(document))]


def _final(files: list[DAFile]) -> list[DAFile]:
    return [file for file in files if file.extension == "pdf"] or files


def _usual_body(names: Sequence[str]) -> str:
    if len(names) == 1:
        return word("Your document, %s, is attached.") % names[0]
    return word("Your documents, %s, are attached.") % ", ".join(names)


def _numbers(files: Sequence[DAFile]) -> tuple[int, ...]:
    for file in files:
        file.commit()
    return tuple(dict.fromkeys(file.number for file in files))


def _allowed(section: Section) -> Expression | bool | None:
    """None: the author has said nothing, so documents can be sent where there is a mail server."""
    value: Any = section.get("allow emailing")
    return None if value is None else constant_or_expression(value, section.value_place("allow emailing"))


def _template(section: Section) -> Expression | None:
    value = section.get("email template")
    if value is None:
        return None
    if isinstance(value, (list, dict)):
        raise section.mistake("email template", "“email template” must be an expression.", "Name what a template block defines.")
    return Expression(str(value), section.value_place("email template"))
