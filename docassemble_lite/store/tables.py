"""The tables. Every moment is naive UTC; every foreign key deletes what hangs on it."""

from __future__ import annotations

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    false,
    true,
)

SESSION_ID_LENGTH = 32
HOLDER_LENGTH = 64
EMAIL_LENGTH = 254
PRIVILEGE_LENGTH = 32
DIGEST_LENGTH = 64
EVENT_LENGTH = 128
SLOT_LENGTH = 40
LOCAL_PART_LENGTH = 16

db = SQLAlchemy(
    metadata=MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
)

sessions = db.Table(
    "sessions",
    Column("id", String(SESSION_ID_LENGTH), primary_key=True),
    Column("interview", Text, nullable=False),
    Column("title", Text, nullable=False, server_default=""),
    Column("created", DateTime, nullable=False),
    # the last save of the answers, by whomever
    Column("modified", DateTime, nullable=False),
    # raised by every save; a save of an older version is refused
    Column("version", Integer, nullable=False),
    # the number of the newest step; numbers run from 1 without gaps
    Column("step", Integer, nullable=False),
    # Back leads no further than to the step after this one
    Column("steps_offset", Integer, nullable=False, server_default="0"),
    # whether the answers are plain: readable to the server without anybody's key
    Column("multi_user", Boolean, nullable=False, server_default=false()),
    Column("allow_cron", Boolean, nullable=False, server_default=false()),
    # no longer written: which scheduled tasks an interview answers is asked of the interview as it is now
    Column("cron_events", Text, nullable=False, server_default=""),
    # the last visit of a person: no task, cron run or e-mail moves it
    Column("last_person_access", DateTime, nullable=True),
    Column("owner_id", Integer, nullable=True, index=True),
    # the data key sealed with the server's key, only while the session is plain
    Column("sealed_key", LargeBinary, nullable=True),
    # words by which people find it again, as a list in JSON; empty for none
    Column("tags", Text, nullable=False, server_default=""),
    Index("ix_sessions_owner_id_modified", "owner_id", "modified"),
    Index("ix_sessions_modified", "modified"),
    Index("ix_sessions_interview_modified", "interview", "modified"),
)
# so that finding the sessions that allow scheduled tasks costs nothing for the others
_allows_cron = sessions.c.multi_user & sessions.c.allow_cron
Index("ix_sessions_allowing_cron", sessions.c.interview, sessions.c.id, sqlite_where=_allows_cron, postgresql_where=_allows_cron)

cron_runs = db.Table(
    "cron_runs",
    # the name of the scheduled task
    Column("event", String(EVENT_LENGTH), primary_key=True),
    # the latest slot of time for which it was run to its end; a later slot is a larger text
    Column("slot", String(SLOT_LENGTH), nullable=False),
    Column("ended", DateTime, nullable=False),
)

cron_claims = db.Table(
    "cron_claims",
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("event", String(EVENT_LENGTH), primary_key=True),
    # the latest slot of time for which it was begun in the session
    Column("slot", String(SLOT_LENGTH), nullable=False),
)

session_keys = db.Table(
    "session_keys",
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    # derived from the secret of somebody who may open the session
    Column("holder", String(HOLDER_LENGTH), primary_key=True),
    # the data key wrapped with a key derived from that secret
    Column("wrapped", LargeBinary, nullable=False),
    # from when on it opens nothing any more; null: it does as long as it is there
    Column("until", DateTime, nullable=True),
    Index("ix_session_keys_holder", "holder"),
    Index("ix_session_keys_until", "until"),
)

session_people = db.Table(
    "session_people",
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    # 0: all who aren't signed in. No foreign key: who is in a session while the account goes must still be able to save
    Column("user_id", Integer, primary_key=True, autoincrement=False, index=True),
    # to within a minute
    Column("last_access", DateTime, nullable=False),
)

counters = db.Table(
    "counters",
    # of what is counted, and for whom
    Column("what_digest", String(DIGEST_LENGTH), primary_key=True),
    # null: it belongs to no session
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=True, index=True),
    Column("number", Integer, nullable=False),
)

steps = db.Table(
    "steps",
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("answers", LargeBinary, nullable=False),
    Column("created", DateTime, nullable=False),
)

