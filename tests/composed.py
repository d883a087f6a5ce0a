"""What `docker/compose.yml` starts, as processes of this machine: the same commands, environment, secrets and files.

Where a container has a place of its own (a path, a port, the name of another container), a place of the test stands for it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import PATIENCE, eventually, source_folder
from tests.ports import free_port

DOCKER = Path(__file__).resolve().parents[1] / "docker"
SECRETS = "/run/secrets/"


def read_compose(*names: str) -> dict[str, Any]:
    """The first file, with what the others add to its services and secrets."""
    read = [yaml.safe_load((DOCKER / name).read_text(encoding="utf-8")) for name in names or ("compose.yml",)]
    for more in read[1:]:
        read[0]["secrets"] |= more["secrets"]
        for name, service in more["services"].items():
            for key, value in service.items():
                known = read[0]["services"][name].get(key, type(value)())
                read[0]["services"][name][key] = known | value if isinstance(value, dict) else [*known, *value]
    return dict(read[0])


def of_image(instruction: str) -> Any:
    """What the last instruction of a kind in the Dockerfile says: a mapping for ENV, else the list of words."""
    lines = (DOCKER / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    text = [line.partition(" ")[2] for line in lines if line.startswith(f"{instruction} ")][-1]
    return dict(re.findall(r"(\w+)=(\S+)", text)) if instruction == "ENV" else json.loads(text)


def nginx_program() -> str:
    """Where nginx lies; empty: there is none."""
    return shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin") or ""


def filled_in(service: dict[str, Any], values: dict[str, str]) -> dict[str, str]:
    """The files that the image of nginx makes of its templates, by their names."""
    made = {}
    for volume in service["volumes"]:
        source, target, _ = volume.split(":")
        text = (DOCKER / source).read_text(encoding="utf-8")
        for name, value in (service["environment"] | values).items():
            text = text.replace(f"${{{name}}}", value)
        made[Path(target).name.removesuffix(".template")] = text
    return made


@dataclass
class Role:
    """A running container, so to speak."""

    process: subprocess.Popen[bytes]
    output: Path

    @property
    def said(self) -> str:
        """What it has written."""
        return self.output.read_text(encoding="utf-8")

    def stop(self) -> int:
        """Stop it as Docker does; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@dataclass
class Composed:
    """The services in a folder. `hosts` has what stands for the names of others, e.g. “redis:6379”."""

    folder: Path
    hosts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.compose = read_compose()
        self.roles: dict[str, Role] = {}
        self.web_port, self.mail_port = free_port(), free_port()
        self.docker = shutil.copytree(DOCKER, self.folder / "docker", ignore=shutil.ignore_patterns("secrets", ".env"))
        subprocess.run(["sh", self.docker / "prepare"], check=True, stdout=subprocess.DEVNULL)
        (self.folder / "srv" / "interviews").mkdir(parents=True)
        shutil.copy(self.docker / "config.yml", self.folder / "srv")

    def secret(self, name: str) -> Path:
        """The file of a secret."""
        return self.docker / str(self.compose["secrets"][name]["file"])

    def environment(self, service: str) -> dict[str, str]:
        """What a container finds in its environment."""
        own = {"DAL_HOST": "127.0.0.1", "DAL_INCOMING_MAIL_HOST": "127.0.0.1", "DAL_PORT": str(self.web_port)}
        given = of_image("ENV") | self.compose["services"][service]["environment"] | own
        usual = {"HOME": str(self.folder), "PYTHONPATH": source_folder(), "DAL_INCOMING_MAIL_PORT": str(self.mail_port)}
        return {key: self._here(service, value) for key, value in given.items()} | usual | {"PATH": os.environ["PATH"]}

    def start(self, *services: str) -> None:
        """Start the containers of our own image."""
        for service in services:
            words = [*of_image("ENTRYPOINT"), *self.compose["services"][service]["command"]]
            self.roles[service] = self.run(service, words, self.folder / f"{service}.txt")

    def run(self, service: str, words: list[str], output: Path) -> Role:
        """Start a command in a container, with the Python of the tests."""
        with output.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable if word == "python" else word for word in words],
                cwd=self.folder / "srv",
                env=self.environment(service),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        return Role(process, output)

    def not_well(self, *services: str) -> dict[str, str]:
        """Those of the services that aren't well, and what their health checks say."""
        checks = {
            name: self.run(name, self.compose["services"][name]["healthcheck"]["test"][1:], self.folder / f"{name}-health.txt")
            for name in services
        }
        return {name: check.said for name, check in checks.items() if check.process.wait(PATIENCE)}

    def wait_for(self, service: str, text: str) -> None:
        """Wait until a service has said something."""
        role = self.roles[service]
        eventually(lambda: text in role.said or role.process.poll() is not None, f"{service} says {text}")
        assert text in role.said, role.said

    def stop(self) -> dict[str, int]:
        """Stop all of them, at once; their exit codes."""
        for role in self.roles.values():
            role.process.send_signal(signal.SIGTERM)
        return {name: role.process.wait(PATIENCE) for name, role in self.roles.items()}

    def _here(self, service: str, value: str) -> str:
        """A value with the places of the test; a secret is there only if the service was given it."""
        for name in self.compose["services"][service].get("secrets", []):
            if value == SECRETS + name:
                return str(self.secret(name))
        assert not value.startswith(SECRETS), f"{service} isn't given {value}"
        for host, here in self.hosts.items():
            value = value.replace(host, here)
        return re.sub(r"^/(data|srv)(?=/|$)", lambda match: str(self.folder / match[1]), value)

    def start_redis(self, port: int, programs: Path) -> None:
        """Start the container of Redis, on another port; `programs` is the folder of its programs."""
        (self.folder / "redis").mkdir()
        own = f"dir {self.folder}/redis\nport {port}\nbind 127.0.0.1"
        script = self._script("redis", self.compose["services"]["redis"]["command"][2]).replace("dir /data", own)
        output = self.folder / "redis.txt"
        with output.open("wb") as out:
            environment = {"PATH": f"{programs}:{os.environ['PATH']}"}
            self.redis = Role(
                subprocess.Popen(["sh", "-c", script], env=environment, stdout=out, stderr=subprocess.STDOUT), output
            )
        check = self._script("redis", self.compose["services"]["redis"]["healthcheck"]["test"][1]).replace(
            "redis-cli", f"redis-cli -p {port}"
        )
        eventually(
            lambda: subprocess.run(["sh", "-c", check], env=environment, stderr=subprocess.DEVNULL, check=False).returncode == 0,
            "Redis is well",
        )

    def _script(self, service: str, text: str) -> str:
        """A script of compose.yml, which doubles what is a dollar sign to a shell."""
        for name in self.compose["services"][service]["secrets"]:
            text = text.replace(SECRETS + name, str(self.secret(name)))
        assert SECRETS not in text
        return text.replace("$$", "$")
