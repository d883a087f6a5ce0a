"""Every kind of page, made of values by hand, to be looked at.

`python tests/acceptance/preview.py` serves them on port 8099; `--shots FOLDER` writes a picture of each instead, on a
phone, on a desk, in the dark and without a script, and says what the browser complained about.
"""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import waitress
from flask import Flask, Response, render_template
from flask_bootstrap import Bootstrap5
from jinja2 import StrictUndefined
from waitress import wasyncore

from docassemble_lite.engine.screen import Asked, ButtonView, ChoiceView, DocumentFile, Documents, DocumentView, FieldView, Screen
from docassemble_lite.web.page import Link, Notice, PageContext
from docassemble_lite.web.plain_pages import (
    CodePage,
    ConflictPage,
    ErrorPage,
    ExitPage,
    FormField,
    FormPage,
    InterviewCard,
    PeoplePage,
    PersonRow,
    PlainForm,
    SignInPage,
    SourceLine,
    SourceReport,
    TaskFilter,
    TaskPage,
    TaskRow,
    TypedAnswer,
)

WEB = Path(__file__).resolve().parents[2] / "docassemble_lite" / "web"
CHROMIUM = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
VIEWS: dict[str, dict[str, Any]] = {
    "phone": {"viewport": {"width": 390, "height": 844}},
    "narrow": {"viewport": {"width": 320, "height": 640}},
    "desk": {"viewport": {"width": 1280, "height": 860}},
    "dark": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "dark"},
    "plain": {"viewport": {"width": 390, "height": 844}, "java_script_enabled": False},
}

LONG = (
    "Please tell us, as well as you can remember it, on which day you last paid rent to the landlord or to anybody who "
    "collects the rent on the landlord’s behalf"
)
FRUIT = ("Apple", "Pear", "Plum", "Cherry", "Quince", "Medlar", "Peach", "Apricot", "Fig", "Mulberry")


def choice(label: str, key: str = "", **more: Any) -> ChoiceView:
    """A choice whose label needs no markup."""
    return ChoiceView(key=key or label.lower(), label_html=label, label=label, **more)


def a_field(name: str, kind: str, label: str, datatype: str = "text", **more: Any) -> FieldView:
    """A field whose label needs no markup."""
    return FieldView(name=name, kind=kind, datatype=datatype, label_html=label, label=label, **more)


def button(label: str, color: str = "primary", **more: Any) -> ButtonView:
    """A button whose label needs no markup."""
    return ButtonView(label_html=label, label=label, color=color, **more)


def a_screen(question: str, *fields: FieldView, **more: Any) -> Screen:
    """A screen with what every screen has."""
    asked = Asked(block="ID preview", sought="answer", token="token", continue_variable=more.pop("continue_variable", ""))
    values = {"title": "Answering an eviction case", "short_title": "Eviction", "id": "Preview screen"} | more
    return Screen(asked=asked, question_html=question, question=question, fields=fields, **values)


def _contact_fields() -> tuple[FieldView, ...]:
    return (
        a_field("Zmlyc3Q", "input", "First name", attributes={"autocomplete": "given-name"}),
        a_field("bGFzdA", "input", "Last name", attributes={"autocomplete": "family-name"}),
        a_field("ZW1haWw", "input", "E-mail", "email", input_type="email", required=False, hint="name@example.com"),
        a_field("Ym9ybg", "input", "Date of birth", "date", input_type="date"),
        a_field("cmVudA", "input", "Monthly rent", "currency", prefix="$", attributes={"inputmode": "decimal"}),
        a_field("c3RhdGU", "select", "State", choices=(choice("Select…", "", selected=True), choice("Vermont"), choice("Texas"))),
        a_field("c3Rvcnk", "textarea", "What happened?", "area", required=False, under_html="A few sentences are enough."),
        a_field("YWdyZWU", "checkbox", "Send me a copy by e-mail", "yesno", required=False),
    )


