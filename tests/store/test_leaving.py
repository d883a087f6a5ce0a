"""What becomes of a person's sessions when the person goes, and who has to stay."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from docassemble_lite.errors import SavedByAnother, SessionNotFound
from docassemble_lite.host import Person
from docassemble_lite.settings import Settings
from docassemble_lite.store import passwords, sessions
from docassemble_lite.store.database import Store
from docassemble_lite.store.leaving import delete_person
from docassemble_lite.store.passwords import Effort, PasswordRefused
from docassemble_lite.store.people import EmailTaken, LastAdmin, LinkUsed, PersonNotFound, SignIn, WrongCode
from docassemble_lite.store.tables import db
from docassemble_lite.store.tasks import NewTask

PASSWORD = "kanarienvogel-7261"
OTHER = "another password"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """As little effort for a password as there can be, so that the tests don't wait."""
    monkeypatch.setattr(passwords, "EFFORT", Effort(memory=64, iterations=1, lanes=1))


@pytest.fixture
def ada(store: Store) -> Person:
    """An administrator."""
    return store.people.add("ada@example.com", PASSWORD, privileges=["admin"])


@pytest.fixture
def ben(store: Store) -> Person:
    """Somebody without any privilege."""
    return store.people.add("ben@example.com", PASSWORD)


def id_of(person: Person) -> int:
    """The number of a person who has one."""
    assert person.id
    return person.id


def begin(store: Store, person: Person | None, secret: bytes, *, shared: bool = False) -> str:
    """The id of a new session of the person, with a second step, a task and a file."""
    made = store.sessions.create("a.yml", secret, {}, multi_user=shared, owner_id=person.id if person else None)
    store.sessions.save(made, {"x": 1}, new_step=True, tasks=[NewTask(made.session_id[:20], "work", b"")])
    store.files.add(made.session_id, made.data_key, b"letter", name="letter.txt", mimetype="text/plain")
    return made.session_id


def rows_about(store: Store, session_id: str) -> int:
    """How many rows mention a session."""
    tables = [table for table in db.metadata.sorted_tables if "session_id" in table.c]
    with store.engine.connect() as connection:
        return sum(len(connection.execute(select(table).where(table.c.session_id == session_id)).all()) for table in tables)


def contents(settings: Settings) -> list[str]:
    """The names of all contents of files."""
    return sorted(path.name for path in (settings.data / "files").rglob("*") if path.is_file())


# --- sessions --------------------------------------------------------------------------------------------------------


def test_private_sessions_go_with_all_that_hangs_on_them_and_those_of_others_stay(
    settings: Settings, store: Store, ben: Person, ada: Person, alice: bytes, bob: bytes
) -> None:
    mine = [begin(store, ben, alice) for _ in range(3)]
    shared, others, nobodys = begin(store, ben, alice, shared=True), begin(store, ada, bob), begin(store, None, alice)
    before = contents(settings)
    assert store.sessions.delete_of(id_of(ben), shared=False) == 3
    for session_id in mine:
        assert rows_about(store, session_id) == 0
        with pytest.raises(SessionNotFound):
            store.sessions.peek(session_id)
    for session_id in (shared, others, nobodys):
        assert rows_about(store, session_id) > 2
    assert len(before) - len(contents(settings)) == 3
    assert store.sessions.peek(shared).owner_id is None


def test_shared_ones_go_if_they_are_to(settings: Settings, store: Store, ben: Person, alice: bytes) -> None:
    shared = begin(store, ben, alice, shared=True)
    assert store.sessions.delete_of(id_of(ben), shared=True) == 1
    assert rows_about(store, shared) == 0
    assert contents(settings) == []


def test_many_are_deleted_a_few_at_a_time(store: Store, ben: Person, alice: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "_AT_ONCE", 3)
    for _ in range(8):
        store.sessions.create("a.yml", alice, {}, owner_id=ben.id)
    assert store.sessions.delete_of(id_of(ben), shared=False) == 8
    assert store.sessions.held_by(alice) == []


def test_one_that_is_saved_meanwhile_is_deleted_as_it_is_then(store: Store, ben: Person, alice: bytes) -> None:
    made = store.sessions.create("a.yml", alice, {}, owner_id=ben.id)
    delete, saved = store.sessions.delete, []

    def save_first(seen: object, **options: bool) -> None:
        if not saved:
            saved.append(store.sessions.save(made, {"x": 1}))
        delete(seen, **options)  # type: ignore[arg-type]

    store.sessions.delete = save_first  # type: ignore[method-assign,assignment]
    assert store.sessions.delete_of(id_of(ben), shared=False) == 1
    with pytest.raises(SavedByAnother):
        store.sessions.save(saved[0], {"x": 2})


def test_the_numbers_of_a_person_s_sessions(store: Store, ben: Person, ada: Person, alice: bytes, bob: bytes) -> None:
    for secret, shared in ((alice, False), (bob, False), (alice, True)):
        begin(store, ben, secret, shared=shared)
    begin(store, ada, alice)
    number = id_of(ben)
    assert (store.sessions.count_private(number), store.sessions.count_shared(number)) == (2, 1)
    assert [store.sessions.count_closed(number, secret) for secret in (alice, bob, b"nobody's")] == [1, 1, 2]
    store.sessions.hand_over(bob, alice, grace=timedelta(minutes=1))
    assert store.sessions.count_closed(number, alice) == 0


