"""Where interviews come from, and that no name leads out of its folder."""

from __future__ import annotations

import sys
from importlib.util import spec_from_file_location
from pathlib import Path

import pytest

from docassemble_lite.engine.source import Sources
from docassemble_lite.errors import InterviewNotFound


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    """`interviews/` with a few files, and the package `acme.forms` beside it."""
    for name in (
        "interviews/a.yml",
        "interviews/sub/b.yaml",
        "interviews/sub/c.yml",
        "interviews/.hidden/d.yml",
        "interviews/notes.txt",
        "interviews/static/top.css",
        "interviews/sub/static/logo.png",
        "forms/data/questions/intake.yml",
        "forms/data/questions/part.yml",
        "forms/data/static/logo.png",
        "forms/secret.yml",
        "outside.yml",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("question: Hi\n")
    return Sources(tmp_path / "interviews", {"acme.forms": tmp_path / "forms"})


def test_a_file_of_the_interviews_folder_is_found_by_its_name(sources):
    assert sources.find("sub/c.yml").name == "sub/c.yml"


def test_a_file_may_end_in_yaml(sources):
    assert sources.find("sub/b.yaml").path.name == "b.yaml"


@pytest.mark.parametrize("name", ["acme.forms:intake.yml", "acme.forms:data/questions/intake.yml"])
def test_a_file_of_a_package_has_one_name_however_it_is_written(sources, name):
    assert sources.find(name).name == "acme.forms:data/questions/intake.yml"


def test_an_included_file_is_looked_for_beside_the_one_that_names_it_first(sources):
    beside = sources.find("acme.forms:intake.yml")
    assert sources.find("part.yml", beside=beside).name == "acme.forms:data/questions/part.yml"


def test_an_included_file_that_is_not_beside_is_found_under_the_interviews_folder(sources):
    assert sources.find("a.yml", beside=sources.find("sub/c.yml")).name == "a.yml"


def test_a_file_beside_another_keeps_its_folder_in_its_name(sources):
    assert sources.find("b.yaml", beside=sources.find("sub/c.yml")).name == "sub/b.yaml"


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "missing.yml",
        "notes.txt",
        "sub",
        "../outside.yml",
        "sub/../../outside.yml",
        "/etc/passwd",
        "a.yml\x00",
        "acme.forms:",
        "acme.forms:../secret.yml",
        "acme.forms:data/../secret.yml",
        "acme.forms:data/questions/../../secret.yml",
        "acme.forms:/etc/passwd",
        "acme.none:intake.yml",
        "acme..forms:intake.yml",
        ".:a.yml",
        "../interviews:a.yml",
        "os:intake.yml",
        ":a.yml",
        "x" * 5000 + ".yml",
    ],
)
def test_a_name_that_is_no_interview_or_leads_elsewhere_is_not_found(sources, name):
    with pytest.raises(InterviewNotFound):
        sources.find(name)


def test_an_absolute_name_is_not_found_even_where_there_is_such_a_file(sources, tmp_path):
    with pytest.raises(InterviewNotFound):
        sources.find(str(tmp_path / "outside.yml"))


def test_a_link_that_leads_out_of_the_folder_is_not_followed(sources, tmp_path):
    (tmp_path / "interviews/link.yml").symlink_to(tmp_path / "outside.yml")
    with pytest.raises(InterviewNotFound):
        sources.find("link.yml")


def test_an_include_does_not_lead_out_of_its_package(sources):
    with pytest.raises(InterviewNotFound):
        sources.find("../../secret.yml", beside=sources.find("acme.forms:intake.yml"))


def test_the_name_of_a_package_imports_nothing(sources, tmp_path, monkeypatch):
    package = tmp_path / "evil_package"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit('imported')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(InterviewNotFound):
        sources.find("evil_package:a.yml")


def test_an_interview_of_a_package_that_is_installed_in_place_is_found(sources, tmp_path, monkeypatch):
    """As `pip install -e` does it: no folder is on Python's path, a finder knows where the package lies."""
    folder = tmp_path / "elsewhere"
    (folder / "data" / "questions").mkdir(parents=True)
    (folder / "__init__.py").write_text("raise SystemExit('imported')")
    (folder / "data" / "questions" / "card.yml").write_text("question: Q\n")

    class Finder:
        @staticmethod
        def find_spec(name, path=None, target=None):
            if name == "in_place":
                return spec_from_file_location(name, folder / "__init__.py", submodule_search_locations=[str(folder)])
            return None

    monkeypatch.setattr("sys.meta_path", [*sys.meta_path, Finder])
    assert sources.find("in_place:card.yml").name == "in_place:data/questions/card.yml"


def test_the_list_of_interviews_is_sorted_and_leaves_out_what_is_hidden(sources):
    assert sources.names() == ["a.yml", "sub/b.yaml", "sub/c.yml"]


def test_the_list_of_interviews_begins_with_those_that_are_in_no_folder_of_their_own(tmp_path):
    for name in ("a/a.yml", "a/b/c.yml", "a/d.yml", "z.yml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("question: Q\n")
    assert Sources(tmp_path).names() == ["z.yml", "a/a.yml", "a/d.yml", "a/b/c.yml"]


def test_the_list_of_a_folder_that_is_not_there_is_empty(tmp_path):
    assert Sources(tmp_path / "none").names() == []


@pytest.mark.parametrize("reference", ["acme.forms:logo.png", "acme.forms:data/static/logo.png"])
def test_a_static_file_of_a_package_is_found(sources, reference):
    path = sources.data_file(reference, "static", None)
    assert path is not None
    assert path.name == "logo.png"


def test_a_static_file_is_found_beside_its_interview(sources):
    path = sources.data_file("logo.png", "static", sources.find("sub/c.yml"))
    assert path is not None
    assert path.parent.parent.name == "sub"


def test_a_static_file_of_the_whole_folder_serves_every_interview(sources):
    assert sources.data_file("top.css", "static", sources.find("sub/c.yml")) is not None


@pytest.mark.parametrize("reference", ["../../../outside.yml", "/etc/passwd", "acme.forms:../../secret.yml", "acme.none:x", ""])
def test_a_static_file_elsewhere_is_not_found(sources, reference):
    assert sources.data_file(reference, "static", sources.find("sub/c.yml")) is None


@pytest.mark.parametrize("reference", ["acme.forms:data/questions/../../secret.yml", "acme.forms:../secret.yml"])
def test_a_reference_to_a_package_does_not_leave_its_data_folder(sources, reference):
    assert sources.data_file(reference, "static", None) is None


@pytest.mark.parametrize("odd", ["\0", "a\0", "x" * 5000, "..", ".", "", "~", "/", "a/" * 2000])
def test_an_address_that_is_no_path_leads_to_no_static_file(sources, odd):
    assert [sources.static_file(*named) for named in ((odd, odd), (odd, "x.png"), ("acme.forms", odd), ("~", odd))] == [None] * 4