def _group_fields() -> tuple[FieldView, ...]:
    boxes = (*(choice(name, selected=name == "Fig") for name in FRUIT), choice("All of the above", "all", special="all"))
    radios = (choice("I live there alone"), choice("With my family"), choice(f"{LONG}, and I share the kitchen", "long"))
    return (
        a_field(
            "ZnJ1aXQ",
            "checkboxes",
            "Which fruit do you like?",
            "checkboxes",
            choices=(*boxes, choice("None", "none", special="none")),
        ),
        a_field("bGl2aW5n", "radio", "Who lives there?", "radio", choices=radios, help_html="<p>Count children too.</p>"),
        a_field(
            "cGV0cw",
            "radio",
            "Do you have pets?",
            "yesnoradio",
            wide=True,
            choices=(choice("Yes"), choice("No"), choice("I don’t know")),
        ),
        a_field("c2l6ZQ", "radio", "Size", "radio", inline=True, choices=(choice("S"), choice("M"), choice("L"), choice("XL"))),
        a_field(
            "aGFwcHk", "range", "How satisfied are you?", "range", value="4", attributes={"min": "0", "max": "10", "step": "1"}
        ),
        a_field("Y2l0eQ", "input", "Town", choices=(choice("Burlington"), choice("Barre"))),
        a_field("bGFuZw", "select", "Languages", "multiselect", required=False, choices=tuple(choice(n) for n in FRUIT[:5])),
    )


def _mended() -> tuple[FieldView, ...]:
    required = "This field is required."
    fields = (*_contact_fields()[:6], _group_fields()[0], _group_fields()[1], _group_fields()[2])
    return tuple(
        replace(item, error=required if number else "You need to enter a first name, not a number.")
        for number, item in enumerate(fields)
    )


