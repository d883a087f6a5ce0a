"""Places for the contents of files: a folder, and a storage that speaks S3."""

from __future__ import annotations

import http.server
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from docassemble_lite.errors import SettingsError, StoreAway
from docassemble_lite.settings import FileStorage, Secret
from docassemble_lite.store.contents import Contents, FolderContents
from docassemble_lite.store.s3_contents import S3Contents, endpoint_for
from tests.certificates import write_certificate
from tests.s3 import Storage


@pytest.fixture(params=["folder", "s3"])
def contents(request: pytest.FixtureRequest, tmp_path: Path) -> Contents:
    """An empty place."""
    if request.param == "folder":
        return FolderContents(tmp_path / "files")
    storage: Storage = request.getfixturevalue("storage")
    return S3Contents(storage.new_place(), storage.options)


def test_contents_are_kept_as_they_are(contents: Contents) -> None:
    large = os.urandom(9 * 2**20)
    for key, content in (("abc123", b"one"), ("abc124", b""), ("fff", large)):
        contents.write(key, [content])
        assert contents.read(key) == content
    assert contents.read("abc123") == b"one"


def test_removing_what_is_not_there_is_no_mistake(contents: Contents) -> None:
    contents.write("abc123", [b"one"])
    contents.write("abc125", [b"two"])
    contents.remove(["abc124", "abc123", "abc123"])
    contents.remove([])
    for key in ("abc123", "abc124"):
        with pytest.raises(FileNotFoundError):
            contents.read(key)
    assert contents.read("abc125") == b"two"


def test_a_part_is_read_by_itself(contents: Contents) -> None:
    contents.write("abc123", [b"0123", b"456789"])
    parts = [contents.read_part("abc123", start, length) for start, length in ((0, 1), (3, 4), (8, 30), (10, 1), (99, 5))]
    assert parts == [b"0", b"3456", b"89", b"", b""]
    with pytest.raises(FileNotFoundError):
        contents.read_part("abc124", 0, 1)


@pytest.mark.parametrize("size", [10, 11 * 2**20])
def test_nothing_is_kept_of_what_breaks_off(contents: Contents, size: int) -> None:
    def pieces() -> Iterator[bytes]:
        yield bytes(size)
        raise KeyError("broken off")

    with pytest.raises(KeyError):
        contents.write("abc123", pieces())
    with pytest.raises(FileNotFoundError):
        contents.read_part("abc123", 0, 1)


def test_a_large_content_is_not_written_over(contents: Contents) -> None:
    contents.write("abc123", [b"one"])
    with pytest.raises(FileExistsError):
        contents.write("abc123", [bytes(6 * 2**20)])
    assert contents.read("abc123") == b"one"


# --- a folder --------------------------------------------------------------------------------------------------------


def test_a_key_in_use_is_not_written_over(tmp_path: Path) -> None:
    contents = FolderContents(tmp_path / "files")
    contents.write("abc123", [b"one"])
    with pytest.raises(FileExistsError):
        contents.write("abc123", [b"two"])
    assert contents.read("abc123") == b"one"


def test_a_disk_that_is_full_takes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P40"""

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    contents = FolderContents(tmp_path / "files")
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StoreAway):
        contents.write("abc123", [b"one"])
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_content_gets_its_name_when_it_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P40: a server that dies at any step leaves nothing half written under a key."""
    rename, seen = Path.rename, []

    def noted_rename(self: Path, target: Path) -> Path:
        seen.append((self.read_bytes(), target.exists()))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", noted_rename)
    FolderContents(tmp_path / "files").write("abc123", [b"one"])
    assert seen == [(b"one", False)]


# --- a storage -------------------------------------------------------------------------------------------------------


def test_objects_lie_under_the_prefix(storage: Storage) -> None:
    place = storage.new_place()
    S3Contents(place, storage.options).write("abc123", [b"one"])
    assert (storage.folder_of(place) / "ab" / "abc123").read_bytes() == b"one"


