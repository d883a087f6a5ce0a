"""Sections, the progress bar, and `nav`."""

from __future__ import annotations

import pytest

from docassemble_lite.engine.screen import NavigationItem
from tests.unit.engine.interviewing import Interview, interview, source_mistake

TOUR = """
    features:
      navigation: {navigation}
      {features}
    ---
    sections:
      - intro: Introduction
      - about: About you
        subsections:
          - contact: Contact
          - other: Other
      - end: End
    {more}
    ---
    mandatory: True
    question: Hello
    continue button field: hello
    ---
    mandatory: True
    question: Contact
    section: contact
    fields:
      - Name: name
    ---
    mandatory: True
    question: The end
    section: end
    ---
    event: contact
    question: Your contact
    section: contact
    review:
      - Name: name
"""


def tour(navigation: object = True, features: str = "progress bar: False", more: str = "") -> Interview:
    return interview(TOUR.format(navigation=navigation, features=features, more=more))


def bar(session: Interview) -> tuple[NavigationItem, ...]:
    assert session.screen.navigation
    return session.screen.navigation.items


def current(session: Interview) -> list[str]:
    return [item.label for entry in bar(session) for item in (entry, *entry.subsections) if item.current]


def test_the_first_section_is_current_until_another_is_entered():
    assert current(tour()) == ["Introduction"]


def test_a_question_enters_its_section():
    session = tour().answer()
    assert current(session) == ["Contact"]
    assert current(session.answer(name="Ann")) == ["End"]


def test_going_back_leads_back_to_the_section_of_before():
    assert current(tour().answer().back()) == ["Introduction"]


def test_subsections_are_seen_inside_their_section_or_if_they_are_to_be_open():
    assert not bar(tour())[1].subsections
    assert [item.label for item in bar(tour().answer())[1].subsections] == ["Contact", "Other"]
    assert bar(tour(more="auto open: True"))[1].subsections


def test_only_sections_with_a_block_lead_anywhere_and_only_once_they_were_entered():
    session = tour(more="auto open: True")
    assert not bar(session)[1].subsections[0].url
    session.answer()
    assert bar(session)[1].subsections[0].url == "action:contact?"
    assert not bar(session)[1].subsections[1].url
    assert session.act("contact").question == "Your contact"


def test_without_progress_through_them_all_sections_can_be_gone_to_at_once():
    assert bar(tour(more="progressive: False\n    auto open: True"))[1].subsections[0].url


def test_without_the_feature_there_is_no_bar():
    assert tour(False).screen.navigation is None


def test_the_bar_can_lie_above_and_be_a_dropdown_on_small_screens():
    navigation = tour("horizontal", "small screen navigation: dropdown").screen.navigation
    assert navigation is not None
    assert (navigation.horizontal, navigation.small) == (True, "dropdown")


def test_sections_are_those_of_the_language():
    session = interview("""
        features:
          navigation: True
        ---
        language: es
        sections:
          - Fruta
        ---
        sections:
          - Fruit
        ---
        mandatory: True
        question: Q
    """)
    assert [item.label for item in bar(session)] == ["Fruit"]


def nav(code: str) -> Interview:
    return interview(
        f"""
        features:
          navigation: True
        ---
        sections:
          - a: First
          - b: Second
            subsections:
              - c: Third
        ---
        mandatory: True
        code: |
          {code}
        ---
        mandatory: True
        question: ${{ shown }}
        """
    )


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("shown = nav.set_section('b') and not nav.set_section('b')", "True"),
        ("nav.set_section('c'); shown = nav.get_section() + nav.get_section(display=True)", "cThird"),
        ("shown = nav.section_ids()", "['a', 'b', 'c']"),
        ("shown = nav.get_sections()[0]['a']", "First"),
        ("shown = nav.visible(); nav.hide(); shown = [shown, nav.visible()]", "[True, False]"),
        ("nav.hide(); nav.unhide(); shown = nav.visible()", "True"),
        ("nav.disable(); shown = nav.enabled(); nav.enable(); shown = [shown, nav.enabled()]", "[False, True]"),
        ("nav.set_sections(['x', 'y']); shown = nav.section_ids()", "['x', 'y']"),
        ("set_progress(40); shown = get_progress()", "40.0"),
    ],
)
def test_interviews_ask_and_tell_where_they_are(code, shown):
    assert nav(code).question == shown


def test_a_hidden_bar_isnt_shown():
    assert nav("nav.hide(); shown = 1").screen.navigation is None


def test_the_sections_can_stand_in_a_text():
    session = interview("""
        sections:
          - First
          - Second
        ---
        mandatory: True
        question: Q
        subquestion: |
          ${ nav }
    """)
    html = session.screen.subquestion_html
    assert '<li aria-current="step"><span>First</span></li><li><span>Second</span></li>' in html


def test_typed_names_of_sections_are_text():
    session = interview("""
        mandatory: True
        code: |
          nav.set_sections([name])
        ---
        mandatory: True
        question: Q
        subquestion: ${ nav }
        ---
        question: Name?
        fields:
          - N: name
    """).answer(name="*a* & [b](c)")
    assert "<span>*a* &amp; [b](c)</span>" in session.screen.subquestion_html


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ("sections: Fruit", "must be a list"),
        ("sections:\n  - a: A\n    b: B", "must be a text, or of the form"),
        ("sections:\n  - A\nprogressive: maybe", "must be True or False"),
        ("sections:\n  - a: A\n    subsections:\n      - b: B\n        subsections:\n          - C", "of their own"),
    ],
)
def test_sections_that_cant_be_read_are_a_mistake(sections, message):
    assert message in source_mistake(sections).message


# --- progress --------------------------------------------------------------------------------------------------------

STEPS = """
    features:
      progress bar: True
      {features}
    ---
    mandatory: True
    question: One
    continue button field: one
    {progress}
    ---
    mandatory: True
    question: Two
    continue button field: two
    ---
    mandatory: True
    question: Three
    continue button field: three
    progress: 10
    ---
    mandatory: True
    question: Four
    progress: 100
"""


def steps(progress: str = "", features: str = "centered: True") -> list[float | None]:
    session = interview(STEPS.format(progress=progress, features=features))
    found = [session.screen.progress]
    for _ in range(3):
        found.append(session.answer().screen.progress)
    return found


def test_the_bar_advances_by_itself_and_jumps_where_questions_say_so():
    assert steps() == [0, 5, 10, 100]


def test_the_bar_goes_back_only_where_that_is_allowed():
    assert steps("progress: 50") == [50, 52.5, 52.5, 100]
    assert steps("progress: 50", "progress can go backwards: True") == [50, 52.5, 10, 100]


def test_the_way_of_advancing_can_be_chosen():
    assert steps(features="progress bar multiplier: 0.5") == [0, 50, 50, 100]
    assert steps(features="progress bar method: stepped") == [0, 0.5, 10, 100]


def test_zero_hides_the_bar_of_a_question_and_nothing_hides_it_until_it_is_set():
    assert steps("progress: 0") == [None, 5, 10, 100]
    assert steps("progress: null") == [None, None, 10, 100]


def test_seeing_a_screen_again_is_no_progress():
    session = interview(STEPS.format(progress="", features="centered: True")).answer()
    assert session.show().show().screen.progress == 5
    assert session.back().screen.progress == 0


def test_progress_that_is_no_number_is_a_mistake():
    from tests.unit.engine.interviewing import failure

    assert "must be a number" in str(failure(STEPS.format(progress="progress: half", features="centered: True")))
