"""Documents that interviews assemble: when, of what, in which formats, and how a screen shows them."""

from __future__ import annotations

import json

import pytest

from docassemble_lite.documents.literal import settled
from docassemble_lite.engine.screen import Documents, DocumentView
from docassemble_lite.engine.typed import escape_typed, veil
from docassemble_lite.errors import EvaluationError, SourceError
from docassemble_lite.host import FileAccess
from docassemble_lite.objects import DAFileCollection
from tests.unit.documents.reopened import pages, pdf, squeezed
from tests.unit.engine.interviewing import Interview, failure, interview, program, programs, source_mistake

LETTER = """
    mandatory: True
    question: ${ letter.info['name'] }
    subquestion: ${ letter.slurp() }
    ---
    attachment:
      name: To ${ name }
      filename: letter to ${ name }
      variable name: letter
      valid formats: [md]
      content: |
        Dear *${ name }*
    ---
    question: Name?
    fields:
      - N: name
"""
SHOWN = """
    mandatory: True
    question: Here you are
    attachment:
      name: Letter to *${ name }*
      filename: letter
      description: |
        For **${ name }**
      valid formats: [md, html]
      content: |
        # Heading

        Dear ${ name }
    ---
    question: Name?
    fields:
      - N: name
"""


def documents(session: Interview) -> Documents:
    """What the screen shows of documents."""
    found = session.screen.documents
    assert found is not None
    return found


def view(session: Interview) -> DocumentView:
    """The only document of the screen."""
    (found,) = documents(session).views
    return found


def content(session: Interview, extension: str = "md") -> str:
    """The text of the latest file of that kind."""
    found = [kept for name, kept, _ in session.host.files.values() if name.endswith(f".{extension}")]
    return found[-1].decode()


def warnings(text: str, **files: str) -> list[str]:
    """What is said of an interview that can be run."""
    return [f"{mistake.message} {mistake.hint}" for mistake in program(text, **files).warnings]


# --- variables -------------------------------------------------------------------------------------------------------------


def test_a_document_is_assembled_when_its_variable_is_sought() -> None:
    session = interview(LETTER)
    assert session.question == "Name?"
    assert session.host.files == {}
    session.answer(name="Ann")
    assert session.question == "To Ann"
    assert "Dear" in session.screen.subquestion_html
    assert content(session) == "Dear *Ann*\n"


def test_a_document_is_an_object_with_a_file_for_each_format() -> None:
    session = interview(LETTER.replace("[md]", "[md, html]")).answer(name="Ann")
    letter = session.answers["letter"]
    assert isinstance(letter, DAFileCollection)
    assert letter.instanceName == "letter"
    assert [file.filename for file in letter] == ["letter to Ann.md", "letter to Ann.html"]
    assert (letter.md.mimetype, letter.md.extension, letter.html.instanceName) == ("text/markdown", "md", "letter.html")
    assert (letter.info["name"], letter.info["filename"], letter.info["description"]) == ("To Ann", "letter to Ann", "")


def test_without_formats_it_is_made_as_pdf_and_as_rtf() -> None:
    session = interview(LETTER.replace("      valid formats: [md]\n", "").replace("slurp()", "pdf.num_pages()"))
    session.answer(name="Ann")
    assert [file.extension for file in session.answers["letter"]] == ["pdf", "rtf"]
    assert "1" in session.screen.subquestion_html
    pdfs = [kept for name, kept, _ in session.host.files.values() if name.endswith(".pdf")]
    assert pages(pdfs[0]) == ["Dear Ann"]
    assert pdf(pdfs[0]).metadata["/Title"] == "To Ann"  # type: ignore[index]


def test_documents_of_one_block_are_assembled_each_when_it_is_sought() -> None:
    session = interview("""
    mandatory: True
    question: ${ second.slurp() }
    ---
    attachments:
      - variable name: first
        valid formats: md
        content: one
      - variable name: second
        valid formats: md
        content: two
    """)
    assert session.question == "two"
    assert "first" not in session.answers


def test_a_document_can_belong_to_an_item_of_a_list() -> None:
    session = interview("""
    objects:
      - letter: DADict
    ---
    mandatory: True
    code: names = ['Ann', 'Bob']
    ---
    mandatory: True
    question: ${ letter[1].slurp() } ${ letter[0].slurp() }
    ---
    attachment:
      variable name: letter[i]
      valid formats: md
      content: Dear ${ names[i] }
    """)
    assert session.question == "Dear Bob Dear Ann"
    assert session.answers["letter"][1].instanceName == "letter[1]"