def test_a_storage_that_does_not_answer_is_away_and_then_there_again(tmp_path: Path) -> None:
    """P40"""
    storage = Storage(tmp_path)
    contents = S3Contents(storage.new_place(), storage.options)
    contents.write("abc123", [b"one"])
    storage.stop()
    acts: list[Callable[[], object]] = [
        lambda: contents.read("abc123"),
        lambda: contents.write("abc124", [b"two"]),
        lambda: contents.remove(["abc123"]),
    ]
    for act in acts:
        with pytest.raises(StoreAway):
            act()
    storage.start()
    try:
        assert contents.read("abc123") == b"one"
        contents.write("abc124", [b"two"])
    finally:
        storage.stop()


def test_a_storage_that_can_be_used_is_left_as_it_was(storage: Storage) -> None:
    place = storage.new_place()
    S3Contents(place, storage.options).check()
    assert [path for path in storage.folder_of(place).rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("place", "options", "reason"),
    [
        ("s3://no-such-bucket/files", {}, "NoSuchBucket"),
        ("s3://interviews/files", {"secret_access_key": Secret(b"wrong")}, "SignatureDoesNotMatch"),
        ("s3://interviews/files", {"access_key_id": "somebody"}, "InvalidAccessKeyId"),
        ("s3://interviews/files", {"endpoint": "http://127.0.0.1:1"}, "error sending request"),
    ],
)
def test_a_storage_that_can_not_be_used_says_why(storage: Storage, place: str, options: dict[str, object], reason: str) -> None:
    with pytest.raises(SettingsError) as caught:
        S3Contents(place, replace(storage.options, **options)).check()  # type: ignore[arg-type]
    assert place in caught.value.message
    assert reason in caught.value.message
    assert "\n" not in caught.value.message
    assert "secret" not in caught.value.message


def test_a_storage_is_spoken_to_in_secret_if_somebody_vouches_for_it(tmp_path: Path) -> None:
    certificate = tmp_path / "certificate.pem"
    write_certificate(certificate)
    storage = Storage(tmp_path, certificate)
    options = storage.options
    assert options.endpoint.startswith("https://")
    try:
        S3Contents(storage.new_place(), replace(options, certificate=certificate.read_text())).check()
        with pytest.raises(SettingsError):
            S3Contents(storage.new_place(), options).check()
    finally:
        storage.stop()


def test_the_bucket_may_stand_in_the_name_of_the_host() -> None:
    options = FileStorage("https://s3.example.com:9000", bucket_in_host=True)
    assert endpoint_for(options, "papers") == "https://papers.s3.example.com:9000"
    assert endpoint_for(FileStorage(bucket_in_host=True), "papers") == ""


def test_a_bucket_that_has_gone_loses_no_file(storage: Storage) -> None:
    contents = S3Contents("s3://no-such-bucket/files", storage.options)
    for act in (lambda: contents.read("abc123"), lambda: contents.remove(["abc123"])):
        with pytest.raises(StoreAway):
            act()


def test_a_client_that_is_missing_is_told_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(SettingsError, match="pip install"):
        S3Contents("s3://interviews", FileStorage())


def test_a_process_that_was_forked_does_not_wait_for_ever(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    contents = S3Contents(storage.new_place(), storage.options)
    contents.write("abc123", [b"one"])
    monkeypatch.setattr(os, "getpid", lambda: -1)
    with pytest.raises(RuntimeError, match="forked"):
        contents.read("abc123")


@pytest.fixture
def occupied() -> Iterator[tuple[str, list[str | None]]]:
    """The address of a storage under whose keys there is something always, and the conditions under which it was to write."""
    conditions: list[str | None] = []

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            conditions.append(self.headers["If-None-Match"])
            self.send_response(412)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", conditions
        server.shutdown()
        thread.join()


def test_a_storage_is_asked_to_write_nothing_over(occupied: tuple[str, list[str | None]]) -> None:
    endpoint, conditions = occupied
    contents = S3Contents("s3://bucket", FileStorage(endpoint, "x", "id", Secret(b"secret")))
    with pytest.raises(FileExistsError):
        contents.write("abc123", [b"one"])
    assert conditions == ["*"]
