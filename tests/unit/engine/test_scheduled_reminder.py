"""The reminder of the specification of scheduled tasks: sent once, when its time has come, and not before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from docassemble_lite.engine.functions import accesses
from docassemble_lite.engine.screen import Exit
from docassemble_lite.host import SessionMoments
from docassemble_lite.language import dates
from tests.unit.engine.interviewing import Interview, interview

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
REMINDER = """\
mandatory: True
code: |
  allow_cron = True
  multi_user = True
---
initial: True
code: |
  process_action()
---
question: |
  When was the document filed?
fields:
  - Filing Date: filing_date
    datatype: date
---
question: |
  What is your e-mail address?
fields:
  - E-mail: email_address
    datatype: email
---
mandatory: True
question: |
  Ok, I'll e-mail you at ${ email_address} 20 days
  from ${ format_date(filing_date) }.
buttons:
  Leave: leave
---
template: reminder_email
subject: |
  Hey, it's been 20 days.
content: |
  Don't forget about that thing you need to do!
---
event: cron_daily
code: |
  if task_not_yet_performed('20 day reminder') and date_difference(starting=filing_date).days > 20:
    send_email(to=email_address, template=reminder_email, task='20 day reminder')
  response()
---
event: cron_monthly
code: |
  if last_access_days() > 365:
    command('exit')
---
event: cron_hourly
code: |
  moments = [
    get_default_timezone(),
    format_time(current_datetime(), format='h:mm a'),
    format_time(current_datetime(timezone='Europe/Berlin'), format='HH:mm'),
    format_datetime(as_datetime('2026-05-04 07:30', timezone='Asia/Tokyo'), format='yyyy-MM-dd HH:mm zzzz'),
    format_date(today(timezone='Pacific/Auckland'), format='full'),
    date_difference(starting='2026-05-01', ending='2026-05-04', timezone='UTC').hours,
    today().plus(days=20).format_date('MMM d'),
    user_has_privilege('cron'),
  ]
  response()
"""


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Interview:
    """A session in which the document was filed twenty days and a half ago."""
    for module in (dates, accesses):
        monkeypatch.setattr(module, "now", lambda: NOW)
    begun = interview(REMINDER)
    # the address stands first in the text that needs both
    begun.answer(email_address="ann@example.com").answer(filing_date="2026-04-14")
    return begun


def test_the_reminder_is_sent_once_when_its_time_has_come(session: Interview) -> None:
    assert session.question == "Ok, I'll e-mail you at ann@example.com 20 days from April 14, 2026."
    # at eight in New York it is twenty days and eight hours
    session.act("cron_daily")
    assert [(email.subject, email.text) for email, _ in session.host.emails] == [
        ("Hey, it's been 20 days.", "Don't forget about that thing you need to do!")
    ]
    assert session.internal["tasks"] == {"20 day reminder": 1}
    session.act("cron_daily")
    assert len(session.host.emails) == 1


def test_the_reminder_is_not_sent_before(session: Interview, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dates, "now", lambda: NOW - timedelta(hours=9))
    session.act("cron_daily")
    assert (session.host.emails, session.internal["tasks"]) == ([], {})


@pytest.mark.parametrize(("days", "ends"), [(364, False), (366, True)])
def test_a_session_ends_when_nobody_was_there_for_a_year(session: Interview, days: int, ends: bool) -> None:
    """P18"""
    session.host.moments = SessionMoments(began=NOW, saved=NOW, person_there=NOW - timedelta(days=days))
    session.act("cron_monthly")
    assert isinstance(session.outcome, Exit) == ends


def test_dates_and_times_are_those_of_the_zone_that_is_asked_for(session: Interview) -> None:
    session.act("cron_hourly")
    assert session.answers["moments"] == [
        "America/New_York",
        "8:00\u202fAM".replace("\u202f", " "),
        "14:00",
        "2026-05-04 07:30 Japan Standard Time",
        "Tuesday, May 5, 2026",
        72.0,
        "May 24",
        False,
    ]
