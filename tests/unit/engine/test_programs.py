"""Compiled interviews: what they are made of, how they are made anew, and what is said about odd keys."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from docassemble_lite.engine.program import build, check_file
from docassemble_lite.engine.source import Sources
from docassemble_lite.errors import AuthorError, InterviewNotFound, SourceError
from tests.unit.engine.interviewing import Interview, folder_of, interview, program, programs, source_mistake

ONE = "mandatory: True\nquestion: One\n"
TWO = "mandatory: True\nquestion: Two\n"
BROKEN = "mandatory: True\nquestion: Three\nquestion: Four\n"


def write(folder: Path, name: str, text: str) -> None:
    """Write a file so that its time of change differs from before."""
    path = folder / name
    moment = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text)
    os.utime(path, ns=(moment + 10**9, moment + 10**9))


# --- made anew -----------------------------------------------------------------------------------------------------------


def test_a_program_is_made_once():
    made, _ = programs(a_yml=ONE)
    assert made.get("a.yml") is made.get("a.yml")


def test_a_changed_file_is_picked_up():
    made, folder = programs(a_yml=ONE)
    assert Interview(made.get("a.yml")).question == "One"
    write(folder, "a.yml", TWO)
    assert Interview(made.get("a.yml")).question == "Two"


def test_a_changed_included_file_is_picked_up():
    made, folder = programs(a_yml="include: b.yml\n", b_yml=ONE)
    assert Interview(made.get("a.yml")).question == "One"
    write(folder, "b.yml", TWO)
    assert Interview(made.get("a.yml")).question == "Two"


def test_p43_a_broken_file_leaves_the_last_good_program_in_service_and_says_so():
    made, folder = programs(a_yml=ONE)
    good = made.get("a.yml")
    write(folder, "a.yml", BROKEN)
    assert made.get("a.yml") is good
    mistake = made.mistake("a.yml")
    assert mistake is not None
    assert (mistake.source, mistake.line) == ("a.yml", 3)


def test_p43_a_broken_included_file_leaves_the_last_good_program_in_service():
    made, folder = programs(a_yml="include: b.yml\n", b_yml=ONE)
    good = made.get("a.yml")
    write(folder, "b.yml", "code: |\n  a = (\n")
    assert made.get("a.yml") is good
    mistake = made.mistake("a.yml")
    assert mistake is not None
    assert mistake.source == "b.yml"


def test_p43_a_file_that_is_gone_leaves_the_last_good_program_in_service():
    made, folder = programs(a_yml=ONE)
    good = made.get("a.yml")
    (folder / "a.yml").unlink()
    assert made.get("a.yml") is good
    assert made.mistake("a.yml") is not None


def test_p43_a_mended_file_is_in_service_at_once():
    made, folder = programs(a_yml=ONE)
    made.get("a.yml")
    write(folder, "a.yml", BROKEN)
    made.get("a.yml")
    write(folder, "a.yml", TWO)
    assert Interview(made.get("a.yml")).question == "Two"
    assert made.mistake("a.yml") is None


def test_p43_a_file_that_was_put_back_is_no_mistake_any_more():
    made, folder = programs(a_yml=ONE)
    made.get("a.yml")
    moment = (folder / "a.yml").stat().st_mtime_ns
    write(folder, "a.yml", BROKEN)
    made.get("a.yml")
    (folder / "a.yml").write_text(ONE)
    os.utime(folder / "a.yml", ns=(moment, moment))
    made.get("a.yml")
    assert made.mistake("a.yml") is None


def test_an_evaluation_keeps_the_program_with_which_it_began():
    made, folder = programs(a_yml="mandatory: True\nquestion: One\nyesno: a\n---\nmandatory: True\nquestion: Old\n")
    session = Interview(made.get("a.yml"))
    write(folder, "a.yml", TWO)
    made.get("a.yml")
    assert session.answer("Yes").question == "Old"


def test_an_interview_that_was_never_good_is_a_mistake_each_time():
    made, _ = programs(a_yml=BROKEN)
    for _ in range(2):
        with pytest.raises(SourceError):
            made.get("a.yml")


def test_an_interview_that_was_never_good_can_be_mended():
    made, folder = programs(a_yml=BROKEN)
    with pytest.raises(SourceError):
        made.get("a.yml")
    write(folder, "a.yml", ONE)
    assert Interview(made.get("a.yml")).question == "One"


def test_an_interview_that_is_not_there_is_not_found():
    made, _ = programs(a_yml=ONE)
    with pytest.raises(InterviewNotFound):
        made.get("b.yml")


# --- include -------------------------------------------------------------------------------------------------------------


def test_an_included_file_stands_where_it_is_included():
    session = interview(
        "    include:\n      - b.yml\n    ---\n    mandatory: True\n    question: Mine",
        b_yml="mandatory: True\nquestion: Theirs\nfield: a",
    )
    assert session.question == "Theirs"


def test_files_include_others_in_turn():
    session = interview("    include: b.yml", b_yml="include: c.yml\n", c_yml=ONE)
    assert session.question == "One"


def test_a_file_is_read_once_however_often_it_is_included():
    found = program("    include:\n      - b.yml\n      - b.yml\n    ---\n    include: b.yml", b_yml=ONE)
    assert len(found.blocks) == 1


def test_files_that_include_each_other_are_no_circle():
    assert (
        interview("    include: b.yml\n    ---\n    mandatory: True\n    question: One", b_yml="include: test.yml\n").question
        == "One"
    )


def test_an_included_file_that_is_not_there_is_a_mistake_at_its_line():
    error = source_mistake("    question: Q\n    ---\n    include:\n      - none.yml")
    assert (error.source, error.line) == ("test.yml", 3)
    assert "none.yml" in error.message


def test_a_mistake_in_an_included_file_names_that_file():
    error = source_mistake("    include: b.yml", b_yml="question: Q\n---\ncode: |\n  a = (\n")
    assert error.source == "b.yml"
    assert error.line is not None
    assert error.line >= 3


def test_an_included_file_may_come_from_a_package():
    root = folder_of({"interviews/a.yml": "include: acme.forms:part.yml\n", "forms/data/questions/part.yml": ONE})
    found = build("a.yml", Sources(root / "interviews", {"acme.forms": root / "forms"}))
    assert Interview(found).question == "One"


def test_a_mapping_to_include_is_a_mistake():
    assert source_mistake("    include:\n      a: b.yml").line == 1


# --- modules -------------------------------------------------------------------------------------------------------------


def test_a_module_is_imported_whole():
    assert (
        interview(
            "    imports:\n      - datetime\n    ---\n    mandatory: True\n    question: ${ datetime.date(2026, 5, 4).year }"
        ).question
        == "2026"
    )


def test_the_names_of_a_module_can_be_used():
    assert (
        interview("    modules:\n      - textwrap\n    ---\n    mandatory: True\n    question: ${ shorten('a  b', 9) }").question
        == "a b"
    )


def test_a_name_with_dots_is_imported_under_its_first_part():
    assert (
        interview("    imports: os.path\n    ---\n    mandatory: True\n    question: ${ os.path.basename('a/b') }").question
        == "b"
    )


@pytest.mark.parametrize("key", ["modules", "imports"])
def test_the_library_itself_need_not_be_imported(key):
    assert (
        interview(f"    {key}:\n      - docassemble.base.util\n    ---\n    mandatory: True\n    question: One").question == "One"
    )


@pytest.mark.parametrize("key", ["modules", "imports"])
def test_a_module_that_is_not_there_is_a_mistake(key):
    error = source_mistake(f"    question: Q\n    ---\n    {key}:\n      - no_such_module")
    assert error.line == 3
    assert "no_such_module" in error.message


# --- metadata, features, parts -------------------------------------------------------------------------------------------


def test_the_title_comes_from_the_metadata():
    session = interview(
        "    metadata:\n      title: My *interview*\n      short title: Mine\n    ---\n    mandatory: True\n    question: Q"
    )
    assert session.program.title == "My *interview*"
    assert session.screen.short_title == "Mine"


def test_without_a_title_the_name_of_the_file_is_the_title():
    root = folder_of({"child_support-form.yml": ONE})
    assert build("child_support-form.yml", Sources(root)).title == "child support form"


def test_metadata_of_several_files_are_put_together():
    found = program(
        "    include: b.yml\n    ---\n    metadata:\n      title: Mine", b_yml="metadata:\n  title: Theirs\n  authors: Ann\n"
    )
    assert (found.metadata["title"], found.metadata["authors"]) == ("Mine", "Ann")


def test_the_last_metadata_say_what_the_screen_shows():
    session = interview(
        "    include: b.yml\n    ---\n    metadata:\n      title: Mine\n    ---\n    mandatory: True\n    question: Q",
        b_yml="metadata:\n  title: Theirs\n",
    )
    assert session.screen.title == "Mine"


def test_features_of_several_blocks_are_put_together():
    found = program("    features:\n      centered: True\n    ---\n    features:\n      labels above fields: True")
    assert found.features == {"centered": True, "labels above fields": True}


@pytest.mark.parametrize("interval", [0, 1, 6000])
def test_a_checkin_interval_is_a_number_of_milliseconds(interval):
    assert program(f"    features:\n      checkin interval: {interval}").features["checkin interval"] == interval


@pytest.mark.parametrize("interval", ["often", "6 seconds", "1.5", "-1", "True", "[6000]"])
def test_any_other_checkin_interval_is_a_mistake(interval):
    mistake = source_mistake(f"    features:\n      centered: True\n      checkin interval: {interval}")
    assert (mistake.line, "milliseconds" in mistake.message) == (3, True)


@pytest.mark.parametrize(
    ("part", "attribute"),
    [("under", "under_html"), ("right", "right_html"), ("pre", "pre_html"), ("post", "post_html")],
)
def test_a_default_part_is_shown_on_every_screen(part, attribute):
    session = interview(
        f"    default screen parts:\n      {part}: Part ${{ 1 + 1 }}\n    ---\n    mandatory: True\n    question: Q"
    )
    assert "Part 2" in getattr(session.screen, attribute)


def test_a_part_of_the_question_comes_before_the_default():
    session = interview(
        "    default screen parts:\n      under: Default\n    ---\n    mandatory: True\n    question: Q\n    under: Own"
    )
    assert "Own" in session.screen.under_html
    assert "Default" not in session.screen.under_html


def test_default_parts_come_before_the_metadata():
    session = interview(
        """
    metadata:
      title: M
    ---
    default screen parts:
      title: P
    ---
    mandatory: True
    question: Q
    """
    )
    assert session.screen.title == "P"


def test_a_default_part_can_be_taken_back():
    session = interview(
        """
    default screen parts:
      under: U
    ---
    default screen parts:
      under: null
    ---
    mandatory: True
    question: Q
    """
    )
    assert session.screen.under_html == ""


@pytest.mark.parametrize("key", ["metadata", "features", "default screen parts"])
def test_a_directive_that_is_a_text_is_a_mistake(key):
    assert source_mistake(f"    question: Q\n    ---\n    {key}: text").line == 3


def test_an_order_that_is_no_list_is_a_mistake():
    assert source_mistake("    order: a").line == 1


def test_a_directive_and_a_block_can_be_one():
    found = program("    metadata:\n      title: T\n    mandatory: True\n    question: Q")
    assert (found.metadata["title"], len(found.blocks)) == ("T", 1)


# --- odd keys ------------------------------------------------------------------------------------------------------------


def warnings(text: str) -> list[str]:
    return [str(warning) for warning in program(text).warnings]


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("subquesiton", "subquestion"),
        ("mandatroy", "mandatory"),
        ("continue button fields", "continue button field"),
        ("filds", "fields"),
    ],
)
def test_an_unknown_key_gets_a_hint(key, meant):
    found = warnings(f"    question: Q\n    {key}: x")
    assert len(found) == 1
    assert f"“{meant}”" in found[0]
    assert "test.yml:2" in found[0]


def test_a_key_of_another_kind_of_block_is_said():
    assert len(warnings("    code: |\n      a = 1\n    subquestion: x")) == 1


def test_known_keys_say_nothing():
    text = """
    id: q
    comment: for colleagues
    mandatory: True
    if: 1 == 1
    need: a
    sets: b
    language: en
    generic object: Individual
    depends on: c
    supersedes: other
    undefine: d
    question: Q
    subquestion: S
    continue button field: x.done
    """
    assert warnings(text) == []


def test_blocks_of_every_kind_are_known():
    text = """
    signature: sig
    question: Sign
    ---
    review:
      - Edit: a
    event: rev
    question: R
    ---
    table: t
    rows: a
    columns:
      - A: row_item
    """
    assert not warnings(text)


def test_a_file_can_be_checked_without_running_it():
    root = folder_of({"a.yml": "question: Q\nsubquesiton: x\n", "b.yml": BROKEN, "c.yml": ONE})
    counts = [len(check_file(root / name, {}, root)) for name in ("a.yml", "b.yml", "c.yml")]
    assert counts == [1, 1, 0]


# --- mistakes of authors ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("question: Q\n---\nmandatory: a =\nquestion: R\n", 3),
        ("question: Q\n---\nif: (\nquestion: R\n", 3),
        ("question: Q\nneed:\n  - a\n  - b c\n", 4),
        ("question: Q\nsets: a b\n", 2),
        ("question: Q\nsets: ''\n", 2),
        ("question: Q\nevent: f()\n", 2),
        ("question: Q\nyesno: 5\n", 2),
        ("question: Q\nyesno: a b\n", 2),
        ("question: Q\ngeneric object: a.b\n", 2),
        ("question: Q\nmandatory: [1]\n", 2),
        ("question: Q\nvalidation code: [1]\nfield: a\n", 2),
        ("question: Q\nvalidation code: |\n  a = 1\n  b = (\nfield: a\n", 4),
        ("question: [1]\n", 1),
        ("question: |\n  Hi\n  ${ a\n", 3),
        ("question: |\n  Hi\n  % if a:\n  b\n", 3),
        ("question: Q\nsubquestion: |\n  ${ a + }\n", 3),
        ("question: Q\nbuttons: 5\n", 2),
        ("question: Q\nfield: a\nbuttons:\n  - [1]\n", 4),
        ("code:\n  a: 1\n", 1),
        ("code: |\n  a = 1\n   b = 2\n", 3),
        ("objects:\n  - a\n", 1),
        ("objects:\n  - a: 1 +\n", 2),
        ("objects:\n  - a b: DAObject\n", 2),
        ("template: a\ncontent: |\n  x\n  ${ (\n", 4),
        ("reset: a b\n", 1),
        ("depends on:\n  a: b\nquestion: Q\n", 1),
        ("question: Q\nneed:\n  post: a\n", None),
    ],
)
def test_an_authors_mistake_has_its_file_and_line(text, line):
    root = folder_of({"forms/a.yml": text})
    if line is None:
        assert build("forms/a.yml", Sources(root)).blocks
        return
    with pytest.raises(AuthorError) as caught:
        build("forms/a.yml", Sources(root))
    assert caught.value.source == "forms/a.yml"
    assert caught.value.path == root / "forms/a.yml"
    assert caught.value.line is not None
    assert abs(caught.value.line - line) <= (1 if "% if" in text or "(" in text or "${ a\n" in text else 0)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("mandatory: True\nquestion: |\n  Hi\n  ${ 1 / 0 }\n", 4),
        ("mandatory: True\nquestion: Q\nsubquestion: |\n  a\n\n  % for b in [0]:\n  ${ 1 / b }\n  % endfor\n", 7),
        ("mandatory: True\ncode: |\n  a = 1\n  1 / 0\n", 4),
        ("question: Q\n---\nmandatory: 1 / 0\nquestion: R\n", 3),
        ("mandatory: True\nquestion: Q\nfields:\n  - A: a\n    default:\n      code: 1 / 0\n", 6),
        ("mandatory: True\nquestion: Q\nfields:\n  - A: a\n    code: 1 / 0\n", 5),
        ("mandatory: True\nquestion: Q\nfields:\n  - 'A ${ 1 / 0 }': a\n", 4),
        ("mandatory: True\nquestion: Q\nfield: a\nbuttons:\n  - code: 1 / 0\n", 5),
        ("mandatory: True\nquestion: Q\nhide continue button: 1 / 0\nfield: a\n", 3),
        ("mandatory: True\nquestion: ${ a }\n---\nneed: 1 / 0\nquestion: A\nfields:\n  - A: a\n", 4),
        ("mandatory: True\nquestion: ${ a }\n---\nif: 1 / 0\nquestion: A\nfields:\n  - A: a\n", 4),
        ("mandatory: True\nquestion: ${ a }\n---\nobjects:\n  - a: 1 / 0\n", 5),
        ("mandatory: True\nquestion: ${ t }\n---\ntemplate: t\ncontent: |\n  x\n  ${ 1 / 0 }\n", 7),
        ("mandatory: True\ncode: |\n  def f():\n    return 1 / 0\n  f()\n", 4),
    ],
)
def test_an_error_while_an_interview_runs_has_its_file_and_line(text, line):
    root = folder_of({"forms/a.yml": text})
    with pytest.raises(AuthorError) as caught:
        Interview(build("forms/a.yml", Sources(root)))
    assert (caught.value.source, caught.value.line) == ("forms/a.yml", line)
    assert caught.value.source_line is not None
    assert "1 / " in caught.value.source_line


def test_an_error_with_an_object_of_the_wrong_kind_has_its_line():
    error = None
    try:
        interview("    mandatory: True\n    question: ${ a }\n    ---\n    objects:\n      - a: int")
    except AuthorError as caught:
        error = caught
    assert error is not None
    assert error.line == 5