def test_a_mandatory_document_is_assembled_where_it_stands() -> None:
    session = interview("""
    mandatory: True
    attachment:
      variable name: letter
      valid formats: md
      content: text
    ---
    mandatory: True
    question: ${ defined('letter') }
    """)
    assert session.question == "True"


def test_a_format_that_was_not_made_is_missing() -> None:
    error = failure("""
    mandatory: True
    question: ${ letter.docx.url_for() }
    ---
    attachment:
      variable name: letter
      valid formats: md
      content: text
    """)
    assert "letter.docx" in error.message


def test_a_task_hands_a_document_on_to_the_interview() -> None:
    session = interview("""
    mandatory: True
    code: |
      if the_task.ready():
        the_letter = the_task.get()
        shown
      else:
        waiting
    ---
    code: |
      the_task = background_action('assemble')
    ---
    event: assemble
    code: |
      background_response(the_document)
    ---
    attachment:
      variable name: the_document
      name: A letter
      valid formats: ['md', 'html']
      content: |
        ${ sweetheart }, will you marry me?
    ---
    question: Who?
    fields:
      - Name: sweetheart
    ---
    event: waiting
    question: Please wait
    ---
    event: shown
    question: Here it is
    attachment code: the_letter
    """)
    if session.question == "Please wait":
        # the task needs the answer of a person, so it is asked first
        session = session.act("sweetheart")
    session.answer(sweetheart="Olíve *Oil*")
    session.run_tasks().show()
    assert "the_document" not in session.answers
    assert view(session).name == "A letter"
    assert "Olíve *Oil*, will you marry me?" in view(session).preview_html


# --- texts -----------------------------------------------------------------------------------------------------------------


def test_what_a_person_typed_is_text_in_the_document() -> None:
    """P27"""
    typed = '# x *y* #read("/etc/passwd") \\input [PAGEBREAK] ```'
    session = interview(LETTER.replace("[md]", "[md, pdf]").replace("*${ name }*", "${ name }")).answer(name=typed)
    (made,) = [kept for name, kept, _ in session.host.files.values() if name.endswith(".pdf")]
    assert squeezed(pages(made)[0]) == squeezed(f"Dear {typed}")
    assert pdf(made).metadata["/Title"] == f"To {typed}"  # type: ignore[index]
    assert session.answers["letter"].info["name"] == f"To {typed}"


def test_texts_and_documents_mean_the_same_by_characters_that_are_no_markup() -> None:
    text = "".join(map(chr, range(32, 127)))
    assert settled(veil(escape_typed(text))) == text


def test_what_a_person_typed_can_not_lead_out_of_a_folder() -> None:
    """P34"""
    session = interview(LETTER).answer(name="../../etc/passwd\x00")
    assert session.answers["letter"].md.filename == "letter to .._.._etc_passwd.md"


def test_a_text_may_stand_in_files() -> None:
    text = """
    mandatory: True
    question: ${ letter.slurp() }
    ---
    attachment:
      variable name: letter
      valid formats: md
      content file:
        - one.md
        - two.md
    ---
    code: |
      name = 'Ann'
    """
    session = interview(text, **{"templates/one.md": "Dear ${ name }\n", "two.md": "Good *bye*\n"})
    assert content(session) == "Dear Ann\n\nGood *bye*\n"


def test_a_file_with_a_text_can_be_chosen_by_code() -> None:
    text = """
    mandatory: True
    question: ${ letter.slurp() }
    ---
    attachment:
      variable name: letter
      valid formats: md
      content file:
        code: chosen
    ---
    code: |
      chosen = 'one.md'
    """
    assert interview(text, **{"one.md": "First"}).question == "First"
    error = failure(text.replace("'one.md'", "'none.md'"))
    assert "There is no file “none.md”" in error.message
    assert error.line == 8


def test_a_change_of_a_file_with_a_text_is_noticed() -> None:
    files = {
        "test_yml": "mandatory: True\nquestion: x\nattachment:\n  content file: one.md\n",
        "one.md": "First",
    }
    known, folder = programs(**files)
    before = known.get("test.yml")
    assert known.get("test.yml") is before
    (folder / "one.md").write_text("Second, and longer")
    assert known.get("test.yml") is not before


def test_a_missing_file_with_a_text_is_told_with_its_line() -> None:
    mistake = source_mistake("""
    question: x
    attachment:
      content file:
        - none.md
    """)
    assert "There is no file “none.md” among the templates" in mistake.message
    assert mistake.line == 4


