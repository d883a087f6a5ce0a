"""`python -m docassemble_lite.process_email`: one e-mail on the standard input, for a mail server that can start a program.

The exit codes are those of sysexits.h: 0: stored; 64: the command line is wrong; 65: the message can't be taken; 67: there is
no such mailbox; 75: to be tried again; 78: the configuration is wrong.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from docassemble_lite import __version__
from docassemble_lite.errors import LiteError, SettingsError
from docassemble_lite.formats.messages import recipients_named
from docassemble_lite.logs import log_to_stderr
from docassemble_lite.mailin.receiving import FULL, NOT_OURS, STORED, UNKNOWN, Answer, Receiving, open_receiving
from docassemble_lite.settings import load_settings
from docassemble_lite.store.mailboxes import Slot
from docassemble_lite.store.schema import migrate

log = logging.getLogger(__name__)

# seconds that the workers' messages may take
_PATIENCE = 5.0
_CODES = {STORED: os.EX_OK, UNKNOWN: os.EX_NOUSER, NOT_OURS: os.EX_NOUSER, FULL: os.EX_TEMPFAIL}


def main(argv: Sequence[str] | None = None) -> int:
    """Take in the message on the standard input; the exit code."""
    options = _options(argv)
    try:
        return _deliver(options)
    except LiteError as error:
        print(f"docassemble_lite: {error}", file=sys.stderr)
        return os.EX_CONFIG
    except DatabaseError as error:
        print(f"docassemble_lite: the database failed: {type(error).__name__}", file=sys.stderr)
        return os.EX_TEMPFAIL
    except Exception:
        # with any other code the mail server would send the e-mail back, though it isn't to blame
        log.exception('action="email_failed"')
        return os.EX_TEMPFAIL


def _deliver(options: argparse.Namespace) -> int:
    settings = load_settings(options.config, data=options.data)
    log_to_stderr(debug=settings.debug, form=settings.log_format)
    if not settings.mail_domain:
        raise SettingsError("Receiving e-mails needs the directive “incoming mail domain”, or “external hostname”.")
    raw = sys.stdin.buffer.read(settings.incoming_mail_size + 1)
    migrate(settings)
    receiving = open_receiving(settings)
    code = _taken_in(receiving, raw, options.recipients or recipients_named(raw))
    receiving.flush(_PATIENCE)
    return code


def _taken_in(receiving: Receiving, raw: bytes, recipients: list[str]) -> int:
    """The exit code. A recipient that isn't known is passed over if another one is."""
    found = [receiving.find(address) for address in recipients]
    slots = [item for item in found if isinstance(item, Slot)]
    answers = [item for item in found if isinstance(item, Answer)]
    if slots:
        answers = [answer for answer in answers if answer.code < 500] + receiving.take_in(slots, None, raw)
    codes = [_code(answer) for answer in answers] or [os.EX_NOUSER]
    return os.EX_TEMPFAIL if os.EX_TEMPFAIL in codes else max(codes)


def _code(answer: Answer) -> int:
    return _CODES.get(answer, os.EX_TEMPFAIL if answer.code < 500 else os.EX_DATAERR)


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m docassemble_lite.process_email",
        description="Take in one e-mail, which comes on the standard input.",
    )
    parser.add_argument("--version", action="version", version=f"docassemble_lite {__version__}")
    parser.add_argument(
        "--recipient",
        action="append",
        dest="recipients",
        metavar="ADDRESS",
        help="whom it was sent to (default: Delivered-To, X-Original-To or To of its headers); may be given several times",
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration (default: config.yml, if there is one)")
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder of the store (default: data)")
    return parser.parse_args(argv)
