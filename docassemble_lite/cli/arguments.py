"""What may be written after `python -m docassemble_lite`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from docassemble_lite import __version__
from docassemble_lite.logs import FORMATS
from docassemble_lite.settings import Settings, load_settings

COMMANDS = {
    "run": "start the whole server: web, worker and store (this is what you want)",
    "web": "serve web pages in one process in the foreground, for a container or systemd",
    "worker": "run background tasks in the foreground, for a container or systemd",
    "cron": "start scheduled tasks when they are due, in the foreground, for a container or systemd",
    "mail": "receive e-mails to interviews in the foreground, for a container or systemd",
    "migrate": "bring the tables of the store up to date",
    "check": "look for mistakes in interviews",
    "init": "begin a folder of your own: a config.yml and a first interview",
    "user": "show and change who can sign in",
    "tasks": "show background tasks, the newest first; run them again, revoke them",
    "health": "say whether a part of the server is well, for Docker and others that watch over it",
    "metrics": "serve numbers for Prometheus in the foreground",
    "doctor": "look through the configuration from end to end and say what to do",
    "keys": "show the server's own keys; put another one in the place of the current one",
}
USER_DEEDS = {
    "add": "add a person who can sign in",
    "list": "show who can sign in (also without this word)",
    "password": "give a person another password, and sign the person out everywhere",
    "privilege": "give a person these privileges and no others",
    "link": "print a link by which a person chooses another password; it is good once, for one day",
    "delete": "delete a person, with the person's private sessions",
}
TASK_DEEDS = {
    "run-again": "have a task that failed run once more",
    "revoke": "take a task from the queue, or end it where it runs",
}
KEY_DEEDS = {
    "list": "show the keys and how much needs each of them (also without this word)",
    "rotate": "make a new key and seal anew what the others sealed, while the server runs",
    "reseal": "seal anew what was sealed with earlier keys",
    "forget": "remove an earlier key that nothing needs any more",
    "affected": "show the sessions whose key is missing",
}
ROLES = ("web", "worker", "cron", "mail")
TASK_STATES = ("waiting", "running", "done", "failed", "revoked")


@dataclass(frozen=True)
class Arguments:
    """A command and its options; None where an option was not given."""

    command: str
    host: str | None = None
    port: int | None = None
    data: Path | None = None
    config: Path | None = None
    log_format: Literal["text", "json"] | None = None
    paths: tuple[Path, ...] = ()
    folder: Path = Path(".")
    # what is to be done, where a command has several things to do
    deed: str = "list"
    email: str = ""
    privileges: tuple[str, ...] = ()
    password_file: Path | None = None
    # how the server is reached from outside
    url: str = ""
    # whether the sessions go as well in which others may take part
    shared: bool = False
    state: str | None = None
    most: int = 50
    # the id of a task, or how it begins
    task: str = ""
    # the id of one of the server's keys
    key: str = ""
    # a part of the server
    role: str = ""
    as_json: bool = False
    # numbers of open files that a supervisor hands to its children
    socket_fd: int | None = None
    lifeline_fd: int | None = None

    def settings(self) -> Settings:
        """The configuration, with the options of the command line over it."""
        return load_settings(self.config, host=self.host, port=self.port, data=self.data, log_format=self.log_format)

    def options(self) -> list[str]:
        """The options that give another command the same configuration."""
        given = {
            "--host": self.host,
            "--port": self.port,
            "--data": self.data,
            "--config": self.config,
            "--log-format": self.log_format,
        }
        return [text for option, value in given.items() if value is not None for text in (option, str(value))]


def parse_arguments(argv: Sequence[str] | None = None) -> Arguments:
    """Read the command line (None: that of this process). A mistake, `--help` and `--version` end the process."""
    values = vars(_parser().parse_args(_with_id_behind(sys.argv[1:] if argv is None else list(argv))))
    for name in ("paths", "privileges"):
        values[name] = tuple(values.get(name) or ())
    return Arguments(**values)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m docassemble_lite",
        description="An interview server that speaks docassemble's interview language.",
    )
    parser.add_argument("--version", action="version", version=f"docassemble_lite {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    everywhere = _options_of_every_command()
    made = {
        name: commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".", parents=[everywhere])
        for name, summary in COMMANDS.items()
    }
    made["check"].add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="files or folders (default: the folder of interviews)"
    )
    made["init"].add_argument("folder", nargs="?", type=Path, default=Path("."), metavar="FOLDER", help="where (default: here)")
    made["health"].add_argument("role", choices=ROLES, metavar="ROLE", help=f"which part: {', '.join(ROLES)}")
    made["doctor"].add_argument("--json", action="store_true", dest="as_json", help="print what is found as JSON")
    made["web"].add_argument("--socket-fd", type=int, help=argparse.SUPPRESS)
    for name in ("web", "worker", "mail", "metrics"):
        made[name].add_argument("--lifeline-fd", type=int, help=argparse.SUPPRESS)
    _add_deeds_of_user(made["user"])
    _add_deeds_of_tasks(made["tasks"])
    _with_deeds(made["keys"], KEY_DEEDS)["forget"].add_argument("key", metavar="KEY", help="the key, as `keys` shows it")
    return parser


def _add_deeds_of_user(parser: argparse.ArgumentParser) -> None:
    made = _with_deeds(parser, USER_DEEDS)
    for name in USER_DEEDS.keys() - {"list"}:
        made[name].add_argument("email", metavar="EMAIL", help="the person's e-mail address")
    for name in ("add", "password"):
        made[name].add_argument(
            "--password-file",
            type=Path,
            metavar="FILE",
            help="file whose first line is the password (default: it is asked for, or read from the standard input)",
        )
    made["add"].add_argument(
        "--privilege", action="append", dest="privileges", metavar="NAME", help="a privilege; may be given several times"
    )
    made["link"].add_argument(
        "--url", default="", metavar="URL", help="how the server is reached from outside (default: the directive “url root”)"
    )
    made["delete"].add_argument(
        "--shared", action="store_true", help="also delete the sessions that the person began and in which others may take part"
    )
    made["privilege"].add_argument("privileges", nargs="+", metavar="NAME", help="admin, advocate, developer, trainer, user")


def _add_deeds_of_tasks(parser: argparse.ArgumentParser) -> None:
    made = _with_deeds(parser, TASK_DEEDS)
    for name in TASK_DEEDS:
        made[name].add_argument(
            "task", metavar="ID", help="the id of the task, or so much of its beginning that it is the only one"
        )
    parser.add_argument(
        "--state", choices=TASK_STATES, metavar="STATE", help=f"only tasks in this state: {', '.join(TASK_STATES)}"
    )
    parser.add_argument("--most", type=_number, default=50, metavar="NUMBER", help="how many at most (default: 50)")


def _with_id_behind(argv: list[str]) -> list[str]:
    """The words, with the id of a task that begins with a hyphen where it isn't taken for an option: behind two hyphens."""
    if argv[:1] == ["tasks"]:
        for place, text in enumerate(argv):
            if text.startswith("-") and text != "-h" and not text.startswith("--"):
                return [*argv[:place], *argv[place + 1 :], "--", text]
    return argv