@pytest.mark.parametrize("reference", ["../outside.md", "/etc/hostname", "test.yml:x"])
def test_a_file_with_a_text_must_lie_among_the_templates(reference: str) -> None:
    with pytest.raises(SourceError, match="There is no file"):
        program(f"question: x\nattachment:\n  content file: '{reference}'\n")


def test_a_mistake_in_a_file_with_a_text_points_at_that_file() -> None:
    text = """
    mandatory: True
    question: x
    attachment:
      content file: one.md
    """
    error = failure(text, **{"one.md": "fine\n\n${ 1 / 0 }\n"})
    assert (error.source, error.line) == ("one.md", 3)
    with pytest.raises(SourceError) as caught:
        program(text, **{"one.md": "fine\n${ 1 +\n"})
    assert caught.value.source == "one.md"


def test_metadata_is_mako_and_has_defaults_for_all_documents() -> None:
    session = interview("""
    attachment options:
      metadata:
        SingleSpacing: True
        title: Default
        author: [Ann, "${ name }"]
    ---
    mandatory: True
    question: ${ letter.slurp() }
    ---
    attachment:
      variable name: letter
      valid formats: md
      metadata:
        title: For ${ name }
      content: Text
    ---
    question: Name?
    fields:
      - N: name
    """).answer(name="Bob")
    assert content(session) == "# For Bob\n\nText\n"


def test_a_document_has_a_language_of_its_own() -> None:
    session = interview("""
    initial: True
    code: set_language('es')
    ---
    mandatory: True
    question: ${ comma_and_list('a', 'b') } ${ letter.slurp() } ${ comma_and_list('c', 'd') }
    ---
    attachment:
      variable name: letter
      language: en
      valid formats: [md, html]
      content: ${ comma_and_list('fries', 'a Coke') }
    """)
    assert session.question == "a y b fries and a Coke c y d"
    assert '<html lang="en"' in content(session, "html")


# --- formats ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formats", "made"),
    [
        ("md", ["md"]),
        ("[md, md]", ["md"]),
        ("[rtf to docx]", ["docx"]),
        ("[md, tex]", ["md"]),
        ("{code: \"['md'] + ['html']\"}", ["md", "html"]),
        ("{code: \"'md'\"}", ["md"]),
    ],
)
def test_formats_are_named_or_given_by_code(formats: str, made: list[str]) -> None:
    session = interview(LETTER.replace("[md]", formats).replace("slurp()", "info")).answer(name="Ann")
    assert [file.extension for file in session.answers["letter"]] == made


def test_a_format_that_is_none_is_a_mistake() -> None:
    mistake = source_mistake(LETTER.replace("[md]", "[odt]"))
    assert "There is no format “odt”" in mistake.message
    assert "pdf" in (mistake.hint or "")
    with pytest.raises(SourceError, match="There is no format “odt”"):
        interview(LETTER.replace("[md]", "{code: \"['odt']\"}")).answer(name="Ann")


def test_a_format_that_can_not_be_made_yet_is_told() -> None:
    assert any("can't be made as “tex” yet" in said for said in warnings(LETTER.replace("[md]", "[md, tex]")))
    assert "can't be made as tex yet" in source_mistake(LETTER.replace("[md]", "[tex]")).message


# --- screens ---------------------------------------------------------------------------------------------------------------


def test_a_question_shows_its_documents() -> None:
    session = interview(SHOWN).answer(name="Ann")
    shown = view(session)
    assert documents(session).notice
    assert (shown.name_html, shown.name) == ("Letter to <em>Ann</em>", "Letter to Ann")
    assert "For <strong>Ann</strong>" in shown.description_html
    assert [(file.extension, file.label) for file in shown.files] == [("md", "Markdown"), ("html", "HTML")]
    number = next(number for number, (name, _, _) in session.host.files.items() if name == "letter.md")
    assert shown.files[0].url == f"/uploadedfile/{number}.md"
    assert shown.files[0].download_url == f"/uploadedfile/{number}.md?attachment=1"


def test_a_preview_is_safe_html_below_the_headings_of_the_screen() -> None:
    session = interview(SHOWN).answer(name="*Ann* <b>")
    assert "<h4>Heading</h4>" in view(session).preview_html
    assert "Dear *Ann*" in view(session).preview_html


