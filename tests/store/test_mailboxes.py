"""Mailboxes: whose they are, what is put in, who can read it, and for how long."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from docassemble_lite.errors import AnswersTampered, NoSuchFile, SessionNotFound
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store
from docassemble_lite.store.loaded import Loaded
from docassemble_lite.store.mailboxes import Mailbox, MailboxGone, Slot
from docassemble_lite.store.tables import emails, files, mailboxes, tasks
from docassemble_lite.store.tasks import NewTask

CANARY = b"Subject: kanarienvogel\r\n\r\nNobody else is to read that."


@pytest.fixture
def session(store: Store, alice: bytes) -> Loaded:
    return store.sessions.create("a.yml", alice, {})


def _obtained(store: Store, session: Loaded, key: str | int | None = None, index: int | None = None) -> Mailbox:
    return store.mailboxes.obtain(session.session_id, session.data_key, key, index, b"on whose behalf")


def _slot(store: Store, mailbox: Mailbox) -> Slot:
    found = store.mailboxes.find(mailbox.local_part)
    assert found
    return found


def _put_in(store: Store, mailbox: Mailbox, content: bytes = CANARY, digest: str = "1", **more: object) -> bool:
    return store.mailboxes.put_in(_slot(store, mailbox), store.mailboxes.new_number(), content, digest, **more)  # type: ignore[arg-type]


def _count(store: Store, table: object) -> int:
    with store.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0  # type: ignore[arg-type]


def _on_disk(settings: Settings) -> list[Path]:
    return [path for path in (settings.data / "files").rglob("*") if path.is_file()]


def test_the_same_address_is_given_for_the_same_purpose(store: Store, session: Loaded) -> None:
    purposes = [(None, None), ("evidence", None), ("evidence", 1), ("evidence", 2), (1, None), ("1", None)]
    addresses = [_obtained(store, session, *purpose).local_part for purpose in purposes]
    assert len(set(addresses)) == len(purposes)
    assert [_obtained(store, session, *purpose).local_part for purpose in purposes] == addresses
    found = store.mailboxes.of_session(session.session_id, session.data_key)
    assert {(mailbox.local_part, mailbox.key, mailbox.index) for mailbox in found} == {
        (address, *purpose) for address, purpose in zip(addresses, purposes, strict=True)
    }


def test_p21_an_address_has_eighty_random_bits(store: Store, session: Loaded) -> None:
    addresses = [_obtained(store, session, key).local_part for key in range(200)]
    assert all(re.fullmatch("[a-z2-7]{16}", address) for address in addresses)
    # at each place nearly all of the 32 letters come up
    assert min(len({address[place] for address in addresses}) for place in range(16)) > 25


def test_another_session_has_other_addresses(store: Store, session: Loaded, bob: bytes) -> None:
    other = store.sessions.create("a.yml", bob, {})
    assert _obtained(store, session).local_part != _obtained(store, other).local_part


def test_a_session_that_has_gone_gets_no_address(store: Store, session: Loaded) -> None:
    store.sessions.delete(session)
    with pytest.raises(SessionNotFound):
        _obtained(store, session)


def test_what_is_put_in_can_be_read_by_the_session(store: Store, session: Loaded) -> None:
    mailbox = _obtained(store, session)
    assert _put_in(store, mailbox)
    (email,) = store.mailboxes.emails_of(mailbox)
    assert store.mailboxes.message(mailbox, email) == CANARY
    assert email.size == len(CANARY)
    assert store.mailboxes.email(session.session_id, email.number) == email


def test_nobody_finds_a_message_among_the_files(store: Store, session: Loaded) -> None:
    mailbox = _obtained(store, session)
    _put_in(store, mailbox)
    (email,) = store.mailboxes.emails_of(mailbox)
    with pytest.raises(NoSuchFile):
        store.files.info(email.number, session.session_id, session.data_key)


def test_a_private_session_alone_can_read_what_it_was_sent(store: Store, settings: Settings, session: Loaded) -> None:
    """With all that the server has, and without the person's secret."""
    mailbox = _obtained(store, session, "opposing counsel")
    _put_in(store, mailbox)
    with store.engine.connect() as connection:
        rows = [connection.execute(select(table)).all() for table in (mailboxes, emails, files)]
    kept = repr(rows).encode() + b"".join(path.read_bytes() for path in _on_disk(settings))
    assert b"kanarienvogel" not in kept
    assert b"opposing" not in kept
    slot = _slot(store, mailbox)
    assert slot.sealed_key is None
    for key in (slot.slot, store.vault.new_data_key()):
        with pytest.raises(AnswersTampered):
            store.vault.take_out(key, _on_disk(settings)[0].read_bytes(), session=session.session_id, part="")


