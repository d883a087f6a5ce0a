"""Contents of files in a storage that speaks the language of Amazon's S3.

The client is `obstore`, which is loaded when the first file is written or read. A process that has used it must not be
forked: its threads would be missing in the copy, which would wait for ever.
"""

from __future__ import annotations

import importlib.util
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

from docassemble_lite.errors import SettingsError, StoreAway
from docassemble_lite.settings import S3, FileStorage, Settings

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Store

# as for files in a folder
_FOLDER_LETTERS = 2
# less than somebody waits for a page; a large file may take longer as long as something arrives
_TIMEOUTS: ClientConfig = {"connect_timeout": "4s", "read_timeout": "10s", "timeout": "120s"}
_RETRIES: RetryConfig = {"max_retries": 2, "retry_timeout": timedelta(seconds=8)}
# bytes from which on a content is sent in parts, and of each of these; a storage takes none that are smaller than 5 MB
_LARGE = 5 * 1024 * 1024
_BEHIND_THE_END = "InvalidRange"
_CODE = re.compile(r"<Code>(\w+)</Code>")


class S3Contents:
    """Contents under the keys of a bucket; `url` is s3://BUCKET/PREFIX."""

    def __init__(self, url: str, options: FileStorage) -> None:
        if importlib.util.find_spec("obstore") is None:
            raise SettingsError("The directive “files” names a storage, which takes: pip install 'docassemble_lite[s3]'")
        self._url = url
        self._options = options
        self._used_in: int | None = None

    def write(self, key: str, pieces: Iterable[bytes]) -> None:
        """See `Contents.write`. The storage carries it out as a whole or not at all."""
        left = iter(pieces)
        begun = _first_of(left, _LARGE)
        if len(begun) < _LARGE:
            self._write_at_once(key, begun)
        else:
            self._write_in_parts(key, chain([begun], left))

    def _write_at_once(self, key: str, content: bytes) -> None:
        from obstore.exceptions import AlreadyExistsError

        try:
            with _away_if_it_fails():
                self._store().put(_path(key), content, mode="create", use_multipart=False)
        except AlreadyExistsError as error:
            raise FileExistsError(key) from error

    def _write_in_parts(self, key: str, pieces: Iterator[bytes]) -> None:
        """Several requests; what they send becomes one content with the last of them, for which no condition can be made."""
        if self._is_there(key):
            raise FileExistsError(key)
        with _away_if_it_fails():
            self._store().put(_path(key), pieces, use_multipart=True, chunk_size=_LARGE, max_concurrency=2)

    def _is_there(self, key: str) -> bool:
        try:
            with _away_if_it_fails():
                self._store().head(_path(key))
        except FileNotFoundError:
            return False
        return True

    def read(self, key: str) -> bytes:
        """See `Contents.read`."""
        with _away_if_it_fails():
            return bytes(self._store().get(_path(key)).bytes())

    def read_part(self, key: str, start: int, length: int) -> bytes:
        """See `Contents.read_part`."""
        from obstore.exceptions import BaseError

        with _away_if_it_fails():
            try:
                return bytes(self._store().get_range(_path(key), start=start, length=length))
            except BaseError as error:
                if _code(error) == _BEHIND_THE_END:
                    return b""
                raise

    def remove(self, keys: Iterable[str]) -> None:
        """See `Contents.remove`."""
        paths = [_path(key) for key in keys]
        if paths:
            with _away_if_it_fails(), _nothing_there():
                self._store().delete(paths)

    def check(self) -> None:
        """Write, read and remove something. Raises `SettingsError` that says what is wrong with the storage."""
        key, content = secrets.token_hex(8), secrets.token_bytes(16)
        try:
            self.write(key, [content])
            found = self.read_part(key, 0, len(content))
            self.remove([key])
        except (StoreAway, FileNotFoundError) as error:
            reason = _reason(error.__cause__ or error)
            raise SettingsError(f"The directive “files”: {self._url} can't be used: {reason}") from error
        if found != content:
            raise SettingsError(f"The directive “files”: {self._url} doesn't give back what was put there.")

    def _store(self) -> S3Store:
        if self._used_in not in (None, os.getpid()):
            raise RuntimeError("The storage for files was used before this process was forked.")
        self._used_in = os.getpid()
        return self._opened

    @cached_property
    def _opened(self) -> S3Store:
        from obstore.store import S3Store

        bucket, _, prefix = self._url.removeprefix(S3).partition("/")
        options = self._options
        given: dict[str, Any] = {
            "endpoint": endpoint_for(options, bucket),
            "region": options.region,
            "access_key_id": options.access_key_id,
            "secret_access_key": bytes(options.secret_access_key).decode(),
            "prefix": prefix,
        }
        client: ClientConfig = {**_TIMEOUTS, "allow_http": options.endpoint.startswith("http://")}
        if options.certificate:
            client["root_certificate"] = options.certificate
        return S3Store(
            bucket,
            **{name: value for name, value in given.items() if value},
            virtual_hosted_style_request=options.bucket_in_host,
            client_options=client,
            retry_config=_RETRIES,
        )


def check_storage(settings: Settings) -> None:
    """Raises `SettingsError` if files are to be in a storage that can't be used; not for a process that is to be forked."""
    if settings.files.startswith(S3):
        S3Contents(settings.files, settings.file_storage_options or FileStorage()).check()


@contextmanager
def _away_if_it_fails() -> Iterator[None]:
    from obstore.exceptions import AlreadyExistsError, BaseError

    try:
        yield
    except AlreadyExistsError:
        raise
    except FileNotFoundError as error:
        # without its bucket no file is known to be missing
        if "NoSuchBucket" in str(error):
            raise StoreAway from error
        raise
    except BaseError as error:
        raise StoreAway from error


@contextmanager
def _nothing_there() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        if "NoSuchBucket" in str(error):
            raise


def endpoint_for(options: FileStorage, bucket: str) -> str:
    """The address at which the storage has the bucket; empty where the client knows it."""
    scheme, separator, host = options.endpoint.partition("://")
    return f"{scheme}://{bucket}.{host}" if options.bucket_in_host and separator else options.endpoint


def _path(key: str) -> str:
    return f"{key[:_FOLDER_LETTERS]}/{key}"


def _reason(error: BaseException) -> str:
    """What the storage said, in a line: it answers with XML, and what the client says goes on for long."""
    code = _code(error)
    return f"it answers {code}." if code else " ".join(str(error).split()).partition(" Debug source:")[0]


def _code(error: BaseException) -> str:
    """What the storage calls the error; empty if it gives it no name."""
    found = _CODE.search(str(error))
    return found[1] if found else ""


def _first_of(pieces: Iterator[bytes], enough: int) -> bytes:
    """The first pieces together: all that there are, or as many as have `enough` bytes."""
    gathered = bytearray()
    for piece in pieces:
        gathered += piece
        if len(gathered) >= enough:
            break
    return bytes(gathered)
