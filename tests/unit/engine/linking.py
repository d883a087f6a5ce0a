"""Links of an interview in memory that hold all that their actions need, and following them."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

from tests.unit.engine.interviewing import Interview, interview


def with_links(text: str) -> Interview:
    """An interview whose links can be followed."""
    session = interview(text)
    session.host.action_url = _address  # type: ignore[method-assign]
    return session.show()


def _address(action: str, arguments: Mapping[str, Any], *, with_session: bool, forget_prior: bool) -> str:
    return "action:" + quote(json.dumps([action, arguments]))


def follow(session: Interview, url: str) -> Interview:
    """Follow a link."""
    action, arguments = json.loads(unquote(html.unescape(url).removeprefix("action:")))
    return session.act(action, **arguments)


def follow_from_web(session: Interview, url: str) -> Interview:
    """Follow a link as a browser does, from which not everything is accepted."""
    session.interface = "web"
    try:
        return follow(session, url)
    finally:
        session.interface = "test"


def links(markup: str, name: str) -> list[str]:
    """The addresses of the links of that name."""
    return [href for href, said in re.findall(r'<a href="([^"]*)"[^>]*aria-label="([^"]*)"', markup) if said == name]