# --- the person ------------------------------------------------------------------------------------------------------


def test_a_deleted_person_is_nowhere_any_more(store: Store, ben: Person, alice: bytes) -> None:
    token = store.people.log_in(SignIn(ben, store.people.unlock(ben, PASSWORD)))
    begin(store, ben, alice)
    assert delete_person(store, ben, shared=False) == 1
    assert store.people.who(token) is None
    assert store.people.find("ben@example.com") is None
    with pytest.raises(PersonNotFound):
        delete_person(store, ben, shared=False)


def test_what_was_interrupted_leaves_nobody_who_could_sign_in_and_can_be_done_again(
    store: Store, ben: Person, alice: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(store, ben, alice)
    with monkeypatch.context() as broken:
        broken.setattr(store.sessions, "delete_of", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            delete_person(store, ben, shared=False)
    assert store.people.check("ben@example.com", PASSWORD) is None
    assert delete_person(store, ben, shared=False) == 1


def test_the_last_administrator_who_can_sign_in_stays_one(store: Store, ada: Person, ben: Person) -> None:
    store.people.set_privileges(ben, ["admin"])
    store.people.set_active(ben, active=False)
    for deed in (
        lambda: store.people.set_privileges(ada, ["user"], keep_admin=True),
        lambda: store.people.set_active(ada, active=False, keep_admin=True),
        lambda: delete_person(store, ada, shared=True, keep_admin=True),
    ):
        with pytest.raises(LastAdmin):
            deed()
    assert store.people.check("ada@example.com", PASSWORD) == ada
    store.people.set_active(ben, active=True)
    store.people.set_privileges(ada, ["user"], keep_admin=True)


def test_of_two_who_take_the_privilege_from_one_another_one_does(store: Store, ada: Person, ben: Person) -> None:
    for _ in range(5):
        for person in (ada, ben):
            store.people.set_privileges(person, ["admin"])
        both = threading.Barrier(2)

        def take(person: Person, both: threading.Barrier = both) -> bool:
            both.wait()
            try:
                store.people.set_privileges(person, [], keep_admin=True)
            except LastAdmin:
                return False
            return True

        with ThreadPoolExecutor(2) as threads:
            assert sorted(threads.map(take, (ada, ben))) == [False, True]


# --- finding ---------------------------------------------------------------------------------------------------------


def test_people_are_found_by_a_part_of_the_address_or_the_name(store: Store, ada: Person, ben: Person) -> None:
    store.people.set_profile(ben, first_name="Benjamin", last_name="O_Neill")
    store.people.set_privileges(ben, ["advocate", "trainer"])

    def found(words: str, skipped: int = 0) -> list[str]:
        return [account.person.email for account in store.people.page(words, most=10, skipped=skipped)]

    assert found("") == ["ada@example.com", "ben@example.com"]
    assert found("", skipped=1) == ["ben@example.com"]
    for words in ("BEN@", "jamin o", "o_n", " benjamin "):
        assert (found(words), store.people.count(words)) == (["ben@example.com"], 1)
    for words in ("%", "a_a", "\\", "cron", "x" * 5000):
        assert (found(words), store.people.count(words)) == ([], 0)
    assert store.people.page("ben", most=1)[0].person.privileges == ("advocate", "trainer")
    assert store.people.account(id_of(ben)).person.last_name == "O_Neill"
    with pytest.raises(PersonNotFound):
        store.people.account(id_of(store.people.cron()))


# --- links -----------------------------------------------------------------------------------------------------------


def test_a_link_is_used_up_by_what_it_allows_and_not_by_a_mistake(store: Store, ben: Person) -> None:
    link = store.tickets.make("reset", timedelta(hours=1), user_id=ben.id)
    with pytest.raises(PasswordRefused):
        store.people.set_password(ben, "short", link=link)
    with pytest.raises(WrongCode):
        store.people.set_password(ben, OTHER, code="WRONG", link=link)
    assert store.people.check("ben@example.com", PASSWORD)
    store.people.set_password(ben, OTHER, link=link)
    with pytest.raises(LinkUsed):
        store.people.set_password(ben, PASSWORD, link=link)
    assert store.people.check("ben@example.com", OTHER)


def test_an_invitation_is_used_up_by_who_is_added(store: Store, ben: Person) -> None:
    link = store.tickets.make("invite", timedelta(hours=1), email="cleo@example.com")
    with pytest.raises(EmailTaken):
        store.people.add("ben@example.com", PASSWORD, link=link)
    assert store.people.add("cleo@example.com", PASSWORD, link=link)
    with pytest.raises(LinkUsed):
        store.people.add("dora@example.com", PASSWORD, link=link)
    assert store.people.find("dora@example.com") is None


def test_a_code_that_was_used_opens_what_is_open_now(store: Store, ben: Person) -> None:
    first = SignIn(ben, store.people.unlock(ben, PASSWORD))
    code = store.people.new_code(first)
    store.people.set_password(ben, OTHER)
    now = SignIn(ben, store.people.unlock(ben, OTHER))
    assert store.people.recovered(ben, code) == first.secret != now.secret
    store.people.keep_code(now, code)
    assert store.people.recovered(ben, code) == now.secret