def test_a_message_that_was_moved_or_altered_is_not_read(store: Store, settings: Settings, session: Loaded) -> None:
    """P24: an e-mail is bound to its place like answers are."""
    mailbox = _obtained(store, session)
    _put_in(store, mailbox)
    (email,) = store.mailboxes.emails_of(mailbox)
    (path,) = _on_disk(settings)
    content = path.read_bytes()
    for place in (0, 1, 40, len(content) - 1):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with pytest.raises(AnswersTampered):
            store.mailboxes.message(mailbox, email)
    path.write_bytes(content[:20])
    with pytest.raises(AnswersTampered):
        store.mailboxes.message(mailbox, email)


def test_p19_the_same_message_is_kept_once(store: Store, settings: Settings, session: Loaded) -> None:
    """P19: 10 deliveries, 1 e-mail, and nothing left over."""
    mailbox = _obtained(store, session)
    assert [_put_in(store, mailbox) for _ in range(10)] == [True] + [False] * 9
    assert (len(store.mailboxes.emails_of(mailbox)), len(_on_disk(settings)), _count(store, files)) == (1, 1, 1)


def test_p19_of_two_deliveries_at_once_one_is_kept(
    store: Store, settings: Settings, session: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P19: the second one finds the first only when it writes."""
    mailbox = _obtained(store, session)
    slot = _slot(store, mailbox)
    write = type(store.mailboxes)._write

    def after_another(self: object, *row: object) -> None:
        monkeypatch.undo()
        assert _put_in(store, mailbox)
        write(self, *row)  # type: ignore[arg-type]

    monkeypatch.setattr(type(store.mailboxes), "_write", after_another)
    assert not store.mailboxes.put_in(slot, store.mailboxes.new_number(), CANARY, "1")
    assert (len(store.mailboxes.emails_of(mailbox)), len(_on_disk(settings))) == (1, 1)


def test_the_same_message_may_go_to_two_addresses(store: Store, session: Loaded) -> None:
    one, two = _obtained(store, session, 1), _obtained(store, session, 2)
    assert _put_in(store, one)
    assert _put_in(store, two)


@pytest.mark.parametrize("address", ["", "a", "a" * 16, "A" * 17, "é" * 16, "aaaaaaaaaaaaaaa%", "0" * 16])
def test_what_nobody_obtained_is_not_found(store: Store, session: Loaded, address: str) -> None:
    _obtained(store, session)
    assert store.mailboxes.find(address) is None


def test_an_address_may_be_written_in_capitals(store: Store, session: Loaded) -> None:
    mailbox = _obtained(store, session)
    assert _slot(store, replace(mailbox, local_part=mailbox.local_part.upper())).session_id == session.session_id


def test_p21_an_address_can_be_given_up(store: Store, session: Loaded) -> None:
    """P21: nothing more comes in, what came stays, and another one is given out for the same purpose."""
    mailbox = _obtained(store, session, "x")
    slot = _slot(store, mailbox)
    _put_in(store, mailbox)
    close = store.mailboxes.close
    assert close(session.session_id, session.data_key, "x", None)
    assert not close(session.session_id, session.data_key, "x", None)
    assert store.mailboxes.find(mailbox.local_part) is None
    with pytest.raises(MailboxGone):
        store.mailboxes.put_in(slot, store.mailboxes.new_number(), CANARY, "2")
    (known,) = store.mailboxes.of_session(session.session_id, session.data_key)
    assert known.closed
    assert len(store.mailboxes.emails_of(known)) == 1
    assert _obtained(store, session, "x").local_part != mailbox.local_part


def test_mailboxes_go_with_their_session(store: Store, settings: Settings, session: Loaded) -> None:
    mailbox = _obtained(store, session)
    slot = _slot(store, mailbox)
    _put_in(store, mailbox)
    store.sessions.delete(session)
    assert [_count(store, table) for table in (mailboxes, emails, files)] == [0, 0, 0]
    assert _on_disk(settings) == []
    assert store.mailboxes.find(mailbox.local_part) is None
    with pytest.raises(MailboxGone):
        store.mailboxes.put_in(slot, store.mailboxes.new_number(), CANARY, "2")
    assert _on_disk(settings) == []


def test_a_session_that_begins_anew_has_no_mailboxes(store: Store, settings: Settings, session: Loaded) -> None:
    mailbox = _obtained(store, session)
    _put_in(store, mailbox)
    store.sessions.restart(session, {})
    assert [_count(store, table) for table in (mailboxes, emails, files)] == [0, 0, 0]
    assert _on_disk(settings) == []


def test_a_task_is_written_with_the_e_mail_or_not_at_all(
    store: Store, settings: Settings, alice: bytes, break_at: Callable[[int | None], None]
) -> None:
    """P19: whichever statement fails, there are both or none."""
    plain = store.sessions.create("a.yml", alice, {}, multi_user=True)
    mailbox = _obtained(store, plain)
    slot = _slot(store, mailbox)
    data_key = store.mailboxes.data_key_of(slot)
    statement, kept = 1, False
    while not kept:
        break_at(statement)
        try:
            task = NewTask(f"task {statement}", "incoming_email", b"")
            kept = store.mailboxes.put_in(slot, store.mailboxes.new_number(), CANARY, "1", data_key, task)
        except break_at.Broken:  # type: ignore[attr-defined]
            pass
        break_at(None)
        there = [_count(store, table) for table in (files, emails, tasks)]
        assert there == ([1, 1, 1] if kept else [0, 0, 0])
        statement += 1
    assert statement > 4


def test_what_the_session_has_read_is_kept_once(store: Store, session: Loaded) -> None:
    mailbox = _obtained(store, session)
    _put_in(store, mailbox)
    (email,) = store.mailboxes.emails_of(mailbox)
    keep = store.mailboxes.keep_reading
    assert store.mailboxes.reading(mailbox, email, session.data_key) is None
    assert keep(mailbox, email, session.data_key, b"first")
    assert not keep(mailbox, email, session.data_key, b"second")
    (email,) = store.mailboxes.emails_of(mailbox)
    assert store.mailboxes.reading(mailbox, email, session.data_key) == b"first"


def test_the_mark_changes_when_an_e_mail_comes_and_when_its_task_is_over(store: Store, alice: bytes) -> None:
    plain = store.sessions.create("a.yml", alice, {}, multi_user=True)
    mailbox = _obtained(store, plain)
    marks = [store.mailboxes.progress(plain.session_id)]
    _put_in(store, mailbox)
    marks.append(store.mailboxes.progress(plain.session_id))
    task = NewTask("the task", "incoming_email", b"")
    _put_in(store, mailbox, digest="2", data_key=plain.data_key, task=task)
    marks.append(store.mailboxes.progress(plain.session_id))
    assert store.mailboxes.progress(plain.session_id) == marks[-1]
    with store.engine.begin() as connection:
        connection.execute(update(tasks).values(state="done"))
    marks.append(store.mailboxes.progress(plain.session_id))
    assert len(set(marks)) == 4


def test_there_is_room_up_to_what_a_session_may_have(store: Store, session: Loaded) -> None:
    mailbox = _obtained(store, session)
    _put_in(store, mailbox, b"x" * 60)
    slot = _slot(store, mailbox)
    assert store.mailboxes.has_room(slot, 40, 100)
    assert not store.mailboxes.has_room(slot, 41, 100)


def test_a_session_that_becomes_plain_or_private_can_still_read_its_e_mails(store: Store, session: Loaded, alice: bytes) -> None:
    mailbox = _obtained(store, session)
    _put_in(store, mailbox)
    plain = store.sessions.save(session, {}, multi_user=True)
    _put_in(store, mailbox, digest="2")
    store.sessions.save(plain, {}, multi_user=False)
    loaded = store.sessions.load(session.session_id, alice)
    (found,) = store.mailboxes.of_session(session.session_id, loaded.data_key)
    assert [store.mailboxes.message(found, email) for email in store.mailboxes.emails_of(found)] == [CANARY] * 2