def screens() -> dict[str, Screen]:
    """A screen of each kind, by name."""
    subquestion = (
        "<p>We ask a few questions and write the answer to the court for you. It takes about <strong>fifteen minutes</strong>. "
        'You can <a href="#">stop</a> at any time and go on later.</p><ul><li>Have the landlord’s letter at hand.</li>'
        "<li>If you don’t know something, leave it out.</li></ul>"
    )
    help_html = "<h2>What is an answer?</h2><p>An answer tells the court your side of the story.</p>"
    special = '<script>alert("x")</script> & "quoted" <b>'
    return {
        "continue": a_screen("Welcome", subquestion_html=subquestion, help_html=help_html, continue_variable="intro"),
        "fields": a_screen("Tell us about yourself", *_contact_fields(), subquestion_html="<p>As it stands on your papers.</p>"),
        "groups": a_screen("How do you live?", *_group_fields(), question_back=True),
        "errors": a_screen("Tell us about yourself", *_mended(), error="Some answers need another look."),
        "yesno": a_screen(
            "Did you get a letter from the court?",
            button_style="yesno",
            buttons=(
                button("Yes", name="eA", value="True"),
                button("No", "secondary", name="eA", value="False"),
                button("I don’t know", "warning", name="eA", value="None"),
            ),
        ),
        "buttons": a_screen(
            "What would you like to do?",
            button_style="buttons",
            question_back=True,
            buttons=(
                *(
                    button(name.title(), name, name="Yg", value=name)
                    for name in ("primary", "secondary", "success", "danger", "warning", "info")
                ),
                button(LONG, "light", name="Yg", value="long", help_html="This one explains itself."),
                button("Read more elsewhere", "link", url="https://example.com/"),
            ),
        ),
        "choices": a_screen(
            "Which court sent you the letter?",
            FieldView(
                name="Y291cnQ",
                kind="radio",
                datatype="radio",
                choices=(choice("Superior Court"), choice("Small claims court", help_html="Up to $10,000."), choice(LONG)),
            ),
            links=(button("Add a court", "secondary", url="/interview?action=eyJ9"),),
        ),
        "dropdown": a_screen(
            "In which state do you live?",
            FieldView(name="c3RhdGU", kind="select", datatype="dropdown", choices=(choice("Vermont"), choice("Texas"))),
        ),
        "waiting": a_screen(
            "We are writing your papers",
            button_style="none",
            subquestion_html="<p>This takes about half a minute. The page goes on by itself.</p>",
            reload=2.0,
        ),
        "everything": a_screen(
            "<em>All</em> parts of a screen",
            a_field("bm90ZQ", "note", "<p>A note between the fields.</p>"),
            a_field(
                "bG9uZw", "input", LONG, help_html="<p>Look at your bank’s statements.</p>", under_html="<p>Roughly will do.</p>"
            ),
            a_field("aHRtbA", "html", '<div class="alert alert-info">A piece of HTML with Bootstrap’s classes.</div>'),
            a_field("aGlkZGVu", "hidden", "", value="kept"),
            FieldView(
                name="bm9sYWJlbA", kind="input", datatype="text", label="Without a label", no_label=True, hint="Your answer"
            ),
            a_field("b2Zm", "input", "Can’t be changed", value="Fixed", disabled=True),
            a_field("cHc", "input", "Password", "password", input_type="password"),
            subquestion_html=subquestion
            + "<table class='table'><tr><th>Item</th><th>Price</th></tr><tr><td>Rent</td><td>$900</td></tr></table>",
            under_html="<p>What stands under the buttons.</p>",
            right_html="<h2>Good to know</h2><p>You don’t need a lawyer for this. On a phone this stands at the end.</p>",
            pre_html="<p>Before the question.</p>",
            post_html="<p>After everything.</p>",
            help_html=help_html,
            help_label="More info",
            flashes=(("Your answers are saved.", "success"), ("The court closes at four.", "warning")),
            source='question: |\n  All parts\nfields:\n  - "Note": note\n',
            source_place="docassemble.demo:data/questions/all.yml, line 12",
            logo_html="<strong>§</strong> Court forms online",
            question_back=True,
            links=(button("Add another", "success", url="#"),),
        ),
        "documents": a_screen(
            "Your papers are ready",
            subquestion_html="<p>Read them before you sign.</p>",
            documents=Documents(
                views=(
                    DocumentView(
                        "Answer to the <em>complaint</em>",
                        "Answer to the complaint",
                        description_html="<p>What the court gets.</p>",
                        files=tuple(
                            DocumentFile(kind, label, "for printing and reading", f"/uploadedfile/1.{kind}", "#")
                            for kind, label in (("pdf", "PDF"), ("docx", "Word"), ("rtf", "RTF"))
                        ),
                        preview_html="<h4>Answer</h4><p>I deny everything.</p>",
                        markdown="# Answer\n\nI deny **everything**.",
                    ),
                    DocumentView(LONG, LONG, files=(DocumentFile("pdf", "PDF", "", "#", "#"),)),
                    DocumentView("Form 12", "Form 12", problem="This document can't be made here yet."),
                ),
                archives=(DocumentFile("zip", "Download all documents as a ZIP file", "", "#", "#"),),
            ),
        ),
        "one-document": a_screen(
            "Your letter",
            documents=Documents(views=(DocumentView("Letter", "Letter", files=(DocumentFile("pdf", "PDF", "", "#", "#"),)),)),
        ),
        "escaped": a_screen(
            "Texts with special characters",
            a_field("cDE", "input", "Plain", value=special, hint=special, error=special, prefix=special),
            a_field("cDI", "radio", "Keys", choices=(ChoiceView(key=special, label_html="One", label=special),)),
            title=special,
        ),
        "arabic": a_screen(
            "أخبرنا عن نفسك",
            a_field("YQ", "input", "الاسم الأول"),
            a_field("Yg", "input", "الإيجار الشهري", "currency", prefix="$"),
            a_field("Yw", "select", "الولاية", choices=(choice("اختر", "x"), choice("فيرمونت", "y"))),
            a_field(
                "ZA", "checkboxes", "ماذا تحب؟", "checkboxes", choices=(choice("تفاح", "a", selected=True), choice("كمثرى", "b"))
            ),
            title="الرد على دعوى إخلاء",
            short_title="",
            language="ar",
            question_back=True,
        ),
    }


