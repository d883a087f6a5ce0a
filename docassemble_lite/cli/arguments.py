"""What may be written after `python -m docassemble_lite`."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from docassemble_lite import __version__
from docassemble_lite.settings import Settings, load_settings

COMMANDS = {
    "run": "start the whole server: web, worker and store (this is what you want)",
    "web": "serve web pages in one process in the foreground, for a container or systemd",
    "worker": "run background tasks in the foreground, for a container or systemd",
    "migrate": "bring the tables of the store up to date",
    "check": "look for mistakes in interviews",
    "init": "begin a folder of your own: a config.yml and a first interview",
    "user": "show and change who can sign in",
}
USER_DEEDS = {
    "add": "add a person who can sign in",
    "list": "show who can sign in (also without this word)",
    "password": "give a person another password, and sign the person out everywhere",
    "privilege": "give a person these privileges and no others",
}


@dataclass(frozen=True)
class Arguments:
    """A command and its options; None where an option was not given."""

    command: str
    host: str | None = None
    port: int | None = None
    data: Path | None = None
    config: Path | None = None
    paths: tuple[Path, ...] = ()
    folder: Path = Path(".")
    # what is to be done, where a command has several things to do
    deed: str = "list"
    email: str = ""
    privileges: tuple[str, ...] = ()
    password_file: Path | None = None
    # numbers of open files that a supervisor hands to its children
    socket_fd: int | None = None
    lifeline_fd: int | None = None

    def settings(self) -> Settings:
        """The configuration, with the options of the command line over it."""
        return load_settings(self.config, host=self.host, port=self.port, data=self.data)

    def options(self) -> list[str]:
        """The options that give another command the same configuration."""
        given = {"--host": self.host, "--port": self.port, "--data": self.data, "--config": self.config}
        return [text for option, value in given.items() if value is not None for text in (option, str(value))]


def parse_arguments(argv: Sequence[str] | None = None) -> Arguments:
    """Read the command line (None: that of this process). A mistake, `--help` and `--version` end the process."""
    values = vars(_parser().parse_args(argv))
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
    made["web"].add_argument("--socket-fd", type=int, help=argparse.SUPPRESS)
    for name in ("web", "worker"):
        made[name].add_argument("--lifeline-fd", type=int, help=argparse.SUPPRESS)
    _add_deeds_of_user(made["user"])
    return parser


def _add_deeds_of_user(parser: argparse.ArgumentParser) -> None:
    made = _with_deeds(parser, USER_DEEDS)
    for name in ("add", "password", "privilege"):
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
    made["privilege"].add_argument("privileges", nargs="+", metavar="NAME", help="admin, advocate, developer, trainer, user")


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
    options.add_argument("--config", type=Path, metavar="FILE", help="configuration (default: config.yml, if there is one)")
    return options


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, not {text!r}")
    return int(text)
