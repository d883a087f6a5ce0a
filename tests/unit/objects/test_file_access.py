"""Who may see a file besides its session, as authors say it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from docassemble_lite.errors import NoSuchFile
from docassemble_lite.host import Current, FileAccess, Request, entered
from docassemble_lite.objects import DAFile, DAFileCollection, DAFileList, DAList, Individual
from docassemble_lite.objects.opened import close_opened
from tests.unit.engine.interviewing import HostInMemory


@pytest.fixture
def host() -> HostInMemory:
    return HostInMemory()


@pytest.fixture(autouse=True)
def state(host: HostInMemory) -> Iterator[Current]:
    with entered(Current(host=host, request=Request(session="s" * 32))) as made:
        yield made
        close_opened(made)


@pytest.fixture
def file() -> DAFile:
    made = DAFile("letter")
    made.initialize(filename="letter.txt", content="some text")
    return made


def test_a_file_is_its_sessions_alone_at_first(file: DAFile, host: HostInMemory) -> None:
    assert (file.private, file.persistent) == (True, False)
    assert file.user_access() == {"user_ids": [], "emails": [], "temp_user_ids": []}
    assert file.privilege_access() == []
    assert not host.file_access(file.number).reaches_others


def test_attributes_are_set_by_their_method_only(file: DAFile) -> None:
    file.private = False
    file.persistent = True
    assert (file.private, file.persistent) == (True, False)
    file.set_attributes(private=False, persistent=True)
    assert (file.private, file.persistent) == (False, True)
    file.set_attributes(private=True)
    assert (file.private, file.persistent) == (True, True)


def test_people_are_let_in_by_address_id_or_object(file: DAFile) -> None:
    ben = Individual("ben", email="ben@example.com")
    assert file.user_access("ada@example.com") is None
    assert file.user_access() == {"user_ids": [1], "emails": ["ada@example.com"], "temp_user_ids": []}
    file.user_access(DAList("them", elements=[ben]), 1)
    assert file.user_access() == {"user_ids": [1, 2], "emails": ["ada@example.com", "ben@example.com"], "temp_user_ids": []}


def test_whoever_has_no_account_is_passed_over_and_not_named_in_the_log(file: DAFile, host: HostInMemory) -> None:
    file.user_access("nobody@example.com", 77, "ada@example.com")
    assert file.user_access() == {"user_ids": [1], "emails": ["ada@example.com"], "temp_user_ids": []}
    assert len(host.messages) == 2
    assert "nobody@example.com" not in str(host.messages)


@pytest.mark.parametrize("disallow", ["ada@example.com", 1, ["ada@example.com", 77]])
def test_a_permission_is_taken_back(file: DAFile, disallow: object) -> None:
    file.user_access(1, 2)
    file.user_access(disallow=disallow)
    assert file.user_access() == {"user_ids": [2], "emails": ["ben@example.com"], "temp_user_ids": []}


def test_all_permissions_are_taken_back(file: DAFile) -> None:
    file.user_access(1, 2)
    file.privilege_access("user", "developer")
    file.user_access(disallow="all")
    assert file.privilege_access() == ["developer", "user"]
    file.privilege_access(disallow="all")
    assert file.user_access() == {"user_ids": [], "emails": [], "temp_user_ids": []}
    assert file.privilege_access() == []


def test_privileges_are_given_and_taken(file: DAFile) -> None:
    file.privilege_access("developer", ["user"])
    file.privilege_access(disallow=["developer"])
    assert file.privilege_access() == ["user"]
    with pytest.raises(ValueError, match="no privilege “advocate”"):
        file.privilege_access("advocate")


@pytest.mark.parametrize("odd", [True, 1.5, b"ada@example.com", {"email": 1.5}.values()])
def test_what_is_nobody_is_a_mistake(file: DAFile, odd: object) -> None:
    with pytest.raises(TypeError, match="user_access"):
        file.user_access(odd)


def test_what_is_written_into_a_file_may_be_seen_by_the_same_people(file: DAFile) -> None:
    file.set_attributes(private=False)
    file.user_access(1)
    number = file.number
    file.write("another text")
    assert file.number != number
    assert (file.private, file.user_access()) == (
        False,
        {"user_ids": [1], "emails": ["ada@example.com"], "temp_user_ids": []},
    )


def test_lists_and_collections_pass_it_on_to_their_files(host: HostInMemory) -> None:
    listed, collected = DAFileList("listed"), DAFileCollection("collected")
    for number, content in enumerate("ab"):
        listed.appendObject()
        listed[number].initialize(content=content)
        made = DAFile()
        made.initialize(content=content)
        collected.add("pdf" if number else "docx", made)
    listed.gathered = True
    for files in (listed, collected):
        assert files.user_access("ada@example.com") is None
        assert files.privilege_access("user") is None
        assert files.user_access() is files.privilege_access() is None
        files.set_attributes(private=False)
        expected = FileAccess(private=False, user_ids=(1,), privileges=("user",))
        assert [host.file_access(file.number) for file in files] == [expected, expected]


def test_a_name_is_changed_without_the_extension(file: DAFile) -> None:
    file.set_attributes(filename="other.pdf")
    assert (file.filename, file.slurp()) == ("other.pdf.txt", "some text")


def test_another_session_and_unknown_attributes_are_refused(file: DAFile) -> None:
    file.set_attributes(session="s" * 32)
    with pytest.raises(ValueError, match="stays with the session"):
        file.set_attributes(session="t" * 32)
    with pytest.raises(TypeError, match="public"):
        file.set_attributes(public=True)


def test_a_file_that_has_gone_says_so(file: DAFile, host: HostInMemory) -> None:
    host.files.clear()
    with pytest.raises(NoSuchFile):
        file.set_attributes(private=False)
