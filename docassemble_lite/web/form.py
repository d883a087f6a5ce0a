"""Requests whose forms are read only as far as they can be forms of a screen."""

from __future__ import annotations

from io import BytesIO
from typing import IO, Any

import flask
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser


class _BoundedParser(FormDataParser):
    """Counts the parts of a URL-encoded form before it takes it apart: a few bytes each would become hundreds."""

    def parse(self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None) -> Any:
        if mimetype == "application/x-www-form-urlencoded":
            body = stream.read()
            if self.max_form_parts is not None and body.count(b"&") >= self.max_form_parts:
                raise RequestEntityTooLarge
            stream = BytesIO(body)
        return super().parse(stream, mimetype, content_length, options)


class Request(flask.Request):
    """Flask's request with a bound on the number of fields, however the form is encoded."""

    form_data_parser_class = _BoundedParser
