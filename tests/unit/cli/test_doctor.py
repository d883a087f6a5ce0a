from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from docassemble_lite.cli import doctor
from docassemble_lite.cli.arguments import Arguments
from docassemble_lite.settings import Settings
from docassemble_lite.store.server_keys import server_keys
from tests.s3 import Storage


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a key, as a server makes it."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    server_keys(folder)
    return folder


@pytest.mark.parametrize("mistake", ["no such thing: 1", "port: many", "timezone: Nowhere/Here", "a: b: c"])
def test_a_configuration_with_a_mistake_is_the_first_thing_to_mend(
    tmp_path: Path, mistake: str, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.yml"
    config.write_text(mistake)
    assert doctor.examine(Arguments("doctor", config=config)) == doctor.TO_MEND
    assert capsys.readouterr().out.startswith("MEND  configuration: ")


def test_what_is_found_can_be_had_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "config.yml"
    config.write_text("port: many")
    doctor.examine(Arguments("doctor", config=config, as_json=True))
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["mark"], found["about"]) == ("mend", "configuration")


def test_a_data_folder_as_a_server_makes_it_is_right(data: Path) -> None:
    settings = Settings(data=data)
    assert [(item.mark, item.about) for look in (doctor.look_at_data, doctor.look_at_key) for item in look(settings)] == [
        ("ok", "data folder"),
        ("ok", "disk"),
        ("ok", "server key"),
    ]


def test_what_others_may_read_is_to_be_mended(data: Path) -> None:
    data.chmod(0o755)
    (data / "server.key").chmod(0o644)
    settings = Settings(data=data)
    advice = [item.advice for look in (doctor.look_at_data, doctor.look_at_key) for item in look(settings) if item.mark == "mend"]
    assert advice == [f"chmod 700 {data}", f"chmod 600 {data / 'server.key'}"]


def test_a_key_that_is_cut_off_is_to_be_mended(data: Path) -> None:
    (data / "server.key").write_bytes(b"half")
    assert [item.mark for item in doctor.look_at_key(Settings(data=data))] == ["mend"]


def test_before_the_first_start_nothing_of_it_is_made(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    found = [item.mark for look in (doctor.look_at_data, doctor.look_at_key) for item in look(settings)]
    assert found == ["note", "note"]
    assert not settings.data.exists()


def test_a_full_disk_is_to_be_mended(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(100, 90, 10))  # type: ignore[attr-defined]
    assert [item.mark for item in doctor.look_at_data(Settings(data=data)) if item.about == "disk"] == ["mend"]


def test_folders_of_packages_that_are_not_there_are_named(tmp_path: Path) -> None:
    settings = Settings(interviews=tmp_path, packages={"ours": tmp_path / "none"})
    assert [item.about for item in doctor.look_at_configuration(settings) if item.mark == "mend"] == ["ours"]


def test_a_redis_that_only_interviews_use_is_asked(data: Path, redis_server: Any) -> None:
    told = [list(doctor.look_at_redis(Settings(data=data, redis=url))) for url in ("", redis_server.url, "redis://127.0.0.1:1/0")]
    assert [[item.mark for item in found] for found in told] == [[], ["ok"], ["mend"]]
    assert "refused" in told[-1][0].text


def test_a_storage_for_files_is_tried_out(storage: Storage) -> None:
    settings = Settings(files=storage.new_place(), file_storage_options=storage.options)
    refused = replace(settings, file_storage_options=storage.options_with(b"wrong"))
    assert [item.mark for item in doctor.look_at_files(settings)] == ["ok"]
    assert [item.mark for item in doctor.look_at_files(refused)] == ["mend"]
    assert list(doctor.look_at_files(Settings())) == []