def _with_deeds(parser: argparse.ArgumentParser, deeds: Mapping[str, str]) -> dict[str, argparse.ArgumentParser]:
    """Let a word stand behind the command that says what is to be done; the parsers of what stands behind that."""
    # what isn't given here must not take the place of what was given before the word
    everywhere = _options_of_every_command(argument_default=argparse.SUPPRESS)
    words = parser.add_subparsers(dest="deed", metavar="WHAT")
    parser.set_defaults(deed="list")
    return {
        name: words.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".", parents=[everywhere])
        for name, summary in deeds.items()
    }


def _options_of_every_command(argument_default: str | None = None) -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(add_help=False, argument_default=argument_default)
    options.add_argument("--host", metavar="HOST", help="address to listen on (default: 127.0.0.1, this machine only)")
    options.add_argument("--port", type=_port, metavar="PORT", help="port to listen on (default: 8080; 0: any free one)")
    options.add_argument("--data", type=Path, metavar="DIR", help="folder of the store (default: data)")
    options.add_argument("--log-format", choices=FORMATS, help="what the lines of the log are (default: text)")
    options.add_argument("--config", type=Path, metavar="FILE", help="configuration (default: config.yml, if there is one)")
    return options


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < len(text) < 7 and int(text)):
        raise argparse.ArgumentTypeError(f"it must be a number from 1 to 999999, not {text!r}")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, not {text!r}")
    return int(text)
