"""Requests whose forms are read only as far as they can be forms of a screen, and the files that came with them."""

from __future__ import annotations

import io
import tempfile
from io import BytesIO
from typing import IO, Any, BinaryIO, cast

import flask
from flask import current_app, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from docassemble_lite.engine.uploads import Upload

#: How many times as much as a single file may have a form with files may have; what a file has too much is thrown away.
FILES_AT_ONCE = 4
_MULTIPART = "multipart/form-data"
# bytes of a file that are held in memory; what is larger is on the disk while the request lasts
_IN_MEMORY = 512 * 1024


class _BoundedParser(FormDataParser):
    """Counts the parts of a URL-encoded form before it takes it apart: a few bytes each would become hundreds."""

    def parse(self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None) -> Any:
        if mimetype == "application/x-www-form-urlencoded":
            body = stream.read()
            if self.max_form_parts is not None and body.count(b"&") >= self.max_form_parts:
                raise RequestEntityTooLarge
            stream = BytesIO(body)
        return super().parse(stream, mimetype, content_length, options)


class BoundedFile(io.RawIOBase):
    """A file that is being received: what goes beyond the limit isn't kept, so that the rest of the form can be read."""

    def __init__(self, limit: int) -> None:
        self.too_large = False
        self._left = limit
        self._kept = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (`close` closes it)

    def write(self, data: Any) -> int:
        """Take in a piece."""
        self._left -= len(data)
        self.too_large = self.too_large or self._left < 0
        if not self.too_large:
            self._kept.write(data)
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place."""
        return self._kept.seek(offset, whence)

    def content(self) -> BinaryIO | None:
        """All of it, as long as the request lasts; None if it is too large."""
        return None if self.too_large else cast(BinaryIO, self._kept)

    def close(self) -> None:
        """Forget it."""
        self._kept.close()
        super().close()


class Request(flask.Request):
    """Flask's request with a bound on the number of fields, however the form is encoded, and on the size of each file."""

    form_data_parser_class = _BoundedParser

    @property
    def max_content_length(self) -> int | None:
        """Bytes of the whole request. A form with files may have more: of its files only what is allowed is kept."""
        limit = super().max_content_length
        return FILES_AT_ONCE * limit if limit is not None and self.mimetype == _MULTIPART else limit

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        flask.Request.max_content_length.__set__(self, value)  # type: ignore[attr-defined]

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return cast(IO[bytes], BoundedFile(current_app.config["MAX_CONTENT_LENGTH"]))


def sent_files() -> dict[str, list[Upload]]:
    """The files of the form, by controls; a control in which nothing was chosen has none."""
    found: dict[str, list[Upload]] = {}
    for control in request.files:
        for sent in request.files.getlist(control):
            if sent.filename:
                stream = cast(BoundedFile, sent.stream)
                found.setdefault(control, []).append(Upload(sent.filename, stream.content()))
    return found