def contexts(screen: str) -> PageContext:
    """What stands around the screen of that name."""
    words = {"Back": "رجوع", "Continue": "متابعة", "Menu": "القائمة", "required": "مطلوب"} if screen == "arabic" else {}
    full = PageContext(
        app_name="Court forms online",
        word=lambda text: words.get(text, text),
        csrf_token="a-csrf-token",
        nonce="preview",
        action_url=f"/{screen}",
        back_allowed=screen not in ("continue", "dropdown"),
        debug=screen in ("everything", "index", "error-developer"),
        restart_url="#restart",
        exit_url="#exit",
        list_url="/",
        checkin_interval=6000,
        menu=(Link("Review answers", "#review"),),
        parts={"footer": "A service of the courts."} if screen == "everything" else {},
    )
    if screen in ("index", "everything", "tasks", "sign-out", "people", "form", "recovery-code", "recovery-code-made"):
        email = "ada.lovelace@analytical-engines.example"
        full = replace(full, email=email, name="Ada Lovelace", account=(Link("Tasks", "/tasks"),), sign_out_url="/sign-out")
    elif screen not in ("sign-in", "sign-in-again"):
        full = replace(full, sign_in_url="/sign-in")
    if screen == "tasks":
        full = replace(full, notice=Notice("“write_letter” of eviction.yml waits to be run again.", "success"))
    return replace(full, notice=Notice("That page was out of date; here is the current one.")) if screen == "yesno" else full


def _report() -> SourceReport:
    texts = ("question: |", "  Your rent is ${ rent_amont }", "mandatory: True", "---", "code: |", "  rent_amount = 900")
    return SourceReport(
        message="There was a reference to a variable rent_amont that could not be looked up.",
        source="docassemble.demo:data/questions/rent.yml",
        line=12,
        lines=tuple(SourceLine(number, text, number == 12) for number, text in enumerate(texts, 11)),
        hint="Did you mean rent_amount?",
        trace="Traceback (most recent call last):\n  File “rent.yml”, line 12\nNameError: name 'rent_amont' is not defined",
        sought=("rent_amont", "summary"),
    )


def _tasks() -> TaskPage:
    def row(number: int, interview: str, action: str, state: str, *texts: str, **more: Any) -> TaskRow:
        at = f"2026-05-04 12:00:{10 + number}"
        name = f"{number}Fq3xY_v0-Lk7TzPaB9wQd2sM5nRcEgH"
        waited, ran = texts
        return TaskRow(name, interview, action, state, state.title(), at, at.replace(" ", "T"), waited, ran, **more)

    long = "docassemble.EvictionDefense:data/questions/eviction_answer.yml"
    return TaskPage(
        tasks=(
            row(5, "eviction.yml", "write_letter", "waiting", "", "", attempt=0, revoke_url="#"),
            row(4, "eviction.yml", "write_letter", "running", "0.0 s", "3.2 s", attempt=1, revoke_url="#"),
            row(
                3,
                long,
                "ask_the_court_for_the_docket",
                "failed",
                "4 min",
                "10 min",
                attempt=2,
                error="WorkerLost",
                run_again_url="#",
            ),
            row(2, "eviction.yml", "send", "failed", "0.1 s", "0.4 s", attempt=1, error="ZeroDivisionError"),
            row(1, long, "write_letter", "done", "0.0 s", "12 s", attempt=1),
            row(0, "eviction.yml", "send", "revoked", "", "", attempt=0),
        ),
        filters=tuple(
            TaskFilter(state.lower(), state, number, f"#{state}", chosen=state == "All")
            for state, number in (("All", 1206), ("Waiting", 1), ("Running", 1), ("Done", 1201), ("Failed", 2), ("Revoked", 1))
        ),
        state="",
        number=2,
        moment="12:00:17",
        timezone="America/New_York",
        refresh_url="#",
        newer_url="#newer",
        older_url="#older",
    )


