"""Where fields stand: `grid`, `item grid`, `floating label`, `css class` and `raw html`."""

from __future__ import annotations

import pytest

from docassemble_lite.engine.screen import STACKED, GridPlace
from docassemble_lite.errors import EvaluationError
from tests.unit.engine.interviewing import interview, source_mistake

ASK = """
    mandatory: True
    question: Q
    fields:
      - Name: name
        KEY
    ---
    code: |
      three = 3
      small = 'sm'
    ---
    mandatory: True
    question: The end
"""


def layout_with(key, more=""):
    return interview(more + ASK.replace("KEY", key)).field("name").layout


def test_fields_stand_one_below_the_other():
    assert layout_with("hint: x") == STACKED


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("7", GridPlace(7)),
        ("three + 1", GridPlace(4)),
        ("{width: 3, label width: three, offset: 2}", GridPlace(3, 3, 2)),
        ("{width: 6, breakpoint: '${ small }'}", GridPlace(6, breakpoint="sm")),
        ("{width: 6, start: True, end: three == 3}", GridPlace(6, starts=True, ends=True)),
    ],
)
def test_a_field_has_a_place_in_a_grid(written, place):
    assert layout_with(f"grid: {written}").grid == place


def test_choices_have_places_in_a_grid_of_their_own():
    assert layout_with("item grid: 4").items == GridPlace(4)
    assert layout_with("item grid: {width: 4, breakpoint: lg}").items == GridPlace(4, breakpoint="lg")


@pytest.mark.parametrize("written", ["0", "13", "[1]", "1.5", "True", "{width: 13}"])
def test_a_width_is_one_of_twelve_columns(written):
    assert "no width within a grid" in source_mistake(ASK.replace("KEY", f"grid: {written}")).message


@pytest.mark.parametrize("written", ["three * 5", "{width: three - 3}", "{width: 3, breakpoint: huge}"])
def test_what_is_evaluated_is_judged_too(written):
    with pytest.raises(EvaluationError, match="is no"):
        layout_with(f"grid: {written}")


def test_a_grid_has_no_other_keys():
    assert "has no key “with”" in source_mistake(ASK.replace("KEY", "grid: {with: 3}")).message
    assert "has no key “start”" in source_mistake(ASK.replace("KEY", "item grid: {start: True}")).message


def test_labels_float_where_the_field_or_the_interview_says_so():
    floating = "    features:\n      floating labels: True\n    ---"
    assert layout_with("floating label: three == 3").floating
    assert layout_with("hint: x", floating).floating
    assert not layout_with("floating label: False", floating).floating


def test_a_class_may_be_a_template():
    assert interview(ASK.replace("KEY", "css class: 'c${ three }'")).field("name").css_class == "c3"


def test_raw_html_is_a_kind_of_its_own():
    views = interview(ASK.replace("KEY", "hint: x").replace("fields:", "fields:\n      - raw html: <div>")).screen.fields
    assert [view.kind for view in views] == ["raw html", "input"]
    assert views[0].label_html == "<div>"
