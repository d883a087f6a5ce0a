"""The command line: `python -m docassemble_lite COMMAND`.

Every command is imported when it is asked for, so that the supervisor stays small and starts at once.
"""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Sequence

from docassemble_lite.cli.arguments import Arguments, parse_arguments
from docassemble_lite.errors import LiteError

FAILED = 2
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out the command; the exit code. 0: done; 2: it could not be carried out.

    1: `check` found mistakes, or `health` and `doctor` something that isn't well.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        # a terminal that can't show a character gets its number
        sys.stdout.reconfigure(errors="backslashreplace")
    arguments = parse_arguments(argv)
    try:
        return _carry_out(arguments)
    except LiteError as error:
        print(f"docassemble_lite: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED


def _carry_out(arguments: Arguments) -> int:
    if arguments.command == "init":
        from docassemble_lite.cli.beginning import begin

        return begin(arguments.folder)

    from docassemble_lite.logs import log_to_stderr

    if arguments.command == "doctor":
        from docassemble_lite.cli.doctor import examine

        # it says itself what goes wrong
        logging.disable()
        return examine(arguments)

    settings = arguments.settings()
    log_to_stderr(debug=settings.debug, form=settings.log_format)
    match arguments.command:
        case "run":
            from docassemble_lite.cli.supervisor import supervise

            return supervise(settings, arguments)
        case "web":
            from docassemble_lite.cli.web_process import serve

            return serve(settings, socket_fd=arguments.socket_fd, lifeline_fd=arguments.lifeline_fd)
        case "worker":
            from docassemble_lite.cli.worker_process import work

            return work(settings, lifeline_fd=arguments.lifeline_fd)
        case "cron":
            from docassemble_lite.cli.cron_process import keep_schedule

            return keep_schedule(settings, arguments)
        case "mail":
            from docassemble_lite.cli.mail_process import receive_mail

            return receive_mail(settings, lifeline_fd=arguments.lifeline_fd)
        case "migrate":
            from docassemble_lite.cli.migrating import migrate_store

            return migrate_store(settings)
        case "check":
            from docassemble_lite.cli.checking import check

            return check(arguments.paths, settings)
        case "user":
            from docassemble_lite.cli.users import manage_users

            return manage_users(settings, arguments)
        case "tasks":
            from docassemble_lite.cli.tasks import manage_tasks

            return manage_tasks(settings, arguments)
        case "metrics":
            from docassemble_lite.cli.metrics import give_metrics

            return give_metrics(settings, lifeline_fd=arguments.lifeline_fd)
        case "health":
            from docassemble_lite.cli.health import tell_health

            return tell_health(settings, arguments.role)
        case "keys":
            from docassemble_lite.cli.keys import manage_keys

            return manage_keys(settings, arguments)
    raise LiteError(f"There is no command {arguments.command}.")
