"""One evaluation of an interview: run what must be run, seek what turns out to be missing, end with an outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from docassemble_lite.engine import list_actions, searchable
from docassemble_lite.engine.actions import ActionStack, perform_pending_action
from docassemble_lite.engine.blocks.block import Block
from docassemble_lite.engine.blocks.question import QuestionBlock, message_screen
from docassemble_lite.engine.blocks.table import TableBlock
from docassemble_lite.engine.blocks.template import TemplateBlock
from docassemble_lite.engine.dependencies import Dependencies
from docassemble_lite.engine.expressions import (
    ABSENT,
    delete_variable,
    place_of,
    read_variable,
    set_variable,
    trace_of,
    truth,
)
from docassemble_lite.engine.internal import internal_of
from docassemble_lite.engine.markup import to_html, to_inline_html
from docassemble_lite.engine.names import Binding, is_plain_path, normalized, parts_of, variants_of
from docassemble_lite.engine.program import Program
from docassemble_lite.engine.screen import Outcome, Wait
from docassemble_lite.engine.starting import StartedTasks
from docassemble_lite.engine.steering import EndWith, EndWithMessage, InvalidAnswer, RunAgain, SaveFirst, SeekForced
from docassemble_lite.engine.terms import ScreenTerms
from docassemble_lite.engine.typed import gather_typed
from docassemble_lite.engine.wanted import Result, Wanted
from docassemble_lite.errors import DocumentError, EvaluationError, LiteError
from docassemble_lite.host import Current, Host, Request, entered
from docassemble_lite.objects.gathering import groups_gathered, still_gathering
from docassemble_lite.objects.missing import DAAttributeError, DAIndexError, MissingVariable
from docassemble_lite.objects.opened import close_opened, commit_opened


class Evaluation:
    """Evaluates `program` on `answers` (which it changes) for one request.

    `retyped` holds, for a screen that is shown again because of mistakes, what was posted and what is wrong:
    variable -> (texts, message); `form_error` is what is wrong with the form as a whole.
    """

    def __init__(self, program: Program, answers: dict[str, Any], host: Host, request: Request) -> None:
        self.program = program
        self.answers = answers
        self.host = host
        self.request = request
        self.internal = internal_of(answers)
        answers["__builtins__"] = program.builtins
        self.current = Current(answers, host, request)
        self.current.evaluation = self
        self.dependencies = Dependencies(self)
        self.actions = ActionStack(self)
        self.tasks = StartedTasks(host, self.internal)
        self.retyped: Mapping[str, tuple[tuple[str, ...], str]] = {}
        self.form_error = ""
        # the items of a list that are shown again, in this order; None: as the list has them
        self.arrangement: tuple[int, ...] | None = None
        # choices that a check-in put in place of the screen's own: variable → (value, label) of each
        self.given: Mapping[str, tuple[tuple[Any, str], ...]] = {}
        # the answers that were thrown away when the person went back just now
        self.discarded: dict[str, Any] | None = None
        # menus (`dispatch()`) that were left in this request
        self.ended_menus: set[str] = set()
        self.messages: list[tuple[str, str]] = []
        # what set_save_status() said: "new", "overwrite" or "ignore"; empty: as usual
        self.save_status = ""
        # the terms of the screen that is being made
        self.terms: ScreenTerms | None = None
        # whether the text is being made that goes into a document
        self.in_document = False
        # whether an action ran, which makes a step of its own
        self.action_ran = False
        # whether redact() blackens texts
        self.redacting = True
        self.embedded_answer_followed = False
        # tasks and the e-mails that marked them as performed
        self.marked_by_emails: set[tuple[str, str]] = set()
        self.reconsidered: set[str] = set()
        self.sought: list[str] = []
        # the block that is carried out
        self.block: Block | None = None
        # the names that were being sought when the outcome came about, most recent first
        self.sought_at_end: tuple[str, ...] = ()
        self._trying: set[tuple[int, str]] = set()

    # --- what blocks and functions use -----------------------------------------------------------------------------

    @property
    def typed(self) -> set[str]:
        """Texts that people typed and that could be mistaken for markup."""
        return self.internal["typed"]

    def note_outside(self, value: Any) -> None:
        """Remember the texts of a value from outside, which are to stay texts where they are shown."""
        gather_typed(value, self.typed)

    def is_defined(self, name: str) -> bool:
        """Whether the variable is there; nothing is sought or made."""
        if name.isidentifier():
            return name in self.answers or name in self.answers["__builtins__"]
        self.current.probing += 1
        try:
            read_variable(name, self.answers)
        except ABSENT:
            return False
        finally:
            self.current.probing -= 1
        return True

    def value_or_none(self, name: str) -> Any:
        """The variable's value, or None if it isn't there; nothing is sought."""
        return read_variable(name, self.answers) if self.is_defined(name) else None

    def block_html(self, markdown: str) -> str:
        return to_html(markdown)

    def inline_html(self, markdown: str) -> str:
        return to_inline_html(markdown)

    @contextmanager
    def set_aside(self, name: str, *, keep: bool) -> Iterator[None]:
        """While code runs that is to define `name`, its old value is gone; it comes back if the code doesn't."""
        if keep or not name or parts_of(name)[-1].startswith("[") or not self.is_defined(name):
            yield
            return
        old = read_variable(name, self.answers)
        delete_variable(name, self.answers)
        try:
            yield
        finally:
            if not self.is_defined(name):
                set_variable(name, old, self.answers)

    def bind(self, binding: Binding) -> None:
        """Give x and the iterators their values, in the answers themselves."""
        for name, expression in binding.values.items():
            self.answers[name] = read_variable(expression, self.answers)

    def undefine(self, names: list[str]) -> None:
        """Remove variables."""
        for name in names:
            if self.is_defined(name):
                delete_variable(name, self.answers)

    def reconsider(self, names: list[str]) -> None:
        """Seek variables anew, once in a request."""
        for name in names:
            if name not in self.reconsidered:
                self.reconsidered.add(name)
                self.undefine([name])
                read_variable(name, self.answers)

    def template_text(self, template: Any, block_name: str, bound: Mapping[str, str], part: str) -> str:
        """A part of a template as text. A template whose block is gone is sought anew."""
        block = self.program.named(block_name)
        if not isinstance(block, TemplateBlock):
            raise DAAttributeError(template.instanceName)
        self.bind(Binding(bound))
        if part == "content":
            return block.content(self).rstrip()
        return block.subject.raw(self.answers).rstrip() if block.subject else ""

    def add_button(self, group: Any, label: str | None, **options: Any) -> Any:
        """What `add_action()` of a group gives."""
        return list_actions.add_button(self, group, label, **options)

    def item_buttons(self, group: Any, index: Any, attributes: Sequence[str], **options: Any) -> Any:
        """What `item_actions()` of a group gives."""
        return list_actions.buttons_of(self, group, index, attributes, options)

    def give_up(self, group: Any) -> None:
        """What `cancel_add_or_edit()` of a group drops."""
        list_actions.give_up(self, group)

    def recognize_in_background(self, file: Any, files: Sequence[Any], options: Mapping[str, Any]) -> Any:
        """What `make_ocr_pdf_in_background()` of a file gives."""
        return searchable.start(self, file, files, options)

    def table_text(self, table: Any, block_name: str, bound: Mapping[str, str], editable: bool) -> str:
        """A table in Markdown, in documents without buttons. A table whose block is gone is sought anew."""
        return self._table_block(table, block_name, bound).text(self, editable and not self.in_document)

    def table_values(self, table: Any, block_name: str, bound: Mapping[str, str]) -> list[list[Any]]:
        """A table as plain values, its header first. A table whose block is gone is sought anew."""
        return self._table_block(table, block_name, bound).values(self)

    def _table_block(self, table: Any, block_name: str, bound: Mapping[str, str]) -> TableBlock:
        block = self.program.named(block_name)
        if not isinstance(block, TableBlock):
            raise DAAttributeError(table.instanceName)
        self.bind(Binding(bound))
        return block

    # --- the pass --------------------------------------------------------------------------------------------------

    def assemble(self) -> Outcome:
        """Evaluate until there is an outcome. Raises `EvaluationError` when the author's code fails."""
        with entered(self.current):
            try:
                self._begin()
                outcome = self._until_outcome()
                commit_opened(self.current)
                return outcome
            except SaveFirst:
                commit_opened(self.current)
                raise
            except DocumentError as error:
                raise self.failure(error) from error
            except LiteError:
                raise
            except Exception as error:
                raise self.failure(error) from error
            finally:
                close_opened(self.current)

    def _begin(self) -> None:
        self.internal["tracker"] += 1
        for reset in self.program.resets:
            self.undefine(reset.names)
        for block in self.program.always_reconsidered:
            if not block.generic or self.program.is_instance(self.answers.get("x"), block.generic):
                self.undefine(block.defines)

    def _until_outcome(self) -> Outcome:
        todo = self._walk
        for _ in range(self.program.loop_limit):
            # a search that was steered away from left its names here
            self.sought.clear()
            try:
                outcome = todo()
                if outcome is not None:
                    return outcome
                todo = self._walk
            except RunAgain:
                todo = self._walk
            except EndWith as end:
                # an action that answers by itself is over; one that waits for something comes back to where it was
                if not isinstance(end.outcome, Wait):
                    self.actions.done_with_current()
                return end.outcome
            except EndWithMessage as message:
                return message_screen(self, message)
            except SeekForced as forced:
                todo = partial(self.actions.force, forced)
            except (NameError, DAAttributeError, DAIndexError) as error:
                # raises what isn't a missing variable
                self.missing_name(error)
                todo = partial(self.seek_missing, error)
        raise EvaluationError(
            f"There appears to be a circularity: the interview was evaluated {self.program.loop_limit} times without reaching "
            "a screen. "
            f"Last sought: {', '.join(self.sought[-5:]) or 'nothing'}.",
            sought=tuple(reversed(self.sought)),
        )

    def _walk(self) -> Outcome | None:
        if not self.program.handles_actions:
            perform_pending_action(self)
        answered = self.internal["answered"]
        for block in self.program.walked:
            if truth(block.initial, self.answers):
                with self._carrying_out(block):
                    block.carry_out(self)
            elif block.name not in answered and truth(block.mandatory, self.answers):
                with self._carrying_out(block):
                    outcome = block.carry_out(self)
                if outcome is not None:
                    return outcome
                answered.add(block.name)
        raise EvaluationError(
            "The interview ran to its end without reaching a screen.",
            hint="The last mandatory block should be a question, for instance one that says that the interview is over.",
        )

    @contextmanager
    def _carrying_out(self, block: Block) -> Iterator[None]:
        outer, self.block = self.block, block
        try:
            yield
        finally:
            self.block = outer

    # --- the search ------------------------------------------------------------------------------------------------

    def missing_name(self, error: Exception) -> str:
        """The variable that an exception says is missing; raises the exception if it says no such thing."""
        if isinstance(error, MissingVariable):
            name = normalized(error.wanted)
            # getattr() with what a person typed: such a name would be evaluated on the way to its blocks
            if not is_plain_path(name):
                raise error
            return name
        if isinstance(error, NameError) and not isinstance(error, UnboundLocalError) and error.name:
            trace = error.__traceback__
            while trace and trace.tb_next:
                trace = trace.tb_next
            if trace and trace.tb_frame.f_globals is self.answers:
                return error.name
        raise error

    def seek_missing(self, error: Exception) -> Outcome | None:
        """Seek the variable that an exception says is missing; groups that lacked it are being gathered meanwhile."""
        name = self.missing_name(error)
        with still_gathering(groups_gathered(error)):
            return self.seek(name)

    def seek(self, name: str) -> Outcome | None:
        """Define a variable, by whatever blocks can; an outcome if a person must be asked first."""
        if len(self.sought) >= self.program.recursion_limit:
            raise self._circular(name)
        self.sought.append(name)
        for _ in range(self.program.loop_limit):
            result = self._try_all(name)
            if result is not Result.FROM_THE_START:
                return self.found(result)
        raise self._circular(name)

    def found(self, result: Outcome | Result) -> Outcome | None:
        """The outcome, if the search for the name that was last sought has led to one."""
        if isinstance(result, Result):
            self.sought.pop()
            return None
        # the innermost search comes here first
        self.sought_at_end = self.sought_at_end or tuple(reversed(self.sought))
        self.sought.pop()
        return result

    def _try_all(self, name: str) -> Outcome | Result:
        passed_over = False
        for block, wanted in self.candidates(name):
            if (block.number, name) in self._trying:
                passed_over = True
                continue
            result = self.try_noting(block, wanted)
            if result is not Result.NEXT:
                return result
        raise self._circular(name) if passed_over else self._not_found(name)

    def try_noting(self, block: Block, wanted: Wanted) -> Outcome | Result:
        """Try a block, noting that it is being tried, and seek what it turns out to need."""
        note = (block.number, wanted.name)
        self._trying.add(note)
        try:
            return self.try_block(block, wanted)
        except (NameError, DAAttributeError, DAIndexError) as error:
            return self._seek_needed(block, wanted, error)
        finally:
            self._trying.discard(note)

    def _seek_needed(self, block: Block, wanted: Wanted, error: Exception) -> Outcome | Result:
        note = (block.number, self.missing_name(error))
        new = note not in self._trying and block.kind != "objects"
        if new:
            self._trying.add(note)
        try:
            outcome = self.seek_missing(error)
        finally:
            if new:
                self._trying.discard(note)
        if outcome is not None:
            return outcome
        done = not wanted.forced and self.is_defined(wanted.name)
        return Result.DEFINED if done else Result.FROM_THE_START

    def candidates(self, name: str, *, forced: bool = False) -> Iterator[tuple[Block, Wanted]]:
        """The blocks that can define a variable, in the order in which they are to be tried."""
        for variant in variants_of(name):
            if variant.generic:
                found = self._generic_blocks(variant.name, variant.binding.values["x"])
            else:
                found = self.program.blocks_for(variant.name, self.current.language)
            for block in found:
                yield block, Wanted(name, variant.name, variant.binding, forced)

    def _generic_blocks(self, variant: str, x: str) -> list[Block]:
        if not self.program.has_generic(variant) or not self.is_defined(x):
            return []
        value = read_variable(x, self.answers)
        names = [cls.__name__ for cls in type(value).__mro__]
        return [block for name in names for block in self.program.generic_blocks_for(name, variant, self.current.language)]

    def try_block(self, block: Block, wanted: Wanted) -> Outcome | Result:
        """Have one block define what is wanted."""
        self.bind(wanted.binding)
        if not block.applies(self.answers):
            return Result.NEXT
        if not isinstance(block, QuestionBlock):
            self.prepare(block, wanted.binding)
        with self._carrying_out(block), self.dependencies.watched(block, wanted.binding):
            outcome = block.define(self, wanted)
        if outcome is not None:
            return outcome
        for expression in block.needs_after:
            expression.evaluate(self.answers)
        if block.kind == "code" and wanted.variant in block.events:
            self.actions.done(wanted.name)
            return Result.DEFINED
        if wanted.forced:
            return Result.NEXT
        return Result.DEFINED if self.is_defined(wanted.name) else Result.NEXT

    def prepare(self, block: Block, binding: Binding) -> None:
        """What the block's modifiers say must happen before it."""
        if block.undefines:
            self.undefine([binding.filled(name) for name in block.undefines])
        if block.reconsiders:
            self.reconsider([binding.filled(name) for name in block.reconsiders])
        for expression in block.needs:
            expression.evaluate(self.answers)

    # --- what goes wrong -------------------------------------------------------------------------------------------

    def _circular(self, name: str) -> EvaluationError:
        chain = " → ".join([*self.sought[-8:], name] if self.sought[-1:] != [name] else self.sought[-8:])
        error = EvaluationError(
            f"Infinite loop: {name} already looked for, where a value for it is needed to find its value. Sought: {chain}.",
            hint="Add a question or code that defines it without needing it.",
            sought=tuple(reversed(self.sought)),
        )
        block = next((block for block, _ in self.candidates(name)), None)
        if block is None:
            return self._with_place(error)
        # where it is mentioned first may have nothing to do with it
        return self._placed(error, (block.place.source.name, block.place.line))

    def _not_found(self, name: str) -> EvaluationError:
        chain = " → ".join(self.sought)
        near = self.program.similar_names(name)
        hint = f"Is it a misspelling of {near}?" if near else f"Add a question or code that defines “{name}”."
        error = EvaluationError(
            f"Interview has an error. There was a reference to a variable '{name}' that could not be looked up in the question "
            f"file (for language '{self.current.language}') or in any of the files incorporated by reference into the question "
            f"file. Sought: {chain}.",
            hint=hint,
            cause_name="NameError",
            public=True,
            sought=tuple(reversed(self.sought)),
        )
        return self._with_place(error)

    def _with_place(self, error: EvaluationError, cause: BaseException | None = None) -> EvaluationError:
        found = place_of(cause) if cause else None
        if found is None:
            found = self.program.first_mention(self.sought[-1] if self.sought else "")
        return self._placed(error, found)

    def _placed(self, error: EvaluationError, place: tuple[str, int] | None) -> EvaluationError:
        if place:
            error.source, error.line = place
            error.path = self.program.path_of(place[0])
        return error

    def failure(self, error: Exception) -> EvaluationError:
        """An author's exception as an error that points at the line of the YAML."""
        if isinstance(error, InvalidAnswer):
            return self._with_place(
                EvaluationError(f"validation_error() was called outside of validation: {error.message}"), error
            )
        return self._with_place(
            EvaluationError(
                f"{type(error).__name__}: {error}",
                cause_name=type(error).__name__,
                cause_message=str(error),
                trace=trace_of(error),
                sought=tuple(reversed(self.sought)),
            ),
            error,
        )
