"""`question` blocks: what a person is asked, and how the answer comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from docassemble_lite.engine import progress, sections
from docassemble_lite.engine.blocks.action_buttons import ActionButtons
from docassemble_lite.engine.blocks.attachment import Attachment
from docassemble_lite.engine.blocks.block import Block, names_at
from docassemble_lite.engine.blocks.block_terms import BlockTerms
from docassemble_lite.engine.blocks.choices import Choice, ChoiceList, read_choices
from docassemble_lite.engine.blocks.code import CodeBlock, code_at
from docassemble_lite.engine.blocks.conditions import Control, settle_conditions
from docassemble_lite.engine.blocks.disabling import settle_disabling
from docassemble_lite.engine.blocks.documents import DOCUMENT_KEYS, QuestionDocuments
from docassemble_lite.engine.blocks.field import FieldEntry
from docassemble_lite.engine.blocks.fields import define_parents, read_fields
from docassemble_lite.engine.blocks.list_collect import Collection, ListCollect
from docassemble_lite.engine.blocks.roles import ROLE_EVENT, require_role, roles_at
from docassemble_lite.engine.blocks.texts import BlockText, page_text_at, text_at
from docassemble_lite.engine.breadcrumbs import leave_breadcrumb
from docassemble_lite.engine.decorating import with_images
from docassemble_lite.engine.document import Section
from docassemble_lite.engine.expressions import constant_or_expression, set_variable, truth
from docassemble_lite.engine.fields.control_name import control_name
from docassemble_lite.engine.fields.datatype import FieldSpec, FieldTexts, Option
from docassemble_lite.engine.fields.registry import datatype_for
from docassemble_lite.engine.help import help_at, shown_help
from docassemble_lite.engine.menu import menu_of
from docassemble_lite.engine.names import NOTHING_BOUND, Binding
from docassemble_lite.engine.page_code import script_markup, style_markup
from docassemble_lite.engine.players import Players
from docassemble_lite.engine.progress import ProgressMark
from docassemble_lite.engine.screen import Asked, AskedField, ButtonView, ChoiceView, FieldView, Press, Screen
from docassemble_lite.engine.source import Source, Sources
from docassemble_lite.engine.steering import EndWithMessage, RunAgain
from docassemble_lite.engine.terms import plainly
from docassemble_lite.engine.typed import target_acts
from docassemble_lite.errors import SourceError
from docassemble_lite.language.words import word

if TYPE_CHECKING:
    from docassemble_lite.engine.evaluation import Evaluation
    from docassemble_lite.engine.wanted import Wanted

#: The control that posts which of the choices was taken in a question without a variable.
MULTIPLE_CHOICE = "_multiple_choice"
#: What a choice can do instead of setting a variable.
SPECIAL = frozenset(
    {"restart", "exit", "leave", "logout", "exit_logout", "continue", "refresh", "new_session", "signin", "register"}
)
_YES_NO: dict[str, tuple[tuple[str, Any, str], ...]] = {
    "yesno": (("Yes", True, "primary"), ("No", False, "secondary")),
    "noyes": (("Yes", False, "primary"), ("No", True, "secondary")),
    "yesnomaybe": (("Yes", True, "primary"), ("No", False, "secondary"), ("I don't know", None, "warning")),
    "noyesmaybe": (("Yes", False, "primary"), ("No", True, "secondary"), ("I don't know", None, "warning")),
}
_LISTS = ("buttons", "choices", "dropdown", "combobox")
_BLOCK_TEXTS = ("subquestion", "under", "right", "pre", "post")


@dataclass
class Form:
    """How a screen can be answered, made for one showing of it."""

    style: str = "none"
    controls: list[Control] = field(default_factory=list)
    buttons: tuple[ButtonView, ...] = ()
    presses: Mapping[str, Press] = field(default_factory=dict)
    press_name: str = ""
    press_variable: str = ""
    continue_variable: str = ""
    choices: FieldView | None = None
    # the list whose items the controls belong to
    collection: Collection | None = None

    def asked_fields(self) -> tuple[AskedField, ...]:
        return tuple(control.asked for control in self.controls if control.asked)

    def variables(self) -> list[str]:
        # an item that isn't there yet has no parts either
        present = self.collection.asked.present if self.collection else 0
        names = [asked.variable for asked in self.asked_fields() if asked.item is None or asked.item < present]
        return [*names, *(name for name in (self.press_variable, self.continue_variable) if name)]


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
        self.signature_required = constant_or_expression(section.get("required", True), section.value_place("required"))
        self.pen_color = text_at(section, "pen color")
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
        self.entries: list[FieldEntry] = []
        self.collect: ListCollect | None = None
        self.embedded: dict[int, Block] = {}
        self.choice_list: ChoiceList | None = None
        self.list_kind = ""
        self.variable = ""
        self.continue_variable = next(iter(names_at(section, "continue button field")), "")
        self.roles = roles_at(section, "role")
        self.check_in = next(iter(names_at(section, "check in")), "")
        self.make_form: Callable[[Evaluation, Binding], Form] = self._read_form()
        self.found = self._found_names()

    # --- reading ---------------------------------------------------------------------------------------------------

    def _read_form(self) -> Callable[[Evaluation, Binding], Form]:
        section = self.section
        ways = [key for key in (*_YES_NO, "fields") if key in section]
        if len(ways) > 1:
            raise section.mistake(
                ways[1],
                f"A question can't have both “{ways[0]}” and “{ways[1]}”.",
                "Ask a yes or no among the fields with “datatype: yesnoradio”, or make two questions of it.",
            )
        for key in _YES_NO:
            if key in section:
                self.variable = next(iter(names_at(section, key)), "")
                return self._yes_no_form
        if "signature" in section:
            self.variable = next(iter(names_at(section, "signature")), "")
            return self._signature_form
        for key in _LISTS:
            if key in section and "fields" not in section:
                return self._read_list(key)
        if "fields" in section:
            self.entries = read_fields(section)
            if section.get("list collect") not in (None, False):
                self.collect = ListCollect(section, self.entries)
            return self._fields_form
        field_names = names_at(section, "field")
        self.continue_variable = self.continue_variable or next(iter(field_names), "")
        return self._continue_form

    def _read_list(self, key: str) -> Callable[[Evaluation, Binding], Form]:
        section = self.section
        self.list_kind = key
        self.variable = next(iter(names_at(section, "field")), "")
        self.choice_list = read_choices(section[key], section.value_place(key), shuffled=section.get("shuffle") is True)
        if self.variable:
            return self._variable_list_form
        for number, choice in enumerate(self.choice_list.choices):
            if choice.block is not None:
                self.embedded[number] = self._embedded_block(choice, number)
            elif choice.value not in SPECIAL and choice.url is None:
                raise choice.place.mistake(
                    f"“{choice.value}” is nothing that a button can do, and the question sets no variable.",
                    f"Add “field: name_of_a_variable”, or use one of {', '.join(sorted(SPECIAL))}.",
                )
        return self._special_list_form

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

    def _found_names(self) -> list[str]:
        names = [entry.variable for entry in self.entries if entry.variable]
        for entry in self.entries:
            if entry.variable and entry.datatype in ("checkboxes", "multiselect"):
                names.append(f"{entry.variable}.gathered")
        names += [name for name in (self.variable, self.continue_variable) if name]
        for block in self.embedded.values():
            names += block.defines
        names += self.documents.variables
        return list(dict.fromkeys(names))

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
            form = self.make_form(evaluation, binding)
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
            choices=form.choices,
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

    # --- the ways of answering ---------------------------------------------------------------------------------------

    def _fields_form(self, evaluation: Evaluation, binding: Binding) -> Form:
        if self.collect is not None and self.collect.is_enabled(evaluation.answers):
            made_of = self.collect.collection(evaluation, binding)
            variable = binding.filled(self.continue_variable)
            return Form(style="continue", controls=made_of.controls, continue_variable=variable, collection=made_of)
        made = [control for entry in self.entries for control in entry.controls(evaluation, binding)]
        controls = settle_disabling(settle_conditions(made, binding, evaluation.answers), binding)
        if not any(control.view.variable for control in controls) and self._skips_when_empty(controls):
            evaluation.internal["answered"].add(self.name)
            raise RunAgain
        return Form(style="continue", controls=controls, continue_variable=binding.filled(self.continue_variable))

    def _skips_when_empty(self, controls: list[Control]) -> bool:
        """Whether all its fields have vanished because there was nothing to choose from."""
        return not self.continue_variable and any(entry.choices for entry in self.entries)

    def _continue_form(self, _: Evaluation, binding: Binding) -> Form:
        if not self.continue_variable:
            return Form()
        return Form(style="continue", continue_variable=binding.filled(self.continue_variable))

    def _yes_no_form(self, _: Evaluation, binding: Binding) -> Form:
        kind = next(key for key in _YES_NO if key in self.section)
        variable = binding.filled(self.variable)
        name = control_name(variable)
        buttons = tuple(_button(word(label), name, str(value), color) for label, value, color in _YES_NO[kind])
        presses = {str(value): Press("value", value) for _, value, _ in _YES_NO[kind]}
        return Form(style="yesno", buttons=buttons, presses=presses, press_name=name, press_variable=variable)

    def _variable_list_form(self, evaluation: Evaluation, binding: Binding) -> Form:
        assert self.choice_list is not None
        variable = binding.filled(self.variable)
        options = self.choice_list.options(evaluation.answers)
        if not options:
            set_variable(variable, None, evaluation.answers)
            evaluation.internal["answered"].add(self.name)
            raise RunAgain
        if self.list_kind == "buttons":
            return self._button_form(variable, options)
        return self._choice_form(evaluation, variable, options)

    def _button_form(self, variable: str, options: tuple[Option, ...]) -> Form:
        name = control_name(variable)
        keys = _distinct_keys(options)
        values = self._values_of(options)
        presses = {key: Press("value", value) for key, value in zip(keys, values, strict=True)}
        buttons = tuple(_option_button(option, name, key) for option, key in zip(options, keys, strict=True))
        return Form(style="buttons", buttons=buttons, presses=presses, press_name=name, press_variable=variable)

    def _values_of(self, options: tuple[Option, ...]) -> list[Any]:
        """True, False and None are themselves only where nothing else can be chosen."""
        if "datatype" in self.section:
            datatype = datatype_for(str(self.section["datatype"]))
            return [datatype.value_of_choice(option.value) for option in options]
        if all(isinstance(option.value, bool) or option.value is None for option in options):
            return [option.value for option in options]
        return [str(option.value) for option in options]

    def _choice_form(self, evaluation: Evaluation, variable: str, options: tuple[Option, ...]) -> Form:
        values = self._values_of(options)
        options = tuple(replace(option, value=value) for option, value in zip(options, values, strict=True))
        input_type = "radio" if self.list_kind == "choices" else self.list_kind
        kind = str(self.section.get("datatype") or ("boolean" if isinstance(values[0], bool) else "text"))
        datatype = datatype_for(kind, input_type, choices=True)
        texts = FieldTexts(
            label_html=self.question.inline(evaluation.answers), label=self.question.plain(evaluation.answers), no_label=True
        )
        spec = FieldSpec(variable, control_name(variable), kind, input_type, texts=texts, options=options)
        asked = datatype.asked(spec)
        retyped = evaluation.retyped.get(variable)
        if retyped:
            view = datatype.retyped(spec, asked, *retyped)
        else:
            discarded = evaluation.internal["discarded"]
            value = discarded[variable] if variable in discarded else evaluation.value_or_none(variable)
            view = datatype.view(spec, asked, self.section.get("default") if value is None else value)
        return Form(style="continue", controls=[Control(view, asked)])

    def _signature_form(self, evaluation: Evaluation, binding: Binding) -> Form:
        variable = binding.filled(self.variable)
        question = self.question.plain(evaluation.answers)
        spec = FieldSpec(
            variable,
            control_name(variable),
            "signature",
            required=truth(self.signature_required, evaluation.answers),
            texts=FieldTexts(label_html=self.question.inline(evaluation.answers), label=question, no_label=True),
            keys={"pen color": self.pen_color.value(evaluation.answers) if self.pen_color else ""},
        )
        datatype = datatype_for("signature")
        asked = datatype.asked(spec)
        retyped = evaluation.retyped.get(variable)
        view = datatype.retyped(spec, asked, *retyped) if retyped else datatype.view(spec, asked, None)
        return Form(style="continue", controls=[Control(view, asked)])

    def _special_list_form(self, evaluation: Evaluation, _: Binding) -> Form:
        assert self.choice_list is not None
        answers = evaluation.answers
        shown = [(n, choice) for n, choice in enumerate(self.choice_list.choices) if choice.shown(answers)]
        presses = {str(n): _press_of(choice, n, answers) for n, choice in shown}
        if self.list_kind == "buttons":
            buttons = tuple(_option_button(choice.option(answers), MULTIPLE_CHOICE, str(n)) for n, choice in shown)
            return Form(style="buttons", buttons=buttons, presses=presses, press_name=MULTIPLE_CHOICE)
        views = tuple(_choice_view(choice.option(answers), str(n)) for n, choice in shown)
        kind = "radio" if self.list_kind == "choices" else "select"
        label = self.question.plain(answers)
        view = FieldView(
            name=MULTIPLE_CHOICE, kind=kind, datatype="radio", label=label, label_html=label, no_label=True, choices=views
        )
        return Form(style="continue", controls=[Control(view)], presses=presses, press_name=MULTIPLE_CHOICE)


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


def _button(label: str, name: str, value: str, color: str) -> ButtonView:
    return ButtonView(label_html=label, label=label, name=name, value=value, color=color)


def _option_button(option: Option, name: str, key: str) -> ButtonView:
    return ButtonView(
        label_html=option.label_html,
        label=option.label,
        name=name,
        value=key,
        color=option.color or "primary",
        help_html=option.help_html,
        css_class=option.css_class,
    )


def _choice_view(option: Option, key: str) -> ChoiceView:
    return ChoiceView(key, option.label_html, option.label, option.selected, option.help_html, option.color, option.css_class)


def _press_of(choice: Choice, number: int, answers: dict[str, Any]) -> Press:
    url = choice.url.value(answers).strip() if choice.url else ""
    if target_acts(url):
        raise choice.place.mistake(f"A button can't lead to “{url}”.", "Write an address that begins with https:// or with /.")
    if choice.block is not None:
        return Press("embedded", number)
    if choice.value in SPECIAL:
        return Press("embedded", number) if choice.value == "continue" else Press(str(choice.value), url=url)
    return Press("url", url=url)


def _distinct_keys(options: tuple[Option, ...]) -> list[str]:
    """What buttons post: the value's text where these are different, and else numbers."""
    texts = [str(option.value) for option in options]
    return texts if len(set(texts)) == len(texts) else [str(number) for number in range(len(texts))]
