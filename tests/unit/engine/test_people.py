"""What interviews know of the person, of the browser and of where their code runs."""

from __future__ import annotations

import pytest

from docassemble_lite.engine.device import device_of
from docassemble_lite.engine.session_tags import session_tags_to_save
from docassemble_lite.host import InterviewEntry, Person
from tests.unit.engine.interviewing import interview

ANN = Person(
    id=7, email="ann@example.com", first_name="Ann", last_name="Archer", privileges=("advocate",), language="fr", country="FR"
)


def seen(expression: str, **options):
    """What an expression is on a screen."""
    text = f"""
    mandatory: True
    code: |
      seen = {expression}
    ---
    mandatory: True
    question: Hello
    """
    return interview(text, **options).answers["seen"]


# --- the person ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("id", 7),
        ("first_name", "Ann"),
        ("last_name", "Archer"),
        ("name()", "Ann Archer"),
        ("email", "ann@example.com"),
        ("login_method", "local"),
        ("phone_number", None),
        ("country", "FR"),
        ("subdivision_first", ""),
        ("subdivision_second", ""),
        ("subdivision_third", ""),
        ("organization", ""),
        ("language", "fr"),
        ("timezone", ""),
        ("privileges", ["advocate"]),
        ("permissions", ["create_user"]),
    ],
)
def test_who_has_signed_in_is_known(attribute, value):
    settings = {"permissions": {"advocate": ("create_user",)}}
    assert seen(f"user_info().{attribute}", person=ANN, settings=settings) == value


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("id", None),
        ("first_name", "Anonymous"),
        ("last_name", "User"),
        ("name()", "Anonymous User"),
        ("email", None),
        ("login_method", None),
        ("country", None),
        ("organization", None),
        ("language", None),
        ("privileges", ["user"]),
        ("permissions", []),
    ],
)
def test_who_has_not_signed_in_is_nobody_in_particular(attribute, value):
    assert seen(f"user_info().{attribute}") == value


def test_somebody_without_a_name_goes_by_the_address():
    assert seen("user_info().name()", person=Person(id=1, email="x@example.com")) == "x@example.com"


# --- where code runs -----------------------------------------------------------------------------------------------------

CONTEXT = """
    include: other.yml
    ---
    id: greeting
    section: Beginning
    mandatory: True
    question: |
      ${ told(current_context()) }
    field: greeted
    ---
    mandatory: True
    question: |
      ${ told(current_context()) } ${ about }
    """
OTHER = """
    initial: True
    code: |
      def told(where):
        return f'{where.question_id} {where.current_section} {where.variable} {where.current_filename}'
    ---
    code: |
      about = f'{current_context().question_id} {current_context().variable} {user_info().current_filename}'
    """


def test_code_knows_the_question_for_which_it_runs():
    session = interview(CONTEXT, other_yml=OTHER)
    assert session.question == "greeting Beginning None test.yml"
    assert session.answer().question == "None None None test.yml None about other.yml"


@pytest.mark.parametrize(("attribute", "value"), [("filename", ""), ("session", ""), ("package", None), ("interface", "test")])
def test_code_knows_the_session(attribute, value):
    assert seen(f"current_context().{attribute}") == value
    assert seen(f"user_info().{attribute}") == value


# --- the browser ---------------------------------------------------------------------------------------------------------

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.4 Mobile/15E148 Safari/604.1"
)
IPAD = IPHONE.replace("iPhone; CPU iPhone OS", "iPad; CPU OS")
PHONE = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Mobile Safari/537.36"
PC = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15"
LINUX = "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0"
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


@pytest.mark.parametrize(
    ("header", "kinds"),
    [
        (IPHONE, "is_mobile is_touch_capable"),
        (PHONE, "is_mobile is_touch_capable"),
        (IPAD, "is_tablet is_touch_capable"),
        (PHONE.replace("Mobile ", ""), "is_tablet is_touch_capable"),
        (PC, "is_pc"),
        (PC.replace("x64", "x64; Touch"), "is_pc is_touch_capable"),
        (MAC, "is_pc"),
        (LINUX, "is_pc"),
        (BOT, "is_bot"),
        ("nonsense", ""),
        ("x" * 5000, ""),
    ],
)
def test_what_kind_of_device_a_browser_runs_on(header, kinds):
    found = device_of(header)
    names = ("is_mobile", "is_tablet", "is_pc", "is_bot", "is_touch_capable")
    assert [name for name in names if getattr(found, name)] == kinds.split()