def _form() -> FormPage:
    fields = (
        FormField("email", "E-mail address", "email", "ada@example.com", autocomplete="username", fixed=True),
        FormField("password", "Password", "password", required=True, hint="At least 8 characters.", error="It is too short."),
        FormField("zone", "Time zone", "select", "UTC", choices=(("", "As usual here"), ("UTC", "UTC")), error="Choose one."),
        *(FormField("privilege", name, "checkbox", name, name == "admin", group="Privileges") for name in ("admin", "user")),
        FormField("active", "Active", "checkbox", checked=True, hint="Who is not active can’t sign in.", error="Tick it."),
    )
    return FormPage(
        "Add a person",
        (
            PlainForm("one", "#", "Add", fields, "What this person may do", ("A text over the form.",), (("next", "/"),)),
            PlainForm("two", "#", "Make a link", title="Another password", texts=("It is good once.",)),
            PlainForm("three", "#", "Delete", (FormField("sure", "I am sure", "checkbox", required=True),), is_final=True),
        ),
        ("A text over all forms.",),
        "Nothing was changed.",
        ("Link", "https://forms.example.com/user/reset-password/9UU1xV8kTR95kzaFhBiURnp812s_Z_eFeq2O9kcMefU"),
        (("People", "#"),),
    )


def _people() -> PeoplePage:
    long = "ada.lovelace.of.the.analytical.engines@analytical-engines.example"
    return PeoplePage(
        people=(
            PersonRow(2, long, "Ada Lovelace", "admin, developer", True, "2026-05-04", "2026-05-05", "#"),
            PersonRow(3, "ben@example.com", "", "user", False, "2026-05-04", "", "#"),
        ),
        number="102 people",
        search=PlainForm("search", "#", "Search", (FormField("search", "E-mail address or name", "search"),), is_search=True),
        timezone="America/New_York",
        links=(("Add a person", "#"), ("Invite a person", "#"), ("Privileges", "#")),
        earlier_url="#earlier",
        later_url="#later",
    )


def plain_pages() -> dict[str, tuple[str, dict[str, Any]]]:
    """The other pages, by name: template and what it shows."""
    unsaved = "We could not show you the next question. Your answers up to here are saved."
    error = ErrorPage(
        "Something went wrong", unsaved, "Try again in a minute. If it happens again, tell the people who sent you here.", "#"
    )
    return {
        "index": (
            "index.html",
            {
                "interviews": [
                    InterviewCard(
                        "eviction.yml", "Answering an eviction case", "/fields", "Write the answer to the court, step by step."
                    ),
                    InterviewCard("docassemble.demo:data/questions/questions.yml", "Questions", "/groups"),
                    InterviewCard("broken.yml", "broken.yml", problem="Two blocks have the id “intro”.", place="broken.yml:31"),
                ]
            },
        ),
        "error": ("error.html", {"error": error}),
        "error-developer": ("error.html", {"error": replace(error, report=_report())}),
        "conflict": (
            "conflict.html",
            {
                "conflict": ConflictPage(
                    typed=(TypedAnswer("First name", "Ada"), TypedAnswer("What happened?", "The heating broke.\nNobody came.")),
                    posted=(("Zmlyc3Q", "Ada"), ("c3Rvcnk", "The heating broke.\nNobody came."), ("_tracker", "token")),
                )
            },
        ),
        "exit": ("exit.html", {"exit": ExitPage(start_url="#")}),
        "sign-in": (
            "sign_in.html",
            {"sign_in": SignInPage(next="/fields", register_url="#register", forgotten_url="#forgotten")},
        ),
        "sign-in-again": (
            "sign_in.html",
            {"sign_in": SignInPage("ada@example.com", error="The address or the password is wrong.")},
        ),
        "sign-out": ("sign_out.html", {}),
        "signed-out": ("sign_out.html", {}),
        "tasks": ("tasks.html", {"shown": _tasks()}),
        "form": ("form.html", {"shown": _form()}),
        "people": ("people.html", {"shown": _people()}),
        "recovery-code": (
            "recovery_code.html",
            {"shown": CodePage(has_code=True, closed="3 of your private interviews are closed.", recover_url="#", on_url="#")},
        ),
        "recovery-code-made": (
            "recovery_code.html",
            {"shown": CodePage("XE9QM-XREEW-D504K-Q5HTA-29NSW-X", "ada@example.com", on_url="#")},
        ),
    }


