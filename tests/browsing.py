"""Tabs of a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# milliseconds that a browser may take for anything
_PATIENCE = 90_000


def chromium() -> str | None:
    """The program of the browser, if there is one: its headless shell, or the whole of it, which takes twice the processor."""
    return shutil.which("chromium-headless-shell") or shutil.which("chromium")


@contextmanager
def open_tab(browser: Browser, **options: Any) -> Iterator[Page]:
    """An empty tab of a browser that has visited nothing yet; `options` are those of Playwright's contexts."""
    context = browser.new_context(**options)
    context.set_default_timeout(_PATIENCE)
    yield context.new_page()
    for tab in context.pages:
        # a tab that is closed on its way to another page may never be
        tab.goto("about:blank")
    context.close()