tasks = db.Table(
    "tasks",
    Column("id", String(64), primary_key=True),
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("interview", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("mode", Text, nullable=True),
    # the arguments, encrypted with the session's data key
    Column("payload", LargeBinary, nullable=False),
    # the data key sealed with the server's key, until the task ends; of one that failed a while longer, to run it again
    Column("sealed_key", LargeBinary, nullable=True),
    # waiting, running, done, failed or revoked
    Column("state", String(16), nullable=False),
    # raised whenever somebody takes the task; only the latest may report
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("lease_until", DateTime, nullable=True),
    # when a message last told the workers of this task
    Column("woken", DateTime, nullable=False),
    Column("created", DateTime, nullable=False),
    Column("started", DateTime, nullable=True),
    Column("ended", DateTime, nullable=True),
    # encrypted with the session's data key
    Column("result", LargeBinary, nullable=True),
    # why it failed; of a running task: why it is about to be ended as failed
    Column("error_type", Text, nullable=False, server_default=""),
    # what tells the browser that started it, and so is told of its end, from others; empty: nobody is told
    Column("starter", String(64), nullable=False, server_default=""),
    # whether that browser has shown it, and when it was last handed to it
    Column("told", Boolean, nullable=False, server_default=false()),
    Column("handed_out", DateTime, nullable=True),
    # what `background_error_action` named, encrypted with the session's data key
    Column("error_action", LargeBinary, nullable=True),
    Index("ix_tasks_created", "created"),
    Index("ix_tasks_state_woken", "state", "woken"),
    Index("ix_tasks_state_lease_until", "state", "lease_until"),
    Index("ix_tasks_state_created", "state", "created"),
)
_keeps_key = tasks.c.sealed_key.is_not(None)
Index("ix_tasks_kept_keys", tasks.c.state, tasks.c.ended, sqlite_where=_keeps_key, postgresql_where=_keeps_key)

users = db.Table(
    "users",
    Column("id", Integer, primary_key=True),
    # as it was typed
    Column("email", String(EMAIL_LENGTH), nullable=False),
    # the same for all ways in which people write one address; what they are found by
    Column("email_key", String(EMAIL_LENGTH), nullable=False, unique=True),
    # Argon2id in the PHC format
    Column("password_hash", Text, nullable=False),
    Column("first_name", Text, nullable=False, server_default=""),
    Column("last_name", Text, nullable=False, server_default=""),
    # empty: those of the server
    Column("language", Text, nullable=False, server_default=""),
    Column("timezone", Text, nullable=False, server_default=""),
    Column("country", Text, nullable=False, server_default=""),
    Column("subdivision_first", Text, nullable=False, server_default=""),
    Column("subdivision_second", Text, nullable=False, server_default=""),
    Column("subdivision_third", Text, nullable=False, server_default=""),
    Column("organization", Text, nullable=False, server_default=""),
    # the secret that opens the person's sessions, wrapped with a key that follows from the password, and from the recovery code
    Column("secret_by_password", LargeBinary, nullable=True),
    Column("secret_by_recovery", LargeBinary, nullable=True),
    # whether the person may sign in
    Column("active", Boolean, nullable=False, server_default=true()),
    Column("created", DateTime, nullable=False),
    # a number is never given to somebody else, not even when the newest user is gone
    sqlite_autoincrement=True,
)

privileges = db.Table(
    "privileges",
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(PRIVILEGE_LENGTH), primary_key=True),
)

privilege_names = db.Table(
    "privilege_names",
    # those that administrators added to the ones that are always there
    Column("name", String(PRIVILEGE_LENGTH), primary_key=True),
)

tickets = db.Table(
    "tickets",
    # the SHA-256 of what stands in the link, in hexadecimal digits
    Column("digest", String(DIGEST_LENGTH), primary_key=True),
    # what the link is for: "reset" a password, "invite" somebody, let somebody "register" who asked for it; a "link" of an author
    Column("purpose", String(16), nullable=False),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=True, index=True),
    # of one to register: whom it is for, and with which privileges
    Column("email", String(EMAIL_LENGTH), nullable=False, server_default=""),
    Column("privileges", Text, nullable=False, server_default=""),
    Column("expires", DateTime, nullable=False, index=True),
)