def create_bare_app() -> Flask:
    """A Flask application that has the templates and static files, and no page yet; undefined names are errors."""
    app = Flask("preview", template_folder=str(WEB / "templates"), static_folder=str(WEB / "static"))
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    app.jinja_env.undefined = StrictUndefined
    Bootstrap5(app)

    @app.after_request
    def restrict(response: Response) -> Response:
        policy = "default-src 'self'; script-src 'self' 'nonce-preview'; style-src 'self' 'nonce-preview'"
        response.headers["Content-Security-Policy"] = policy
        return response

    return app


def create_preview() -> Flask:
    """A Flask application with a page for every name, and a list of them at `/`."""
    app = create_bare_app()

    @app.route("/")
    def show_names() -> str:
        cards = [InterviewCard(name, name, f"/{name}") for name in (*screens(), *plain_pages())]
        return render_template("index.html", page=contexts("names"), interviews=cards)

    @app.route("/<name>", methods=["GET", "POST"])
    def show(name: str) -> str:
        if name in plain_pages():
            template, values = plain_pages()[name]
            return render_template(template, page=contexts(name), **values)
        return render_template("screen.html", page=contexts(name), screen=screens()[name])

    return app


class _Server:
    """A server of an application, such as the one that the product runs on."""

    def __init__(self, app: Flask, port: int) -> None:
        # browsers open connections that they may not need, and break off some that they do
        self._connections: dict[int, Any] = {}
        self._server = waitress.create_server(app, host="127.0.0.1", port=port, threads=8, map=self._connections)
        self.port = int(self._server.effective_port)
        self._stopping = False

    def run(self) -> None:
        """Serve until `stop`."""
        while not self._stopping:
            wasyncore.loop(timeout=1.0, map=self._connections, count=1)

    def stop(self) -> None:
        """Have `run` return."""
        self._stopping = True
        self._server.pull_trigger()

    def close(self) -> None:
        """Let go of everything, after `run`."""
        self._server.close()
        wasyncore.close_all(self._connections)


def serve(app: Flask) -> tuple[str, Callable[[], None]]:
    """Serve an application in a thread; its address and what stops it."""
    server = _Server(app, 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()

    def stop() -> None:
        server.stop()
        thread.join()
        server.close()

    return f"http://127.0.0.1:{server.port}", stop


def take_complaints(tab: Any) -> list[str]:
    """A list that fills with what the browser complains about in this tab: errors, and what the page's policy forbids."""
    complaints: list[str] = []

    def keep(said: Any) -> None:
        if said.type in ("error", "warning"):
            complaints.append(said.text)

    tab.on("console", keep)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def _pages_of(views: Mapping[str, Any], address: str, browser: Any) -> Iterator[tuple[str, str, Any]]:
    for view, options in views.items():
        context = browser.new_context(**options)
        for name in (*screens(), *plain_pages()):
            tab = context.new_page()
            complaints = take_complaints(tab)
            tab.goto(f"{address}/{name}")
            yield view, name, tab
            tab.close()
            for complaint in complaints:
                print(f"{view}/{name}: {complaint}")
        context.close()


def take_pictures(folder: Path) -> None:
    """Write `VIEW-NAME.png` of every page, and print what the browser complains about or what is wider than the screen."""
    from playwright.sync_api import sync_playwright

    from tests.browsing import chromium

    folder.mkdir(parents=True, exist_ok=True)
    address, stop = serve(create_preview())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu", *CHROMIUM])
        for view, name, tab in _pages_of(VIEWS, address, browser):
            if view != "plain":
                too_wide = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                if too_wide > 0:
                    print(f"{view}/{name}: {too_wide} pixels too wide")
            tab.screenshot(path=folder / f"{view}-{name}.png", full_page=True)
        browser.close()
    stop()


def main() -> None:
    """Serve the pages, or take their pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--shots", type=Path, help="folder for pictures")
    options = parser.parse_args()
    if options.shots:
        take_pictures(options.shots)
        return
    print(f"http://127.0.0.1:{options.port}/")
    _Server(create_preview(), options.port).run()


if __name__ == "__main__":
    main()
