"""Files that come with a form."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image

from docassemble_lite.engine.fields.control_name import control_name
from docassemble_lite.engine.submission import NotAsked, keep_ahead
from docassemble_lite.engine.uploads import Upload, ticket
from docassemble_lite.host import FileAccess, entered
from docassemble_lite.objects import DAFile, DAFileList
from tests.unit.engine.interviewing import Interview, failure, interview
from tests.unit.formats.hostile import HEIC, REFUSED, from_a_phone, package, picture

PAPERS = """
    mandatory: True
    question: Thanks
    subquestion: ${ paper }
    ---
    question: A paper
    fields:
      - Name: name
      - Paper: paper
        datatype: %s
"""


def asking(datatype: str = "file", more: str = "") -> Interview:
    return interview(PAPERS % datatype + "".join(f"        {line}\n" for line in more.splitlines()))


def a_text(name: str = "a.txt", content: bytes = b"some text") -> Upload:
    return Upload(name, content)


def send(session: Interview, *uploads: Upload, variable: str = "paper", name: str = "Ann") -> Interview:
    return session.post(session.form(name=name), {control_name(variable): list(uploads)})


def paper(session: Interview) -> DAFileList:
    value = session.answers["paper"]
    assert isinstance(value, DAFileList)
    return value


def error(session: Interview, variable: str = "paper") -> str:
    return session.field(variable).error


# --- what becomes of them --------------------------------------------------------------------------------------------------


def test_a_file_becomes_a_list_of_one() -> None:
    session = send(asking(), a_text("My notes.TXT"))
    assert session.screen.question == "Thanks"
    (file,) = paper(session).elements
    assert isinstance(file, DAFile)
    assert (file.filename, file.extension, file.mimetype, file.ok) == ("My notes.TXT", "txt", "text/plain", True)
    assert file.instanceName == "paper[0]"
    assert session.host.read_file(file.number) == b"some text"


@pytest.mark.parametrize("accept", ["", "'image/*'", "'.heic'", "'image/jpeg'"])
def test_a_photo_of_a_telephone_becomes_a_jpeg(accept: str) -> None:
    session = send(asking(more=f"accept: |\n  {accept}" if accept else ""), Upload("IMG_1.HEIC", HEIC))
    assert session.screen.question == "Thanks"
    (file,) = paper(session).elements
    assert (file.filename, file.mimetype) == ("IMG_1.jpg", "image/jpeg")


def test_a_photo_of_a_telephone_that_is_none_is_refused() -> None:
    assert "x.heic" in error(send(asking(), Upload("x.heic", HEIC[:300])))
    assert error(send(asking(), Upload("x.mp4", HEIC)))
    assert error(send(asking(more="accept: |\n  'application/pdf'"), Upload("x.heic", HEIC)))


def test_several_files_become_a_list_that_is_gathered() -> None:
    session = send(asking("files"), a_text("a.txt"), a_text("b.txt"))
    assert [file.filename for file in paper(session)] == ["a.txt", "b.txt"]
    assert paper(session).gathered


def test_of_one_file_the_last_counts() -> None:
    session = send(asking(), a_text("a.txt"), a_text("b.txt"))
    assert [file.filename for file in paper(session)] == ["b.txt"]


def test_a_file_must_be_sent_unless_it_need_not_be() -> None:
    assert error(send(asking())) == "This field is required."
    assert send(asking(more="required: False")).answers["paper"] is None


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\ann\\a.txt", "a.txt"),
        ("a<b>&\"c'.txt", "a_b_c_.txt"),
        ("a\r\nSet-Cookie: x.txt", "a_Set-Cookie_ x.txt"),
        ("‮txt.a.txt", "txt.a.txt"),
        ("." * 300 + ".txt", "txt"),
        ("x" * 500 + ".txt", "x" * 116 + ".txt"),
    ],
)
def test_a_name_is_for_people_and_never_a_path(sent: str, kept: str) -> None:
    session = send(asking(), a_text(sent))
    assert paper(session)[0].filename == kept


def test_a_name_that_looks_like_markup_stays_a_name() -> None:
    session = interview(PAPERS.replace("${ paper }", "${ paper[0].filename }") % "file")
    send(session, Upload("a __b__ (c).rtf", b"{\\rtf1 a}"))
    assert "a __b__ (c).rtf" in session.screen.subquestion_html
    assert "<strong>" not in session.screen.subquestion_html


def test_a_text_that_was_sent_is_shown_as_a_text() -> None:
    session = send(asking(), a_text(content=b"<script>alert(1)</script> *a* [FILE 1] ${ name }"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; *a* [FILE 1] ${ name }" in session.screen.subquestion_html


# --- what is refused -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "content"), [pytest.param(name, content, id=what) for what, name, content in REFUSED])
def test_a_hostile_file_is_refused_beside_the_field(name: str, content: bytes) -> None:
    session = send(asking(), Upload(name, content))
    assert session.screen.question == "A paper"
    assert name.rpartition("/")[2].split(".")[0] in error(session)
    assert session.host.files == {}
    assert session.field("name").value == "Ann"


def test_a_file_that_is_too_large_is_refused_and_what_was_typed_is_kept() -> None:
    session = send(asking(), Upload("a.pdf", None))
    assert error(session) == "a.pdf is too large. A file may have at most 16.0 MB."
    assert session.field("name").value == "Ann"


def test_a_session_takes_so_much_and_no_more() -> None:
    session = asking()
    session.host.room = 12
    send(session, a_text(content=b"ten bytes."), name="")
    send(session, a_text("b.txt", b"three"), name="")
    assert error(session) == "There is no room for b.txt: all files together have become too large."


def test_a_file_for_a_field_that_asks_for_none_is_refused() -> None:
    for variable in ("name", "other"):
        with pytest.raises(NotAsked):
            send(asking(), a_text(), variable=variable)


@pytest.mark.parametrize(
    ("datatype", "accept", "name", "content", "fits"),
    [
        ("file", "image/png, image/jpeg", "a.png", picture(), True),
        ("file", "image/png, image/jpeg", "a.gif", picture("GIF"), False),
        ("file", "image/*", "a.gif", picture("GIF"), True),
        ("file", ".docx,.pdf", "a.docx", package(), True),
        ("file", ".pdf", "a.docx", package(), False),
        ("camera", "", "a.gif", picture("GIF"), True),
        ("camera", "", "a.txt", b"text", False),
        ("user", "", "a.txt", b"text", False),
        ("environment", "", "a.txt", b"text", False),
        ("microphone", "", "a.mp3", b"ID3...", True),
        ("microphone", "", "a.webm", b"\x1a\x45\xdf\xa3", True),
        ("microphone", "", "a.png", picture(), False),
        ("camcorder", "", "a.mp4", b"\0\0\0\x20ftypisom", True),
        ("camcorder", "", "a.mp3", b"ID3...", False),
    ],
)
def test_only_what_is_asked_for_is_taken(datatype: str, accept: str, name: str, content: bytes, fits: bool) -> None:
    more = f"accept: |\n  '{accept}'" if accept else ""
    session = send(asking(datatype, more), Upload(name, content))
    assert (session.screen.question == "Thanks") is fits
    assert fits or "isn’t one of the kinds" in error(session)


def test_so_many_files_may_be_sent_and_no_more() -> None:
    session = asking("files", "maxlength: 2")
    send(session, *(a_text(f"{letter}.txt") for letter in "abc"))
    assert error(session) == "You can send at most two files."
    assert len(session.field("paper").kept) == 3


# --- what was sent need not be sent again ----------------------------------------------------------------------------------


def test_what_was_sent_with_a_mistake_elsewhere_is_kept() -> None:
    session = send(asking("files"), a_text(), name="")
    assert session.screen.question == "A paper"
    assert [(item.name, item.size) for item in session.field("paper").kept] == [("a.txt", "1 kB")]
    session.post(session.form(name="Ann"))
    assert [file.filename for file in paper(session)] == ["a.txt"]
    assert len(session.host.files) == 1


def test_what_was_kept_can_be_left_out_and_added_to() -> None:
    session = send(asking("files"), a_text("a.txt"), a_text("b.txt"), name="")
    posted = session.form(name="Ann")
    control = control_name("paper")
    session.post({**posted, control: posted[control][1:]}, {control: [a_text("c.txt")]})
    assert [file.filename for file in paper(session)] == ["b.txt", "c.txt"]


def test_whoever_goes_back_finds_the_file() -> None:
    session = send(asking(), a_text()).back()
    assert [item.name for item in session.field("paper").kept] == ["a.txt"]
    session.post(session.form(name="Ann"))
    assert [file.filename for file in paper(session)] == ["a.txt"]


def test_a_file_can_be_sent_ahead_of_its_form() -> None:
    session = asking()
    evaluation = session._begin()
    kept = keep_ahead(evaluation, session._asked_now, control_name("paper"), a_text())
    session.post({**session.form(name="Ann"), control_name("paper"): [kept.ticket]})
    assert [file.filename for file in paper(session)] == ["a.txt"]
    for control in (control_name("name"), control_name("other"), "_tracker"):
        with pytest.raises(NotAsked):
            keep_ahead(evaluation, session._asked_now, control, a_text())


@pytest.mark.parametrize("forged", ["", "1", "MQ==", "a" * 100, "é", '{"number": 1}'])
def test_nobody_can_write_a_ticket(forged: str) -> None:
    session = asking()
    session.host.make_file("secret.txt", b"secret", "text/plain")
    session.post({**session.form(name="Ann"), control_name("paper"): [forged]})
    assert error(session) in ("Please choose the file again.", "This field is required.")


def test_a_ticket_is_for_one_variable_of_one_session() -> None:
    session = asking()
    number = session.host.make_file("letter.txt", b"for another field", "text/plain")
    evaluation = session._begin()
    with entered(evaluation.current):
        other_field = ticket("letter", number)
        evaluation.current.request = replace(evaluation.current.request, session="another")
        other_session = ticket("paper", number)
    for text in (other_field, other_session):
        session.post({**session.form(name="Ann"), control_name("paper"): [text]})
        assert error(session) == "Please choose the file again."


# --- pictures --------------------------------------------------------------------------------------------------------------


def kept_picture(session: Interview) -> Image.Image:
    return Image.open(io.BytesIO(session.host.read_file(paper(session)[0].number)))


def test_a_photo_is_kept_without_the_place_where_it_was_taken() -> None:
    session = send(asking(), Upload("IMG_1.JPG", from_a_phone(orientation=6)))
    assert b"SECRET" not in session.host.read_file(paper(session)[0].number)
    assert kept_picture(session).size == (20, 30)
    assert '<img class="daimage" alt="" src="/uploadedfile/1.jpg">' in session.screen.subquestion_html


@pytest.mark.parametrize(
    "more", ["maximum image size: 100\nimage upload type: jpeg", "maximum image size: ${ 50 + 50 }\nimage upload type: jpeg"]
)
def test_a_picture_is_scaled_and_converted_as_the_author_says(more: str) -> None:
    session = send(asking(more=more), Upload("a.png", picture(size=(400, 200))))
    assert (paper(session)[0].filename, paper(session)[0].mimetype) == ("a.jpg", "image/jpeg")
    assert kept_picture(session).size == (100, 50)


FEATURES = "features:\n      maximum image size: 100\n    ---"


@pytest.mark.parametrize(("more", "width"), [("", 100), ("maximum image size: None", 400), ("maximum image size: 40", 40)])
def test_an_interview_can_say_it_for_all_its_fields(more: str, width: int) -> None:
    text = f"    {FEATURES}\n" + PAPERS % "file" + (f"        {more}\n" if more else "")
    session = send(interview(text), Upload("a.png", picture(size=(400, 200))))
    assert kept_picture(session).size[0] == width


def test_a_type_that_pictures_can_not_have_is_a_mistake_of_the_author() -> None:
    assert (
        "png, jpeg or bmp"
        in failure(PAPERS.replace("${ paper }", "${ paper } ${ name }") % "file" + "        image upload type: psd\n").message
    )


def test_an_svg_is_a_file_and_never_a_picture() -> None:
    session = send(asking(), Upload("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"))
    assert "<img" not in session.screen.subquestion_html
    assert "<script" not in session.screen.subquestion_html


# --- the control -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("datatype", "more", "shown"),
    [
        ("file", "", {"class": "form-control dafile"}),
        ("files", "", {"multiple": "multiple"}),
        ("file", "accept: |\n  'image/' + 'png'", {"accept": "image/png"}),
        ("file", "file css class: None", {"class": "form-control"}),
        ("file", "file css class: mine", {"class": "form-control mine"}),
        ("camera", "", {"accept": "image/*"}),
        ("user", "", {"accept": "image/*", "capture": "user"}),
        ("environment", "", {"accept": "image/*", "capture": "environment"}),
        ("camcorder", "", {"accept": "video/*"}),
        ("microphone", "", {"accept": "audio/*"}),
    ],
)
def test_a_browser_is_told_what_to_offer(datatype: str, more: str, shown: dict[str, str]) -> None:
    view = asking(datatype, more).field("paper")
    assert view.kind == "file"
    assert shown.items() <= view.attributes.items()


# --- who may see them ------------------------------------------------------------------------------------------------------


HELPER = """
    objects:
      - helper: Individual
    ---
    code: |
      helper.email = "ada@example.com"
      wish = "sure"
    ---"""


def _asking(datatype: str, more: str) -> str:
    return PAPERS % datatype + "".join(f"        {line}\n" for line in more.splitlines())


def test_a_field_says_who_may_see_its_files() -> None:
    more = "private: False\npersistent: |\n  wish == 'sure'\nallow users: [ada@example.com, 2]\nallow privileges: developer"
    session = interview(HELPER + _asking("files", more))
    send(session, a_text("a.txt"), a_text("b.txt"))
    access = FileAccess(private=False, persistent=True, user_ids=(1, 2), privileges=("developer",))
    assert [session.host.file_access(file.number) for file in paper(session)] == [access, access]


def test_code_says_who_may_see_files() -> None:
    more = "allow users:\n  code: |\n    [helper, 2]\nallow privileges:\n  code: |\n    'user'"
    session = interview(HELPER + _asking("file", more))
    send(session, a_text())
    assert session.host.file_access(paper(session)[0].number) == FileAccess(user_ids=(1, 2), privileges=("user",))


def test_nobody_sees_a_file_of_a_form_that_has_to_be_mended() -> None:
    session = send(asking(more="private: False"), a_text(), name="")
    assert error(session, "name")
    assert session.host.file_accesses == {}
    session.post(session.form(name="Ann"))
    assert not session.host.file_access(paper(session)[0].number).private


@pytest.mark.parametrize(
    "more",
    [
        "private: 3",
        "allow users: [1.5]",
        "allow privileges: [1]",
        "allow users:\n  codes: x",
        "allow privileges:\n  code: x\n  more: y",
        "persistent: 'name =='",
    ],
)
def test_a_modifier_that_says_nothing_is_told(more: str) -> None:
    assert (failure(_asking("file", more)).line or 0) >= 8


# --- open files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"), [("a.txt", b"some text"), ("a.docx", package({"a.xml": b"x"})), ("a.png", picture())]
)
def test_a_file_may_be_given_open_and_is_read_from_its_beginning(name: str, content: bytes) -> None:
    opened = io.BytesIO(content)
    opened.seek(3)
    session = send(asking(), Upload(name, opened))
    assert session.host.read_file(paper(session)[0].number) == content


@pytest.mark.parametrize("content", [b"", b"\0\1\2", b"%PDF-1.4 a"])
def test_an_open_file_is_judged_like_any_other(content: bytes) -> None:
    for given in (content, io.BytesIO(content)):
        assert error(send(asking(), Upload("a.txt", given)))
