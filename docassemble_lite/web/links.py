"""Addresses of this server that are to be used outside of it."""

from __future__ import annotations

from typing import Any

from flask import url_for

from docassemble_lite.web.services import services


def link_to(endpoint: str, **values: Any) -> str:
    """The whole address of a page: as the configuration says that the server is reached, or as it was reached just now.

    What a request says of that is the word of whoever sent it, so it must not get into what is sent to somebody else.
    """
    root = services().settings.url_root.rstrip("/")
    return root + url_for(endpoint, **values) if root else url_for(endpoint, _external=True, **values)
