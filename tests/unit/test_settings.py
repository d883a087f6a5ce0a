"""The configuration from a file, from the environment, and passwords from files."""

from __future__ import annotations

from pathlib import Path

import pytest

from docassemble_lite.errors import SettingsError
from docassemble_lite.settings import Settings, load_settings
from docassemble_lite.store.server_keys import server_keys


@pytest.fixture(autouse=True)
def _no_file_in_this_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_every_directive_has_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "DAL_WEB_THREADS": "3",
        "DAL_BEHIND_HTTPS_LOAD_BALANCER": "True",
        "DAL_TASK_LEASE": "5",
        "DAL_PERMISSIONS": "{trainer: [create_user]}",
        "DAL_APPNAME": "No",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert (settings.web_threads, settings.behind_https_load_balancer, settings.task_lease) == (3, True, 5.0)
    assert settings.permissions == {"trainer": ("create_user",)}
    assert settings.appname == "No"


def test_the_environment_comes_before_the_file_and_options_before_both(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("config.yml").write_text("host: 10.0.0.1\nport: 1\nappname: From the file\n")
    monkeypatch.setenv("DAL_HOST", "10.0.0.2")
    monkeypatch.setenv("DAL_PORT", "2")
    settings = load_settings(port=3)
    assert (settings.appname, settings.host, settings.port) == ("From the file", "10.0.0.2", 3)


def test_a_variable_of_the_wrong_kind_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAL_WEB_THREADS", "many")
    with pytest.raises(SettingsError, match="DAL_WEB_THREADS must be of the kind int, not 'many'"):
        load_settings()


def test_a_variable_that_is_no_yaml_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAL_PERMISSIONS", "{trainer: [")
    with pytest.raises(SettingsError, match="DAL_PERMISSIONS can't be read"):
        load_settings()


def test_the_usual_folders_lie_beside_the_configuration_wherever_the_program_is_started(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "config.yml").write_text("port: 1\n")
    settings = load_settings(Path("elsewhere") / "config.yml")
    assert (settings.data, settings.interviews) == (Path("elsewhere/data"), Path("elsewhere/interviews"))


# --- values in files


def in_file(monkeypatch: pytest.MonkeyPatch, variable: str, text: str) -> None:
    Path(variable).write_text(text)
    monkeypatch.setenv(f"{variable}_FILE", variable)


def test_a_value_may_stand_in_a_file_whose_line_end_is_not_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    in_file(monkeypatch, "DAL_DATABASE", "postgresql://ada:a b @db/x\r\n")
    assert load_settings().database == "postgresql://ada:a b @db/x"


def test_an_empty_file_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    in_file(monkeypatch, "DAL_MAIL_PASSWORD", "\n")
    assert load_settings() == Settings()


def test_a_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAL_BROKER_FILE", "nowhere")
    with pytest.raises(SettingsError, match=r"DAL_BROKER_FILE names a file that can't be read: .*nowhere"):
        load_settings()


def test_a_value_stands_in_one_place_only(monkeypatch: pytest.MonkeyPatch) -> None:
    in_file(monkeypatch, "DAL_BROKER", "redis://one")
    monkeypatch.setenv("DAL_BROKER", "redis://two")
    with pytest.raises(SettingsError, match="both DAL_BROKER and DAL_BROKER_FILE"):
        load_settings()


def test_the_servers_key_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    in_file(monkeypatch, "DAL_SERVER_KEY", "5e" * 32 + "\n")
    assert server_keys(tmp_path / "data").read() == (b"\x5e" * 32,)
    assert not (tmp_path / "data").exists()


def test_an_empty_file_is_no_key_of_the_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Otherwise another key would be made, which opens nothing of what is there."""
    in_file(monkeypatch, "DAL_SERVER_KEY", "")
    with pytest.raises(SettingsError, match="must be 64 hexadecimal digits"):
        server_keys(tmp_path)


# --- passwords


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        ("postgresql://ada@db:5432/x?sslmode=require", "postgresql://ada:p%40%2Fs%20%C3%B6@db:5432/x?sslmode=require"),
        ("postgresql://ada:old@db/x", "postgresql://ada:p%40%2Fs%20%C3%B6@db/x"),
        ("redis://redis:6379/0", "redis://:p%40%2Fs%20%C3%B6@redis:6379/0"),
        ("redis://redis", "redis://:p%40%2Fs%20%C3%B6@redis"),
    ],
)
def test_a_password_takes_its_place_in_the_url(url: str, whole: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE", "BROKER", "REDIS"):
        monkeypatch.setenv(f"DAL_{name}", url)
        in_file(monkeypatch, f"DAL_{name}_PASSWORD", "p@/s ö")
    settings = load_settings()
    assert [settings.database, settings.broker, settings.redis] == [whole] * 3


@pytest.mark.parametrize("name", ["database", "broker", "redis"])
def test_a_password_for_nothing_is_a_mistake(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"DAL_{name.upper()}_PASSWORD", "secret")
    with pytest.raises(SettingsError, match=f"the directive “{name}” is no URL with a host"):
        load_settings()


def test_the_mail_password_is_that_of_the_usual_account(monkeypatch: pytest.MonkeyPatch) -> None:
    account = "{name: NAME, server: smtp.example.com, default sender: a@example.com, password: in the file}"
    Path("config.yml").write_text(f"mail: [{account.replace('NAME', 'other')}, {account.replace('NAME', 'default')}]\n")
    monkeypatch.setenv("DAL_MAIL_PASSWORD", "0123")
    usual, other = load_settings().mail
    assert (usual.name, usual.password, other.password) == ("default", b"0123", b"in the file")


def test_a_mail_password_without_a_server_is_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAL_MAIL_PASSWORD", "secret")
    with pytest.raises(SettingsError, match="“mail” doesn't say for which server"):
        load_settings()


def test_passwords_do_not_show_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("config.yml").write_text("mail: {server: smtp.example.com, username: a@example.com}\nmail password: canary\n")
    assert "canary" not in repr(load_settings())


def test_a_misspelled_directive_is_told_with_the_one_that_was_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("config.yml").write_text("prot: 8080\n")
    with pytest.raises(SettingsError, match=r"no directive “prot”\. Did you mean “port”\?"):
        load_settings()
    Path("config.yml").write_text("xyzzy: 8080\n")
    with pytest.raises(SettingsError, match=r"no directive “xyzzy”\. There are: admin can delete account, "):
        load_settings()