def test_a_document_that_is_only_for_printing_has_no_preview() -> None:
    session = interview(SHOWN.replace("[md, html]", "[md]")).answer(name="Ann")
    assert view(session).preview_html == ""
    assert [name for name, _, _ in session.host.files.values()] == ["letter.md"]


def test_developers_see_the_markdown() -> None:
    session = interview(SHOWN, settings={"debug": True}).answer(name="*Ann*")
    assert view(session).markdown == "# Heading\n\nDear *Ann*\n"
    assert view(interview(SHOWN).answer(name="Ann")).markdown == ""


def test_an_attachment_of_a_question_can_define_a_variable() -> None:
    session = interview(SHOWN.replace("      filename: letter\n", "      filename: letter\n      variable name: my_letter\n"))
    session.answer(name="Ann")
    assert session.answers["my_letter"].md.filename == "letter.md"


def test_what_a_document_lacks_is_asked_before_any_document_is_made() -> None:
    session = interview("""
    mandatory: True
    question: Here you are
    attachments:
      - valid formats: md
        content: One
      - valid formats: md
        content: Two for ${ name }
    ---
    question: Name?
    fields:
      - N: name
    """)
    assert (session.question, session.host.files) == ("Name?", {})
    session.answer(name="Ann")
    assert [view.name for view in documents(session).views] == ["Document", "Document"]


CODE = """
    mandatory: True
    question: Here you are
    attachment code: |
      {}
    ---
    attachment:
      name: The first
      description: |
        of a *series*
      variable name: one
      valid formats: md
      content: 1
    ---
    attachment:
      name: The second
      variable name: two
      valid formats: md
      content: 2
"""


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("one", ["The first"]),
        ("[one, two]", ["The first", "The second"]),
        ("(two,)", ["The second"]),
        ("[one, [two]]", ["The first", "The second"]),
        ("one.md", ["The first.md"]),
        ("[]", []),
        ("None", []),
    ],
)
def test_documents_can_be_given_by_code(code: str, names: list[str]) -> None:
    session = interview(CODE.format(code))
    assert [item.name for item in documents(session).views] == names
    assert documents(session).notice == bool(names)


def test_code_that_gives_no_documents_is_a_mistake() -> None:
    error = failure(CODE.format("'letter.pdf'"))
    assert "“attachment code” must give documents" in error.message


def test_the_description_of_a_document_comes_with_it() -> None:
    (shown,) = documents(interview(CODE.format("one"))).views
    assert "of a <em>series</em>" in shown.description_html


def test_parts_of_the_display_can_be_left_out() -> None:
    plain = interview(SHOWN).answer(name="Ann")
    assert view(plain).files[0].use
    for key in ("include attachment notice", "include download tab", "describe file types"):
        session = interview(SHOWN.replace("question: Here you are", f"question: Here you are\n    {key}: False")).answer(
            name="Ann"
        )
        assert documents(session).notice is (key != "include attachment notice")
        assert bool(view(session).preview_html) is (key != "include download tab")
        assert bool(view(session).files[0].use) is (key != "describe file types")
    hidden = interview(SHOWN.replace("question: Here you are", "question: x\n    manual attachment list: True")).answer(
        name="Ann"
    )
    assert documents(hidden).views == ()
    assert not documents(hidden).notice


def test_all_documents_can_be_downloaded_at_once() -> None:
    text = """
    mandatory: True
    question: Here you are
    allow downloading: {}
    {}
    attachments:
      - filename: a
        valid formats: [pdf, md]
        content: One
      - filename: b
        valid formats: [md]
        content: Two
    ---
    code: |
      maybe = False
    """
    assert documents(interview(text.format("maybe", ""))).archives == ()
    some, everything = documents(interview(text.format("True", "zip filename: my papers"))).archives
    # of the second one there is no PDF
    assert some.url == "/uploadedfiles/my papers.zip?file=1&file=3"
    assert everything.url.count("file=") == 3
    (only,) = documents(interview(text.format("True", "always include editable files: True"))).archives
    assert only.url.count("file=") == 3
    assert only.label == "Download all documents as a ZIP file"


def test_a_question_without_documents_shows_none() -> None:
    assert interview("mandatory: True\nquestion: x\n").screen.documents is None


def test_a_question_inside_of_a_choice_has_documents_too() -> None:
    session = interview("""
    mandatory: True
    question: Which?
    buttons:
      - This:
          question: Here
          attachment:
            valid formats: md
            content: Text
    """)
    assert view(session.answer("This")).files[0].extension == "md"