logins = db.Table(
    "logins",
    Column("id", Integer, primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    # the SHA-256 of the token that the browser keeps, in hexadecimal digits
    Column("token_digest", String(DIGEST_LENGTH), nullable=False, unique=True),
    Column("created", DateTime, nullable=False),
    # to within a few minutes
    Column("last_seen", DateTime, nullable=False, index=True),
    # what opens the person's sessions, wrapped with a key that follows from the token
    Column("secret", LargeBinary, nullable=True),
)

attempts = db.Table(
    "attempts",
    # a keyed digest of who tried what
    Column("what_digest", String(DIGEST_LENGTH), primary_key=True),
    # when the first of those was that are counted here
    Column("began", DateTime, nullable=False, index=True),
    Column("number", Integer, nullable=False),
)

files = db.Table(
    "files",
    # random; authors know it as the number of a file
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    # null: it has outlived its session
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=True, index=True),
    # what it is called when it is downloaded, encrypted with the file's key: names say whom a document is for
    Column("name", LargeBinary, nullable=False),
    Column("extension", Text, nullable=False),
    Column("mimetype", Text, nullable=False),
    # bytes, before encryption
    Column("size", BigInteger, nullable=False),
    Column("created", DateTime, nullable=False),
    # the file's key, encrypted with the session's data key; null: that one itself opens the file, or it has outlived its session
    Column("wrapped_key", LargeBinary, nullable=True),
    # the same key, for the server; null: nobody but the session may see the file
    Column("sealed_key", LargeBinary, nullable=True),
    # what is written into a file becomes another one, and who may see it holds for all of them: the number of the first;
    # null: only the session may see it, with the data key
    Column("origin", BigInteger, nullable=True, index=True),
    # whether somebody else needs a permission, and whether it stays when its session goes
    Column("private", Boolean, nullable=False, server_default=true()),
    Column("persistent", Boolean, nullable=False, server_default=false()),
)

file_users = db.Table(
    "file_users",
    # who may see a file that isn't theirs
    Column("file_id", ForeignKey("files.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True),
)

file_privileges = db.Table(
    "file_privileges",
    # whoever has one of them may see the file
    Column("file_id", ForeignKey("files.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("name", String(PRIVILEGE_LENGTH), primary_key=True),
)

loose_contents = db.Table(
    "loose_contents",
    # the number of a file that has no row: one that is just being written, or one whose content is still to be removed
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("since", DateTime, nullable=False, index=True),
)

mailboxes = db.Table(
    "mailboxes",
    # what stands before the @: 80 random bits in lower-case Base32
    Column("local_part", String(LOCAL_PART_LENGTH), primary_key=True),
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, index=True),
    # of what it is for; null: it was given up
    Column("label_digest", String(DIGEST_LENGTH), nullable=True),
    # what it is for, and on whose behalf it was obtained, encrypted with the session's data key
    Column("label", LargeBinary, nullable=False),
    Column("owner", LargeBinary, nullable=False),
    # locks what is put in; what opens that is encrypted with the session's data key
    Column("slot", LargeBinary, nullable=False),
    Column("opener", LargeBinary, nullable=False),
    Column("created", DateTime, nullable=False),
    # since when nothing is put in any more
    Column("closed", DateTime, nullable=True),
    UniqueConstraint("session_id", "label_digest"),
)

emails = db.Table(
    "emails",
    # the file in which the message lies whole, locked by the mailbox
    Column("file_id", ForeignKey("files.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("local_part", ForeignKey("mailboxes.local_part", ondelete="CASCADE"), nullable=False),
    # SHA-256 of the Message-ID and the body: the same message is kept once
    Column("message_digest", String(DIGEST_LENGTH), nullable=False),
    Column("received", DateTime, nullable=False),
    # the task that was started with it; none: nobody was to be told
    Column("task_id", String(64), nullable=True),
    # what the session has read of it, encrypted with its data key; null: nothing yet
    Column("reading", LargeBinary, nullable=True),
    UniqueConstraint("local_part", "message_digest"),
)
