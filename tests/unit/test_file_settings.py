"""`files` and `file storage options` in the configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from docassemble_lite.errors import SettingsError
from docassemble_lite.settings import Settings, load_settings

STORAGE = """\
files: s3://interviews/of/ours/
file storage options:
  endpoint: https://s3.example.com
  region: eu-central-1
  access key id: somebody
  secret access key: abc123
  bucket in host: True
"""


def _loaded(folder: Path, text: str) -> Settings:
    config = folder / "config.yml"
    config.write_text(text)
    return load_settings(config)


def test_without_a_word_files_lie_in_the_data_folder(tmp_path: Path) -> None:
    settings = _loaded(tmp_path, "debug: True\n")
    assert (settings.files, settings.file_storage_options) == ("", None)


def test_a_folder_is_seen_from_the_configuration(tmp_path: Path) -> None:
    assert _loaded(tmp_path, "files: shared/files\n").files == str(tmp_path / "shared" / "files")


def test_a_storage_has_a_bucket_a_prefix_and_what_opens_it(tmp_path: Path) -> None:
    settings = _loaded(tmp_path, STORAGE)
    options = settings.file_storage_options
    assert options
    assert settings.files == "s3://interviews/of/ours"
    assert (options.endpoint, options.region, options.access_key_id) == ("https://s3.example.com", "eu-central-1", "somebody")
    assert (options.secret_access_key, options.bucket_in_host) == (b"abc123", True)
    assert "abc123" not in repr(settings)


def test_the_secret_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("def456\n")
    monkeypatch.setenv("DAL_FILES_PASSWORD_FILE", str(tmp_path / "secret"))
    options = _loaded(tmp_path, STORAGE.replace("  secret access key: abc123\n", "")).file_storage_options
    assert options
    assert options.secret_access_key == b"def456"


def test_the_environment_may_name_the_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAL_FILES", "s3://others")
    assert _loaded(tmp_path, STORAGE).files == "s3://others"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("files: ftp://example.com/files\n", "must be a folder, or s3://BUCKET/PREFIX"),
        ("files: s3://\n", "must be a folder"),
        ("files: s3://bucket/../other\n", "must be a folder"),
        ("files: s3://bucket//x\n", "must be a folder"),
        ("files: s3://id:secret@bucket/x\n", "must be a folder"),
        ("file storage options: eu-central-1\n", "must have lines of the form"),
        ("file storage options:\n  key: x\n", "there is no directive “key”. There are: endpoint, region,"),
        ("file storage options:\n  secret access key: x\n", "must have an “access key id”"),
        ("files password: x\n", "There is a “files password”, but"),
        ("file storage options:\n  secret access key: [x]\n", "must be a text"),
        ("file storage options:\n  certificate: nowhere\n", "can't be read"),
        ("file storage options:\n  endpoint: s3.example.com\n", "endpoint must be"),
        ("file storage options:\n  endpoint: https://s3.example.com/path\n", "endpoint must be"),
        ("file storage options:\n  endpoint: http://[::1]:80\n  bucket in host: True\n", "there can be no"),
        ("file storage options:\n  endpoint: http://127.0.0.1\n  bucket in host: True\n", "there can be no"),
        ("file storage options:\n  bucket in host: perhaps\n", "must be of the kind bool"),
    ],
)
def test_mistakes_are_told(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        _loaded(tmp_path, text)