# --- what is kept ----------------------------------------------------------------------------------------------------------


def test_a_document_is_not_assembled_again_when_the_screen_is_shown_again() -> None:
    session = interview(SHOWN).answer(name="Ann")
    files = dict(session.host.files)
    before = view(session)
    assert view(session.show().show()) == before
    assert session.host.files == files


def test_a_document_is_assembled_again_when_something_of_it_has_changed() -> None:
    session = interview(SHOWN).answer(name="Ann")
    count = len(session.host.files)
    session.act("name").answer(name="Bob")
    assert len(session.host.files) == 2 * count
    assert "Dear Bob" in view(session).preview_html


def test_going_back_shows_the_document_as_it_was() -> None:
    session = interview(SHOWN).answer(name="Ann")
    before = view(session)
    session.act("name")
    session.answer(name="Bob")
    assert view(session) != before
    assert view(session.back().back()) == before


def test_a_document_in_a_variable_stays_as_it_is_until_that_is_deleted() -> None:
    session = interview("""
    mandatory: True
    code: |
      client = 'Jane'
    ---
    mandatory: True
    code: |
      first_shown
      draft_deleted
      client = 'John'
      shown_again
    ---
    attachment:
      variable name: summary
      valid formats: md
      content: |
        ${ client } is entitled.
    ---
    question: Here
    attachment code: summary
    field: first_shown
    ---
    code: |
      del summary
      draft_deleted = True
    ---
    event: shown_again
    question: Again
    attachment code: summary
    """)
    assert content(session) == "Jane is entitled.\n"
    session.answer({})
    assert session.question == "Again"
    assert content(session) == "John is entitled.\n"


def test_what_code_has_changed_in_the_document_of_a_question_stays() -> None:
    session = interview("""
    mandatory: True
    question: Here
    attachment:
      variable name: letter
      valid formats: md
      content: made
    ---
    event: change
    code: |
      letter.md.write('changed')
    """)
    session.act("change")
    assert (
        session.show().answers["letter"].md.number
        == view(session).files[0].url.split("/")[2].__class__(session.answers["letter"].md.number)
        or str(session.answers["letter"].md.number) in view(session).files[0].url
    )
    assert content(session) == "changed"


def test_an_interview_can_have_each_document_assembled_every_time() -> None:
    session = interview(f"""
    features:
      cache documents: False
    ---{SHOWN}""").answer(name="Ann")
    count = len(session.host.files)
    session.show()
    assert len(session.host.files) == 2 * count


def test_what_is_kept_of_documents_is_plain_data() -> None:
    session = interview(SHOWN).answer(name="Ann")
    kept = session.internal["documents"]
    assert json.loads(json.dumps(kept)) == kept
    assert "Ann" not in json.dumps(kept)


def test_a_preview_that_was_lost_leaves_the_rest_of_the_screen() -> None:
    session = interview(SHOWN).answer(name="Ann")
    for number in [number for number, (name, _, _) in session.host.files.items() if name.endswith(".json")]:
        del session.host.files[number]
    session.show()
    assert view(session).preview_html == ""
    assert view(session).files


# --- mistakes --------------------------------------------------------------------------------------------------------------


def test_a_document_that_can_not_be_made_says_where_it_stands() -> None:
    error = failure("""
    mandatory: True
    question: x
    attachment:
      name: Letter
      metadata:
        fontsize: huge
      content: Text
    """)
    assert isinstance(error, EvaluationError)
    assert error.message.startswith("The document “Letter” can't be made: “fontsize” must be a length")
    assert (error.source, error.line) == ("test.yml", 4)
    assert not error.public


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("contents: x", "There is no key “contents” for an attachment. Did you mean “content”?"),
        ("valid format: x", "There is no key “valid format” for an attachment. Did you mean “valid formats”?"),
        (
            "zzz: x",
            "An attachment can have: additional yaml, allow privileges, allow users, checkbox export value, code, content, "
            "content file",
        ),
        (
            "metadata: {SingleSpaceing: True}",
            "There is no metadata “SingleSpaceing” for documents. Did you mean “SingleSpacing”?",
        ),
        ("pdftk: x", "“pdftk” isn't supported yet here, and has no effect."),
        ("metadata: {zzz: True}", "There is no metadata “zzz” for documents. It has no effect; remove it."),
    ],
)
def test_odd_keys_are_told(line: str, said: str) -> None:
    for text in (
        f"question: x\nattachment:\n  content: y\n  {line}\n",
        f"attachment:\n  variable name: v\n  content: y\n  {line}\n",
    ):
        assert any(said in warning for warning in warnings(text)), warnings(text)


