"""Files as interviews see them."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

from docassemble_lite.errors import NoSuchFile
from docassemble_lite.host import Current, entered
from docassemble_lite.objects import DAAttributeError, DAFile, DAFileCollection, DAFileList
from docassemble_lite.objects.file_names import clean_name
from docassemble_lite.objects.opened import close_opened, commit_opened
from tests.unit.engine.interviewing import HostInMemory


@pytest.fixture
def host() -> HostInMemory:
    return HostInMemory()


@pytest.fixture(autouse=True)
def state(host: HostInMemory) -> Iterator[Current]:
    """An evaluation with a host that keeps files."""
    with entered(Current(host=host)) as made:
        yield made
        close_opened(made)


def a_file(content: str | bytes = "some text", **more: str) -> DAFile:
    file = DAFile("letter")
    file.initialize(content=content, **more)
    return file


# --- beginning -------------------------------------------------------------------------------------------------------------


def test_a_new_object_is_no_file_yet() -> None:
    file = DAFile("letter")
    assert not file.ok
    with pytest.raises(DAAttributeError) as caught:
        file.path()
    assert caught.value.wanted == "letter.initialized"


@pytest.mark.parametrize("use", ["show", "url_for", "slurp", "size_in_bytes", "num_pages", "retrieve", "__str__"])
def test_whatever_needs_the_file_seeks_what_makes_it_one(use: str) -> None:
    with pytest.raises(DAAttributeError) as caught:
        getattr(DAFile("letter"), use)()
    assert caught.value.wanted == "letter.initialized"


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"filename": "image.jpg"}, ("image.jpg", "jpg", "image/jpeg")),
        ({"extension": "jpg"}, ("file.jpg", "jpg", "image/jpeg")),
        ({"filename": 'a.b="<x>', "mimetype": "text/plain"}, ("a.b_x.bx", "bx", "text/plain")),
        ({"filename": "a." + "b" * 50, "mimetype": "text/plain"}, ("a." + "b" * 50 + "." + "b" * 20, "b" * 20, "text/plain")),
        ({}, ("file.txt", "txt", "text/plain")),
        ({"filename": "notes"}, ("notes.txt", "txt", "text/plain")),
        ({"filename": "notes", "extension": ".MD"}, ("notes.md", "md", "text/markdown")),
        ({"mimetype": "application/pdf"}, ("file.pdf", "pdf", "application/pdf")),
        ({"filename": "x.zzz"}, ("x.zzz", "zzz", "application/octet-stream")),
        ({"filename": "../../etc/passwd"}, ("etc_passwd.txt", "txt", "text/plain")),
        ({"extension": "../x"}, ("file.x", "x", "application/octet-stream")),
    ],
)
def test_a_file_has_a_name_and_a_type(given: dict[str, str], found: tuple[str, str, str]) -> None:
    file = a_file(**given)
    assert (file.filename, file.extension, file.mimetype) == found
    assert file.ok
    assert file.initialized


def test_a_file_that_is_one_stays_what_it_is() -> None:
    file = a_file("first")
    file.initialize(filename="other.pdf", content="second")
    assert (file.filename, file.slurp()) == ("file.txt", "first")
    file.initialize(filename="other.pdf", content=b"second", reinitialize=True)
    assert (file.filename, file.slurp()) == ("other.pdf", b"second")


# --- content ---------------------------------------------------------------------------------------------------------------


def test_texts_and_bytes_are_read_as_what_they_are() -> None:
    assert a_file("Grüße\n").slurp() == "Grüße\n"
    assert a_file("Grüße", filename="a.pdf").slurp() == "Grüße".encode()
    assert a_file("Grüße").slurp(auto_decode=False) == "Grüße".encode()
    assert a_file("a\nb\n").readlines() == ["a\n", "b\n"]
    assert a_file("Grüße").size_in_bytes() == 7


def test_what_is_written_replaces_the_content() -> None:
    file = a_file("old")
    file.write("new")
    assert file.slurp() == "new"
    file.write(b"\xff\x00", binary=True)
    assert file.slurp(auto_decode=False) == b"\xff\x00"


def test_what_was_there_before_is_still_there_for_whoever_goes_back(host: HostInMemory) -> None:
    file = a_file("old")
    before = pickle.dumps(file)
    file.write("new")
    assert (pickle.loads(before).slurp(), file.slurp()) == ("old", "new")


def test_writing_the_same_again_makes_no_other_file(host: HostInMemory) -> None:
    file = a_file("same")
    number = file.number
    file.write("same")
    assert (file.number, len(host.files)) == (number, 1)


def test_a_file_can_be_copied_from_another_one_and_from_a_path(tmp_path: Path) -> None:
    (tmp_path / "given.bin").write_bytes(b"\x00given")
    file = a_file("old")
    file.copy_into(a_file("other"))
    assert file.slurp() == "other"
    file.copy_into(str(tmp_path / "given.bin"))
    assert file.slurp(auto_decode=False) == b"\x00given"


def test_a_file_that_has_gone_says_so(host: HostInMemory) -> None:
    file = a_file()
    host.files.clear()
    with pytest.raises(NoSuchFile):
        file.slurp()


# --- paths -----------------------------------------------------------------------------------------------------------------


def test_code_finds_the_content_under_a_path() -> None:
    path = Path(a_file("text", filename="letter to ann.md").path())
    assert path.read_text() == "text"
    assert path.suffix == ".md"
    assert path.parent.stat().st_mode & 0o077 == 0


def test_a_path_says_nothing_of_the_name() -> None:
    assert "ann" not in a_file(filename="ann.txt").path()


def test_what_code_writes_at_the_path_is_kept(state: Current) -> None:
    file = a_file("old")
    Path(file.path()).write_text("new")
    commit_opened(state)
    assert file.slurp() == "new"


def test_it_is_read_before_it_is_kept() -> None:
    file = a_file("old")
    Path(file.path()).write_text("newer")
    assert file.slurp() == "newer"
    assert file.size_in_bytes() == 5
    assert file.path() == file.path()


def test_what_is_written_otherwise_is_at_the_path_too() -> None:
    file = a_file("old")
    path = Path(file.path())
    file.write("new text")
    assert path.read_text() == "new text"


def test_a_path_that_was_only_read_makes_no_other_file(state: Current, host: HostInMemory) -> None:
    Path(a_file().path()).read_text()
    commit_opened(state)
    assert len(host.files) == 1


def test_nothing_is_left_under_the_path_after_the_evaluation(state: Current) -> None:
    path = Path(a_file().path())
    close_opened(state)
    assert not path.exists()
    assert not path.parent.exists()


def test_nothing_is_left_of_an_evaluation_that_was_given_up(host: HostInMemory) -> None:
    state = Current(host=host)
    with entered(state):
        path = Path(a_file().path())
    del state
    assert not path.parent.exists()


# --- showing ---------------------------------------------------------------------------------------------------------------


def test_a_file_is_shown_as_a_link_to_it() -> None:
    file = a_file(filename="my_letter.rtf")
    assert str(file) == "[my\\_letter.rtf](/uploadedfile/1.rtf)"
    assert file.show(alt_text="*this*") == "[\\*this\\*](/uploadedfile/1.rtf)"
    file.set_alt_text("What Ann wrote")
    assert str(file) == "[What Ann wrote](/uploadedfile/1.rtf)"


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.mp3", "a.mp4", "a.txt"])
def test_pictures_recordings_and_texts_are_shown_themselves(name: str) -> None:
    file = a_file(filename=name)
    assert str(file) == "[FILE 1, None]"
    assert file.show(width="2 in") == "[FILE 1, 2in]"
    file.set_alt_text("A [door]\nthat is open")
    assert file.show(width=100) == "[FILE 1, 100, A &#91;door&#93; that is open]"


def test_an_address_can_be_for_saving_and_for_others() -> None:
    file = a_file()
    assert file.url_for(attachment=True) == "/uploadedfile/1.txt?attachment=1"
    assert file.url_for(external=True) == "http://localhost/uploadedfile/1.txt"


def test_an_address_can_hold_for_a_while_for_everybody() -> None:
    file = a_file()
    assert file.url_for(temporary=True) == "http://localhost/temporary-file/1.txt?seconds=30"
    assert file.url_for(temporary=True, seconds=60, attachment=True).endswith("1.txt?seconds=60&attachment=1")
    with pytest.raises(ValueError, match="more than 0"):
        file.url_for(temporary=True, seconds=0)


def test_an_address_can_be_that_of_a_page_of_a_pdf() -> None:
    file = a_file(filename="a.pdf")
    file.pages = 2
    assert file.url_for(page=2) == "/uploadedfile/1.pdf?page=2&size=page"
    assert file.url_for(page=1, size="screen", external=True) == "http://localhost/uploadedfile/1.pdf?page=1&size=screen"
    for more in ({"page": 3}, {"page": 0}, {"page": 1, "size": "huge"}, {"page": 1, "temporary": True}):
        with pytest.raises(ValueError, match="no such picture"):
            file.url_for(**more)  # type: ignore[arg-type]


def test_pages_are_known_of_what_was_assembled_here_without_reading_it() -> None:
    assert a_file().num_pages() == 1
    file = a_file(filename="a.pdf")
    with pytest.raises(ValueError, match="can't be read"):
        file.num_pages()
    file.pages = 3
    assert file.num_pages() == 3
    file.write(b"other", binary=True)
    with pytest.raises(ValueError, match="can't be read"):
        file.num_pages()


# --- several ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def collection() -> DAFileCollection:
    """A letter as PDF and as RTF."""
    made = DAFileCollection("letter", info={"name": "A letter", "filename": "letter", "description": "", "formats": []})
    for extension in ("pdf", "rtf"):
        file = DAFile(f"letter.{extension}")
        file.initialize(filename=f"letter.{extension}", content=extension)
        made.add(extension, file)
    return made


def test_a_collection_has_a_file_for_each_format(collection: DAFileCollection) -> None:
    assert collection.pdf.filename == "letter.pdf"
    assert [file.extension for file in collection] == ["pdf", "rtf"]
    assert collection.info["name"] == "A letter"
    with pytest.raises(DAAttributeError) as caught:
        collection.docx
    assert caught.value.wanted == "letter.docx"


def test_a_collection_stands_for_its_first_format(collection: DAFileCollection) -> None:
    assert collection.url_for() == collection.pdf.url_for()
    assert collection.slurp() == b"pdf"
    assert Path(collection.path()).read_bytes() == b"pdf"
    assert collection.size_in_bytes() == 3
    collection.pdf.pages = 2
    assert collection.num_pages() == 2


def test_a_collection_is_shown_as_its_pdf_and_links_to_other_formats(collection: DAFileCollection) -> None:
    assert str(collection) == "[FILE 1, None] [letter.rtf](/uploadedfile/2.rtf)"


def test_an_empty_collection_has_no_first_format() -> None:
    with pytest.raises(NoSuchFile, match="empty_one has no file"):
        DAFileCollection("empty_one").url_for()


def test_a_list_of_files_stands_for_its_first_one() -> None:
    files = DAFileList("uploads", elements=[a_file("one"), a_file("two")])
    assert files.slurp() == "one"
    assert files.url_for() == files[0].url_for()
    assert str(files) == f"{files[0]} {files[1]}"
    assert files.num_pages() == 2


def test_files_are_stored_with_the_answers(collection: DAFileCollection) -> None:
    answers = {"letter": collection, "same": collection.pdf, "list": DAFileList("l", elements=[collection.rtf])}
    again = pickle.loads(pickle.dumps(answers))
    assert again["same"] is again["letter"].pdf
    assert again["list"][0].slurp(auto_decode=False) == b"rtf"
    assert [file.filename for file in again["letter"]] == ["letter.pdf", "letter.rtf"]


def test_a_file_as_plain_data_is_its_number_and_name() -> None:
    plain = a_file().as_serializable()
    assert plain["_class"] == "docassemble.base.util.DAFile"
    assert (plain["number"], plain["filename"], plain["mimetype"]) == (1, "file.txt", "text/plain")


# --- names -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Letter to Ann (2).pdf", "Letter to Ann (2).pdf"),
        ("Überweisung 漢字", "Überweisung 漢字"),
        ('a/b\\c:d*e?f"g<h>i|j\nk\0l', "a_b_c_d_e_f_g_h_i_j_k_l"),
        ("..hidden.", "hidden"),
        ("...", "file"),
        ("", "file"),
        ("\u202egnp.exe", "gnp.exe"),
        ("e\u0301", "\u00e9"),
    ],
)
def test_a_name_is_made_safe(text: str, name: str) -> None:
    """P34"""
    assert clean_name(text) == name


def test_a_long_name_keeps_its_extension() -> None:
    name = clean_name("x" * 500 + ".docx")
    assert len(name) == 120
    assert name.endswith("x.docx")