def test_browsers_and_systems_have_names_and_versions():
    found = device_of(LINUX)
    assert (found.browser.family, found.browser.version, found.browser.version_string) == ("Firefox", (125, 0), "125.0")
    assert found.os.family == "Ubuntu"
    assert str(found) == "PC / Ubuntu / Firefox 125.0"
    phone = device_of(IPHONE)
    assert (phone.os.family, phone.device.family, phone.device.brand) == ("iOS", "iPhone", "Apple")
    assert str(device_of("")) == "Other / Other / Other"


@pytest.mark.parametrize("expression", ["device()", "device(ip=True)"])
def test_where_there_is_no_browser_there_is_no_device(expression):
    assert seen(expression) is None


def test_nothing_is_known_of_where_a_browser_is_that_was_not_asked():
    assert seen("[location_returned(), location_known(), user_lat_lon()]") == [False, False, (None, None)]


@pytest.mark.parametrize(
    ("location", "value"),
    [
        ("{'latitude': 48.2, 'longitude': 16.4}", [True, True, (48.2, 16.4)]),
        ("{'error': 'denied'}", [True, False, ("denied", "denied")]),
    ],
)
def test_a_browser_can_say_where_it_is_or_that_it_will_not(location, value):
    asked = f"_internal.update(location={location}) or [location_returned(), location_known(), user_lat_lon()]"
    assert seen(asked) == value


# --- tags ----------------------------------------------------------------------------------------------------------------

TAGS = """
    metadata:
      title: Tags
      tags: [pears, apples]
    ---
    mandatory: True
    question: |
      ${ ' '.join(sorted(session_tags())) }
    field: seen
    ---
    mandatory: True
    code: |
      session_tags().add('grapes')
      session_tags().discard('pears')
      session_tags().add(5)
    ---
    mandatory: True
    question: Now ${ len(session_tags()) }
    """


def test_a_session_has_the_tags_of_its_interview_until_code_changes_them():
    session = interview(TAGS)
    assert session.question == "apples pears"
    assert session_tags_to_save(session.evaluation) == ("apples", "pears")
    session.answer()
    assert session.question == "Now 3"
    assert session_tags_to_save(session.evaluation) == ("5", "apples", "grapes")
    assert session.show().question == "Now 3"


def test_the_tags_of_one_session_are_not_those_of_another():
    interview(TAGS).answer()
    assert interview(TAGS).question == "apples pears"
    assert session_tags_to_save(interview("    mandatory: True\n    question: Hello").evaluation) == ()


# --- the server ----------------------------------------------------------------------------------------------------------


def test_no_services_of_others_are_built_in():
    found = seen("server_capabilities()")
    assert {"sms", "fax", "google_login", "phone_login", "google_maps"} <= found.keys()
    assert not any(found.values())


def test_the_interviews_on_the_list_are_told_of():
    session = interview(
        """
    mandatory: True
    question: Hello
    field: ready
    ---
    mandatory: True
    code: |
      plain = interview_menu()
      some = interview_menu(absolute_urls=True, start_new=True, tag='wills')
    ---
    mandatory: True
    question: The end
    """
    )
    session.host.listed = [
        InterviewEntry("a.yml", "/interview?i=a.yml", "Alpha", "First", "", {"title": "Alpha", "tags": ["wills"]}, ("wills",)),
        InterviewEntry("b.yml", "/interview?i=b.yml", "b.yml", has_error=True),
    ]
    answers = session.answer().answers
    assert [(item["title"], item["link"], item["status_class"], item["subtitle_class"]) for item in answers["plain"]] == [
        ("Alpha", "/interview?i=a.yml", "", ""),
        ("b.yml", "/interview?i=b.yml", "dainterviewhaserror", "invisible"),
    ]
    assert answers["some"] == [
        {
            "title": "Alpha",
            "subtitle": "First",
            "filename": "a.yml",
            "link": "http://localhost/interview?i=a.yml&reset=1",
            "metadata": {"title": "Alpha"},
            "package": "",
            "status_class": "",
            "subtitle_class": "",
            "tags": ["wills"],
        }
    ]