@pytest.mark.parametrize("key", ["allow emailing: True", "allow emailing: maybe"])
def test_sending_by_email_is_told_to_be_missing(key: str) -> None:
    assert any("can't be sent by e-mail yet" in said for said in warnings(f"question: x\n{key}\nattachment:\n  content: y\n"))
    assert warnings("question: x\nallow emailing: False\nattachment:\n  content: y\n") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("attachment:\n  content: x\n", "needs a name for a variable"),
        ("attachment:\n  variable name: v\n", "An attachment needs a text"),
        ("attachment: letter\n", "must consist of lines of the form"),
        ("attachment:\n  variable name: v\n  content: x\n  metadata: y\n", "“metadata” must consist of lines"),
        ("attachment:\n  variable name: v\n  content: x\n  metadata:\n    title: {a: b}\n", "“title” must be a text"),
        ("attachment:\n  variable name: v\n  content: x\n  valid formats: {a: b}\n", "have the one key “code”"),
        ("attachment:\n  variable name: 1v\n  content: x\n", "isn't the name of a variable"),
        ("question: x\nattachment code: [a]\n", "“attachment code” must be an expression"),
    ],
)
def test_mistakes_are_told_before_the_interview_is_run(text: str, said: str) -> None:
    assert said in source_mistake(text).message


# --- files that code makes -------------------------------------------------------------------------------------------------


FILE = """
    objects:
      - my_file: DAFile
    ---
    mandatory: True
    question: ${ my_file.slurp() } [it](${ my_file.url_for() })
    ---
    sets: my_file.initialized
    code: |
      my_file.initialize(filename='notes.txt')
      with open(my_file.path(), 'w') as out:
        out.write('written at ' + 'a path')
      del out
"""


def test_a_file_is_made_when_it_is_needed_and_keeps_what_code_wrote() -> None:
    session = interview(FILE)
    assert session.question.startswith("written at a path")
    number = session.answers["my_file"].number
    assert session.host.files[number] == ("notes.txt", b"written at a path", "text/plain")
    assert session.show().answers["my_file"].number == number


def test_what_code_wrote_is_kept_before_a_task_is_waited_for() -> None:
    session = interview("""
    objects:
      - my_file: DAFile
    ---
    mandatory: True
    code: |
      my_file.initialize()
      if not defined('written'):
        with open(my_file.path(), 'w') as out:
          out.write('once')
        del out
      written = True
      answer = background_action('work').get()
    ---
    mandatory: True
    question: ${ my_file.slurp() } ${ answer }
    ---
    event: work
    code: |
      background_response('done')
    """)
    assert session.question == "once done"


# --- who may see them ------------------------------------------------------------------------------------------------

SHARED = """
    mandatory: True
    question: Here it is
    attachment:
      name: Paper
      filename: paper
      valid formats: [md, html]
      content: For ${ whom }
      private: whom != 'everybody'
      persistent: True
      allow privileges:
        code: |
          ['developer'] if whom == 'developers' else None
    ---
    question: Whom?
    fields:
      - Whom: whom
"""


@pytest.mark.parametrize(
    ("whom", "access"),
    [
        ("everybody", FileAccess(private=False, persistent=True)),
        ("developers", FileAccess(persistent=True, privileges=("developer",))),
        ("nobody", FileAccess(persistent=True)),
    ],
)
def test_those_see_a_document_whom_its_attachment_names(whom: str, access: FileAccess) -> None:
    session = interview(SHARED)
    session.answer(whom=whom)
    session.show()
    numbers = [number for number, (name, _, _) in session.host.files.items() if name in ("paper.md", "paper.html")]
    assert [session.host.file_access(number) for number in numbers] == [access, access]


def test_what_an_author_takes_back_by_code_is_not_given_again_at_the_next_look() -> None:
    session = interview(SHARED)
    session.answer(whom="everybody")
    session.show()
    before = dict.fromkeys(session.host.file_accesses, FileAccess())
    session.host.file_accesses.update(before)
    session.show()
    assert session.host.file_accesses == before


def test_a_modifier_that_means_nothing_is_refused() -> None:
    mistake = source_mistake(SHARED.replace("persistent: True", "persistent: [1]"))
    assert mistake.message == "“persistent” must be True, False, or Python code that gives one of them."
