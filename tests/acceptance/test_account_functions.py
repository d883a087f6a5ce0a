"""What functions of interviews tell of people and of their sessions, and change, and to whom."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.acceptance.accounts import PASSWORD
from tests.acceptance.in_process import Client, application, store_of

ASKING = """
question: Ask
fields:
  - Expression: expression
---
mandatory: True
code: |
  expression
  try:
    given = eval(expression, globals())
  except Exception as error:
    given = f"{type(error).__name__}: {error}"
  json_response({"given": json.loads(json.dumps(given, default=str))})
"""
OTHER = """
metadata:
  title: Another one
  subtitle: Beneath
---
mandatory: True
question: What is your word?
fields:
  - Word: the_word
---
mandatory: True
question: Thank you
"""
PERMISSIONS = {"trainer": ("access_user_info", "create_user"), "anonymous": ("access_privileges",)}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder: Path = tmp_path_factory.mktemp("accounts")
    with application(folder, {"ask.yml": ASKING, "other.yml": OTHER}, permissions=PERMISSIONS, pagination_limit=3) as made:
        for name in ("admin", "advocate", "developer", "trainer", "user"):
            store_of(made).people.add(f"{name}@example.com", PASSWORD, privileges=[name], first_name=name.title())
        yield made


@pytest.fixture
def ask(app: Flask) -> Callable[..., Any]:
    """`ask(name, expression)`: what the expression gives to that person, or to nobody."""

    def given(name: str | None, expression: str) -> Any:
        client = Client(app)
        if name:
            client.sign_in(f"{name}@example.com")
        page = client.answer(client.get("/interview?i=ask.yml"), expression=expression)
        return json.loads(page.body)["given"]

    return given


def test_those_who_may_see_the_people_a_few_at_a_time(ask: Callable[..., Any]) -> None:
    for name in ("admin", "advocate", "trainer"):
        people, next_id = ask(name, "get_user_list()")
        assert [person["first_name"] for person in people] == ["Admin", "Advocate", "Developer"]
        rest, last = ask(name, f"get_user_list(next_id={next_id})")
        assert [person["email"] for person in rest][:2] == ["trainer@example.com", "user@example.com"]
        assert last is None or isinstance(last, int)
        assert people[0]["privileges"] == ["admin"]
        assert "active" not in people[0]


@pytest.mark.parametrize("name", ["developer", "user", None])
@pytest.mark.parametrize(
    "expression",
    [
        "get_user_list()",
        "create_user('x@example.com', 'a long password')",
        "invite_user('x@example.com', send=False)",
        "manage_privileges('add', 'x')",
        "set_user_info(email='admin@example.com', first_name='X')",
    ],
)
def test_others_are_refused(ask: Callable[..., Any], name: str | None, expression: str) -> None:
    assert "NotAllowed" in ask(name, expression)


def test_everybody_who_is_signed_in_knows_about_oneself(ask: Callable[..., Any]) -> None:
    assert ask("user", "get_user_info()['email']") == "user@example.com"
    assert ask("user", "get_user_info(email='user@example.com')['first_name']") == "User"
    assert "NotAllowed" in ask("user", "get_user_info(email='admin@example.com')")
    assert ask(None, "get_user_info()") is None
    assert ask("admin", "get_user_info(email='nobody@example.com')") is None


def test_people_change_what_is_known_of_them(ask: Callable[..., Any]) -> None:
    assert ask("user", "set_user_info(last_name='Doe', subdivisionfirst='PA', timezone='Europe/Berlin')") is None
    told = ask("user", "get_user_info()")
    assert (told["last_name"], told["subdivisionfirst"], told["timezone"]) == ("Doe", "PA", "Europe/Berlin")
    assert "Ponder" in ask("user", "set_user_info(timezone='Europe/Ponder')")
    assert "shoe" in ask("user", "set_user_info(shoe='42')")
    assert "NotAllowed" in ask("user", "set_user_info(privileges=['admin'])")
    assert "NotAllowed" in ask("user", "set_user_info(active=True)")


def test_an_administrator_changes_what_others_may_do(app: Flask, ask: Callable[..., Any]) -> None:
    number = ask("admin", "create_user('new@example.com', 'a long password', privileges='trainer', info={'last_name': 'New'})")
    person = store_of(app).people.find_by_id(number)
    assert person is not None
    assert (person.email, person.last_name, person.privileges) == ("new@example.com", "New", ("trainer",))
    ask("admin", "set_user_info(email='new@example.com', privileges=['user', 'advocate'], active=False)")
    known = store_of(app).people.known(number)
    assert known is not None
    assert (known.person.privileges, known.active) == (("advocate", "user"), False)


def test_who_may_only_make_accounts_makes_no_administrators(ask: Callable[..., Any]) -> None:
    assert "NotAllowed" in ask("trainer", "create_user('boss@example.com', 'a long password', privileges=['admin'])")
    assert "NotAllowed" in ask("trainer", "invite_user('boss@example.com', privilege='developer', send=False)")
    assert "/user/register?token=" in ask("trainer", "invite_user('user2@example.com', privilege='user', send=False)")


def test_privileges_are_added_and_removed(app: Flask, ask: Callable[..., Any]) -> None:
    ask("admin", "manage_privileges('add', 'supervisor')")
    assert "supervisor" in ask("admin", "manage_privileges('list')")
    assert ask("admin", "manage_privileges('inspect', 'trainer')") == ["access_user_info", "create_user"]
    assert ask(None, "manage_privileges('list')") == ask("admin", "manage_privileges('list')")
    ask("admin", "set_user_info(email='developer@example.com', privileges=['developer', 'supervisor'])")
    ask("admin", "manage_privileges('remove', 'supervisor')")
    assert "supervisor" not in ask("admin", "manage_privileges('list')")
    person = store_of(app).people.find("developer@example.com")
    assert person is not None
    assert person.privileges == ("developer",)
    assert "PrivilegeRefused" in ask("admin", "manage_privileges('remove', 'admin')")


def test_the_list_of_sessions_is_ones_own(app: Flask, ask: Callable[..., Any]) -> None:
    client = Client(app)
    client.sign_in("advocate@example.com")
    client.answer(client.get("/interview?i=other.yml"), the_word="swan")
    (told,), next_id = ask("advocate", "interview_list(filename='other.yml')")[0][:1], None
    assert next_id is None
    assert (told["title"], told["subtitle"], told["filename"]) == ("Another one", "Beneath", "other.yml")
    assert told["dict"]["the_word"] == "swan"
    assert (told["email"], told["valid"], told["encrypted"]) == ("advocate@example.com", True, True)
    assert ask("user", "interview_list(filename='other.yml')") == [[], None]
    assert ask(None, "interview_list()") == [[], None]
    assert "NotAllowed" in ask("user", "interview_list(user_id='all')")


def test_an_administrator_sees_that_sessions_are_there_and_not_what_is_in_them(app: Flask, ask: Callable[..., Any]) -> None:
    client = Client(app)
    client.sign_in("trainer@example.com")
    client.get("/interview?i=other.yml")
    found = ask("admin", "interview_list(user_id='all', filename='other.yml', exclude_invalid=False)")[0]
    assert found[0]["email"] == "trainer@example.com"
    assert (found[0]["valid"], found[0]["dict"]) == (False, {})
    assert ask("admin", "interview_list(user_id='all', filename='other.yml')")[0] == []


def test_sessions_are_deleted_one_by_one_and_all(app: Flask, ask: Callable[..., Any]) -> None:
    client = Client(app)
    client.sign_in("user@example.com")
    for _ in range(3):
        client.get("/interview?i=other.yml&new_session=1")
    sessions = [info["session"] for info in ask("user", "interview_list(filename='other.yml', include_dict=False)")[0]]
    assert len(sessions) == 3
    assert ask("developer", f"interview_list(action='delete', filename='other.yml', session='{sessions[0]}')") == 0
    assert ask("user", f"interview_list(action='delete', filename='other.yml', session='{sessions[0]}')") == 1
    assert ask("user", "interview_list(action='delete_all', filename='other.yml')") == 2
    assert "ValueError" in ask("user", "interview_list(action='delete_all_of_them')")


def test_pages_of_the_list_follow_one_another(app: Flask, ask: Callable[..., Any]) -> None:
    client = Client(app)
    client.sign_in("developer@example.com")
    for _ in range(5):
        client.get("/interview?i=other.yml&new_session=1")
    expression = "interview_list(filename='other.yml', include_dict=False, next_id={})"
    first, next_id = ask("developer", expression.format(None))
    second, last = ask("developer", expression.format(next_id))
    assert (len(first), len(second), last) == (3, 2, None)
    assert len({info["session"] for info in first + second}) == 5


def test_the_list_can_be_asked_for_sessions_under_a_condition(app: Flask, ask: Callable[..., Any]) -> None:
    person = store_of(app).people.add("query@example.com", PASSWORD, first_name="Query")
    client = Client(app)
    client.sign_in(person.email)
    client.answer(client.get("/interview?i=other.yml"), the_word="swan")
    of_everybody = "interview_list(user_id='all', exclude_invalid=False, include_dict=False, query={})[0]"
    query = "DA.Sessions.first_name == 'Query' & DA.Sessions.modtime > '1/1/2026'"
    assert {info["email"] for info in ask("admin", of_everybody.format(query))} == {person.email}
    assert ask("admin", of_everybody.format("DA.Sessions.modtime < '1/1/2026'")) == []
    assert "NotAllowed" in ask("user", of_everybody.format(query))
    assert "NoQuery" in ask("admin", of_everybody.format("'first_name'"))
    assert (
        ask("admin", f"interview_list(user_id={person.id}, action='delete_all', query=DA.Sessions.filename == 'other.yml')") == 1
    )


def test_the_session_in_which_all_are_deleted_goes_on(app: Flask, ask: Callable[..., Any]) -> None:
    person = store_of(app).people.add("tidy@example.com", PASSWORD)
    Client(app).sign_in(person.email).get("/interview?i=other.yml")
    assert ask("tidy", "interview_list(action='delete_all')") == 1
    assert ask("tidy", "[info['filename'] for info in interview_list(include_dict=False)[0]]") == ["ask.yml", "ask.yml"]


def test_the_last_administrator_takes_nothing_away_from_themselves(app: Flask, ask: Callable[..., Any]) -> None:
    for change in ("privileges=['user']", "active=False"):
        assert ask("admin", f"set_user_info({change})").startswith("LastAdmin: ")
    known = store_of(app).people.known(None, "admin@example.com")
    assert known is not None
    assert (known.active, known.person.privileges) == (True, ("admin",))


def test_what_is_not_known_of_a_new_person_is_left_out(app: Flask, ask: Callable[..., Any]) -> None:
    number = ask("admin", "create_user('iris@example.com', 'a long password', info={'last_name': None, 'country': 'fr'})")
    person = store_of(app).people.find_by_id(number)
    assert person is not None
    assert (person.last_name, person.country) == ("", "FR")


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("set_user_info(country='XX')", "ValueError: There is no country"),
        ("invite_user('nobody', send=False)", "EmailRefused: “nobody” is no e-mail address."),
        ("invite_user('User@example.com', send=False)", "EmailTaken: "),
        ("manage_privileges('add', 'anonymous')", "PrivilegeRefused: “anonymous” is what interviews call people"),
        ("manage_privileges('inspect', 'nonesuch')", "ValueError: There is no privilege “nonesuch”. There are: admin,"),
        ("manage_privileges('inspect')", "ValueError: manage_privileges() takes"),
        ("get_user_info(user_id='ada')", "ValueError: A user_id is the number of a person"),
        ("interview_list(user_id='ada')", "ValueError: A user_id is the number of a person"),
        ("interview_list(next_id='next')", "ValueError: next_id is what the call before gave"),
    ],
)
def test_what_cannot_be_is_refused_and_said(ask: Callable[..., Any], expression: str, told: str) -> None:
    assert ask("admin", expression).startswith(told)
