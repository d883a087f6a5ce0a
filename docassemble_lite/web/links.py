"""Addresses of this server that are to be used outside of it."""

from __future__ import annotations

from typing import Any

from flask import current_app, url_for

from docassemble_lite.web.services import services


def link_to_hand_over(endpoint: str, **values: Any) -> str:
    """The whole address of a page for who asks for it: as `url root` says, or as the server was reached just now."""
    if services().settings.url_root:
        return link_to_send(endpoint, **values)
    return url_for(endpoint, _external=True, **values)


def link_to_send(endpoint: str, **values: Any) -> str:
    """The whole address of a page for somebody else than who asks for it.

    What a request says of how the server is reached is the word of whoever sent it, so it isn't used here, and none is needed.
    """
    path = current_app.url_map.bind("").build(endpoint, values)
    return services().settings.public_url.rstrip("/") + path
