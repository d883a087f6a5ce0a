"""Documents that a person has sent by e-mail from a screen: a task sends them, and the screen says what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NoReturn

from docassemble_lite.emails import Email, EmailAddress, EmailAttachment
from docassemble_lite.engine.screen import DocumentEmails, EmailedDocuments, TaskResponse
from docassemble_lite.engine.steering import EndWith
from docassemble_lite.host import TaskReport
from docassemble_lite.language.words import word

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation

#: The action of the tasks.
ACTION = "_da_email_documents"
# under this name `_internal` holds, by question, what was sent: for each e-mail its address and its task
_KEPT = "document_emails"
#: So many e-mails of a screen are remembered.
_MOST = 10
_NOT_SENT = "This could not be sent to %s. Look at the address, and try again later."


def order_email(evaluation: Evaluation, question: str, form: DocumentEmails, address: EmailAddress, *, editable: bool) -> None:
    """Have the documents of a screen sent in the background. What is on its way to an address isn't sent there once more."""
    sent = evaluation.internal.setdefault(_KEPT, {}).setdefault(question, [])
    numbers = form.letter.all_numbers if editable or not form.has_choice else form.letter.numbers
    for entry in sent:
        if (entry["address"], entry["numbers"]) == (address.address, numbers) and not _report(evaluation, entry).over:
            return
    arguments = {
        "address": asdict(address),
        "letter": asdict(form.letter),
        "numbers": numbers,
        "account": evaluation.program.metadata.get("email config"),
        # in the language of the person, which the task doesn't know
        "sent": word("Sent to %s.") % address.address,
        "not_sent": word(_NOT_SENT) % address.address,
    }
    task = evaluation.host.start_task(ACTION, arguments, "flash")
    sent.append({"address": address.address, "numbers": numbers, "task": task})
    del sent[:-_MOST]


def emailed_from(evaluation: Evaluation, question: str) -> tuple[EmailedDocuments, ...]:
    """What was sent from the screen of a question, the earliest first."""
    return tuple(_seen(evaluation, entry) for entry in evaluation.internal.get(_KEPT, {}).get(question, ()))


def send_documents(evaluation: Evaluation, arguments: Mapping[str, Any]) -> NoReturn:
    """What the task does."""
    letter = arguments["letter"]
    email = Email(
        to=(EmailAddress(**arguments["address"]),),
        subject=letter["subject"],
        text=letter["text"],
        html=letter["html"],
        attachments=tuple(_attached(evaluation, number) for number in arguments["numbers"]),
    )
    delivery = evaluation.host.send_email(email, arguments["account"])
    raise EndWith(TaskResponse(arguments["sent" if delivery.sent else "not_sent"]))


def _attached(evaluation: Evaluation, number: int) -> EmailAttachment:
    info = evaluation.host.file_info(number)
    return EmailAttachment(info.name, info.mimetype, evaluation.host.read_file(number))


def _report(evaluation: Evaluation, entry: Mapping[str, Any]) -> TaskReport:
    return evaluation.host.task(entry["task"])


def _seen(evaluation: Evaluation, entry: Mapping[str, Any]) -> EmailedDocuments:
    report = _report(evaluation, entry)
    if not report.over:
        return EmailedDocuments(word("Being sent to %s …") % entry["address"], entry["task"])
    if report.state == "done":
        return EmailedDocuments(str(report.result))
    return EmailedDocuments(word(_NOT_SENT) % entry["address"])
