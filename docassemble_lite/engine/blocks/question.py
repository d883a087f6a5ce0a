"""`question` blocks: what a person is asked, and how the answer comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from docassemble_lite.engine import progress, sections
from docassemble_lite.engine.blocks.action_buttons import ActionButtons
from docassemble_lite.engine.blocks.answering import MULTIPLE_CHOICE, Answering, Form, name_at, read_answering
from docassemble_lite.engine.blocks.attachment import Attachment
from docassemble_lite.engine.blocks.block import Block
from docassemble_lite.engine.blocks.block_terms import BlockTerms
from docassemble_lite.engine.blocks.choices import Choice
from docassemble_lite.engine.blocks.code import CodeBlock, code_at
from docassemble_lite.engine.blocks.documents import DOCUMENT_KEYS, QuestionDocuments
from docassemble_lite.engine.blocks.fields import define_parents
from docassemble_lite.engine.blocks.roles import ROLE_EVENT, require_role, roles_at
from docassemble_lite.engine.blocks.texts import BlockText, page_text_at, text_at
from docassemble_lite.engine.breadcrumbs import leave_breadcrumb
from docassemble_lite.engine.decorating import with_images
from docassemble_lite.engine.document import Section
from docassemble_lite.engine.expressions import constant_or_expression, truth
from docassemble_lite.engine.help import help_at, shown_help
from docassemble_lite.engine.menu import menu_of
from docassemble_lite.engine.names import NOTHING_BOUND, Binding
from docassemble_lite.engine.page_code import script_markup, style_markup
from docassemble_lite.engine.players import Players
from docassemble_lite.engine.progress import ProgressMark
from docassemble_lite.engine.screen import Asked, ButtonView, Press, Screen
from docassemble_lite.engine.source import Source, Sources
from docassemble_lite.engine.steering import EndWithMessage, RunAgain
from docassemble_lite.engine.terms import plainly
from docassemble_lite.errors import SourceError

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation
    from docassemble_lite.engine.wanted import Wanted

_BLOCK_TEXTS = ("subquestion", "under", "right", "pre", "post")


class QuestionBlock(Block):
    """A screen."""

    kind = "question"
    keys = frozenset(
        {
            "question",
            "subquestion",
            "script",
            "css",
            "under",
            "right",
            "pre",
            "post",
            "help",
            "fields",
            "field",
            "continue button field",
            "yesno",
            "noyes",
            "yesnomaybe",
            "noyesmaybe",
            "buttons",
            "choices",
            "dropdown",
            "combobox",
            "datatype",
            "default",
            "reload",
            "back button",
            "back button label",
            "continue button label",
            "continue button color",
            "hide continue button",
            "disable continue button",
            "css class",
            "validation code",
            "prevent going back",
            "resume button label",
            "shuffle",
            "check in",
            "usedefs",
            "breadcrumb",
            "table css class",
            "audio",
            "video",
            "list collect",
            "signature",
            "required",
            "pen color",
            "decoration",
            "progress",
            "action buttons",
            "terms",
            "auto terms",
            *DOCUMENT_KEYS,
        }
    )

    def __init__(self, section: Section, number: int, language: str = "*", name: str = "") -> None:
        super().__init__(section, number, language)
        if name:
            self.name = name
        self.question = page_text_at(section, "question") or BlockText("", section.place)
        self.texts = {key: text for key in _BLOCK_TEXTS if (text := page_text_at(section, key)) is not None}
        self.script, self.css = text_at(section, "script", script_markup), text_at(section, "css", style_markup)
        self.help, self.players = help_at(section, "help"), Players(section)
        self.labels = {
            key: text_at(section, key)
            for key in ("continue button label", "back button label", "continue button color", "css class")
        }
        self.reload = section.get("reload")
        self.reload_text = text_at(section, "reload") if isinstance(self.reload, str) else None
        self.back = constant_or_expression(section.get("back button", True), section.value_place("back button"))
        self.hides_continue = constant_or_expression(
            section.get("hide continue button"), section.value_place("hide continue button")
        )
        self.decoration = text_at(section, "decoration")
        self.table_class = text_at(section, "table css class")
        self.missing_recordings: list[SourceError] = []
        self.breadcrumb = text_at(section, "breadcrumb") or self.question
        self.terms = BlockTerms(section)
        self.action_buttons = ActionButtons(section)
        self.progress = ProgressMark(section, text_at(section, "progress"))
        self.nav_section = text_at(section, "section")
        self.documents = QuestionDocuments(section, self.name)
        self.validation = code_at(section, "validation code") if "validation code" in section else None
        self.roles = roles_at(section, "role")
        self.check_in = name_at(section, "check in")
        self.answering = self._read_answering()
        self.entries, self.embedded = self.answering.entries, self.answering.embedded
        self.found = list(dict.fromkeys([*self.answering.defines(), *self.documents.variables]))

    # --- reading ---------------------------------------------------------------------------------------------------

    def _read_answering(self) -> Answering:
        return read_answering(self.section, self.question, self._embedded_block)

    def _embedded_block(self, choice: Choice, number: int) -> Block:
        assert choice.block is not None
        name = f"{self.name}|{number}"
        if "question" in choice.block:
            return QuestionBlock(choice.block, self.number, self.language, name)
        if "code" in choice.block:
            block = CodeBlock(choice.block, self.number, self.language)
            block.name = name
            return block
        raise choice.place.mistake(
            "The block inside a choice must be a question or code.", "Write “question:” or “code:” below the label."
        )

    @property
    def attachments(self) -> list[Attachment]:
        """The documents that are assembled for it."""
        return self.documents.attachments

    def read_files(self, sources: Sources) -> list[Source]:
        self.missing_recordings = [
            mistake
            for players in (self.players, self.help.players if self.help else None)
            if players
            for mistake in players.mistakes(sources)
        ]
        inner = [file for block in self.embedded.values() for file in block.read_files(sources)]
        return [*inner, *(file for attachment in self.attachments for file in attachment.read_files(sources))]

    # --- being carried out -----------------------------------------------------------------------------------------

    def carry_out(self, evaluation: Evaluation) -> Screen | None:
        return self._answered_or_asked(evaluation, NOTHING_BOUND, self.events[0] if self.events else "")

    def define(self, evaluation: Evaluation, wanted: Wanted) -> Screen | None:
        asking = [entry for entry in self.entries if wanted.binding.filled(entry.variable) == wanted.name]
        if asking and all(entry.is_left_out(evaluation.answers) for entry in asking):
            return None
        if wanted.forced:
            return self.ask(evaluation, wanted.binding, wanted.name)
        return self._answered_or_asked(evaluation, wanted.binding, wanted.name)

    def _answered_or_asked(self, evaluation: Evaluation, binding: Binding, sought: str) -> Screen | None:
        number = evaluation.internal["answers"].get(self.name)
        if number is None:
            return self.ask(evaluation, binding, sought)
        evaluation.embedded_answer_followed = True
        inner = self.embedded.get(number)
        if inner is None or inner.name in evaluation.internal["answered"]:
            return None
        outcome = inner.carry_out(evaluation)
        if outcome is not None:
            return outcome  # type: ignore[return-value]
        evaluation.internal["answered"].update({self.name, inner.name})
        raise RunAgain

    def ask(self, evaluation: Evaluation, binding: Binding, sought: str) -> Screen:
        """The screen. Every text is evaluated, so a missing variable may send the search elsewhere first."""
        evaluation.prepare(self, binding)
        with self.terms.known(evaluation):
            return self._made(evaluation, binding, sought)

    def _made(self, evaluation: Evaluation, binding: Binding, sought: str) -> Screen:
        # the texts come first, as they stand first: what they need is asked before what the fields need
        question = (self.question.inline(evaluation.answers), self.question.plain(evaluation.answers))
        leave_breadcrumb(evaluation, self.breadcrumb.plain(evaluation.answers))
        table_class = self._class_of_tables(evaluation)
        texts = {key: text.block(evaluation.answers, table_class) for key, text in self.texts.items()}
        texts["script"] = self.script.html(evaluation.answers) if self.script else ""
        texts["css"] = self.css.html(evaluation.answers) if self.css else ""
        with plainly():
            form = self.answering.form(evaluation, binding)
        if form is None:
            evaluation.internal["answered"].add(self.name)
            raise RunAgain
        screen = self._screen(evaluation, form, self._asked(evaluation, form, binding, sought), question, texts)
        documents = self.documents.shown(evaluation, binding)
        if documents is not None:
            screen = replace(screen, documents=documents)
        screen = self._located(evaluation, screen)
        screen = with_images(screen, self.decoration.raw(evaluation.answers) if self.decoration else "")
        define_parents(evaluation, form.variables())
        if ROLE_EVENT not in self.defines:
            require_role(evaluation, self.roles or evaluation.program.default_roles)
        if self.section.get("prevent going back") is True:
            evaluation.internal["steps_offset"] = evaluation.internal["steps"]
        return screen

    def _class_of_tables(self, evaluation: Evaluation) -> str:
        """The class of the tables in its texts; empty: the usual one."""
        own = self.table_class.plain(evaluation.answers) if self.table_class else ""
        return own.strip() or evaluation.program.parts.plain("table css class", evaluation.answers).strip()

    def _located(self, evaluation: Evaluation, screen: Screen) -> Screen:
        """The screen with where it is in the interview."""
        if self.nav_section is not None:
            sections.enter(evaluation, self.nav_section.value(evaluation.answers).strip())
        progress.advance(evaluation, self.progress)
        return replace(
            screen,
            navigation=sections.navigation_of(evaluation),
            progress=progress.shown(evaluation, self.progress),
        )

    def _asked(self, evaluation: Evaluation, form: Form, binding: Binding, sought: str) -> Asked:
        return Asked(
            block=self.name,
            sought=sought,
            fields=form.asked_fields(),
            iterators=dict(binding.values),
            continue_variable=form.continue_variable,
            presses=form.presses,
            press_name=form.press_name,
            press_variable=form.press_variable,
            back=truth(self.back, evaluation.answers),
            check_in=binding.filled(self.check_in),
            collected=form.collection.asked if form.collection else None,
            gathering=tuple(sorted(evaluation.current.gathering)),
        )

    def _screen(
        self, evaluation: Evaluation, form: Form, asked: Asked, question: tuple[str, str], texts: Mapping[str, str]
    ) -> Screen:
        answers, parts, features = evaluation.answers, evaluation.program.parts, evaluation.program.features
        style = "none" if form.style == "continue" and truth(self.hides_continue, evaluation.answers) else form.style
        shown = shown_help(evaluation, self.help)
        return Screen(
            asked=asked,
            question_html=question[0],
            question=question[1],
            subquestion_html=texts.get("subquestion", ""),
            under_html=texts.get("under") or parts.block("under", answers),
            right_html=texts.get("right") or parts.block("right", answers),
            pre_html=texts.get("pre") or parts.block("pre", answers),
            post_html=texts.get("post") or parts.block("post", answers),
            script_html=texts["script"],
            css_html=texts["css"],
            help_html=shown.html,
            help_label=shown.label,
            helps_question=shown.of_question,
            help_button=shown.button,
            player_html=self.players.html(evaluation),
            fields=tuple(control.view for control in form.controls),
            collected=form.collection.view if form.collection else None,
            button_style=style,
            buttons=form.buttons,
            continue_label_html=self._label(evaluation, "continue button label"),
            continue_color=self._plain_label(evaluation, "continue button color") or "primary",
            back_label_html=self._label(evaluation, "back button label"),
            question_back=bool(features.get("question back button")),
            reload=self._reload(answers),
            css_class=self._plain_label(evaluation, "css class"),
            id=self.id,
            title=parts.plain("title", answers) or evaluation.program.title,
            short_title=parts.plain("short title", answers),
            subtitle=parts.plain("subtitle", answers),
            title_url=parts.plain("title url", answers),
            exit_label=parts.plain("exit label", answers),
            logo_html=parts.inline("logo", answers),
            language=evaluation.current.language,
            flashes=tuple(evaluation.messages),
            error=evaluation.form_error,
            source="\n".join(self.place.source.lines[self.place.line - 1 : self.place.line + 40])
            if evaluation.host.setting("debug")
            else "",
            source_place=str(self.place),
            menu=menu_of(answers),
            links=self._links(evaluation),
            parts=_other_parts(evaluation),
            features=features,
        )

    def _links(self, evaluation: Evaluation) -> tuple[ButtonView, ...]:
        with plainly():
            return self.action_buttons.views(evaluation)

    def _label(self, evaluation: Evaluation, key: str) -> str:
        text = self.labels[key]
        with plainly():
            return text.inline(evaluation.answers) if text else evaluation.program.parts.inline(key, evaluation.answers)

    def _plain_label(self, evaluation: Evaluation, key: str) -> str:
        text = self.labels[key]
        return text.plain(evaluation.answers) if text else evaluation.program.parts.plain(key, evaluation.answers)

    def _reload(self, answers: dict[str, Any]) -> float:
        """Seconds until the page loads again. `True` means ten; less than four would be no time to read."""
        value: Any = self.reload
        if self.reload_text is not None:
            value = self.reload_text.raw(answers).strip()
            value = value.lower() == "true" if value.lower() in ("true", "false") else value
        if value is True:
            return 10.0
        if not value:
            return 0.0
        try:
            return max(4.0, float(value))
        except ValueError as error:
            raise self.section.mistake("reload", f"“reload” must be a number of seconds, not “{value}”.") from error


def message_screen(evaluation: Evaluation, message: EndWithMessage) -> Screen:
    """The screen of `message()`."""
    answers = evaluation.answers
    question, subquestion = BlockText.of_value(message.question), BlockText.of_value(message.subquestion)
    presses = {str(number): Press(kind, url=url) for number, (_, kind, url) in enumerate(message.buttons)}
    buttons = tuple(
        ButtonView(label_html=BlockText.of_value(label).inline({}), label=label, name=MULTIPLE_CHOICE, value=str(number))
        for number, (label, _, _) in enumerate(message.buttons)
    )
    asked = Asked(block="", presses=presses, press_name=MULTIPLE_CHOICE)
    return Screen(
        asked=asked,
        question_html=question.inline(answers),
        question=question.plain(answers),
        subquestion_html=subquestion.block(answers) if message.subquestion else "",
        button_style="buttons" if buttons else "none",
        buttons=buttons,
        title=evaluation.program.parts.plain("title", answers) or evaluation.program.title,
        language=evaluation.current.language,
        features=evaluation.program.features,
    )


def _other_parts(evaluation: Evaluation) -> dict[str, str]:
    parts, answers = evaluation.program.parts, evaluation.answers
    plain = {key: parts.plain(key, answers) for key in ("tab title", "corner back button label", "exit link")}
    markup = {key: parts.block(key, answers) for key in ("navigation bar html", "submit", "footer")}
    return {key: text for key, text in {**plain, **markup}.items() if text}
