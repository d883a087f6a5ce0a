"""P33: addresses that look as if they led to another page of ours and lead to another server, as a browser reads them."""

from __future__ import annotations

from itertools import product

import pytest
from playwright.sync_api import Page
from werkzeug.utils import redirect

from docassemble_lite.web.same_origin import same_origin_path

HERE = "http://here.example:8080"
# fmt: off
_BEGINNINGS = ["", "/", "//", "///", "\\", "/\\", "\\/", "\\\\", "/./", "/../", "/;/", "/.//", "/..//", "?", "#", "@", "/@", ":"]
_SCHEMES = ["http:", "https:", "HTTPS://", "http:/", "javascript:", "data:", "vbscript:", "file:///", "ftp://", "blob:"]
# what browsers leave out, what shows nothing, what turns the reading around
_UNSEEN = [chr(code) for code in (9, 10, 13, 0, 11, 12, 32, 0x7F, 0x85, 0xA0, 0xAD, 0x200B, 0x2028, 0x202E, 0xFEFF)]
_LOOKALIKES = ["\ud800", "／", "⁄", "∕", "＼", "。", "．", "%2f", "%5c", "%09", "%0a", "%00", "%252f", "&#47;"]
_HOSTS = [
    "evil.example", "evil.example/", "here.example@evil.example", "here.example:8080@evil.example", "evil.example:80/a", "[::1]",
]
ORDINARY = [
    "/", "/list", "/interview?i=a.yml", "/interview?i=p.q:b.yml&x=1#end", "/tasks?state=failed&page=2", "/a/b/../c", "/prüfung",
]
# fmt: on


def tricky() -> list[str]:
    """More than 500 of them."""
    found = [begin + host for begin, host in product([*_BEGINNINGS, *_SCHEMES], _HOSTS)]
    found += [f"{before}/{unseen}/{host}" for before, unseen, host in product(("", "\t"), _UNSEEN, _HOSTS[:2])]
    found += [f"{unseen}{begin}{host}" for unseen, begin, host in product(_UNSEEN, ("//", "/", "https://"), _HOSTS[:2])]
    found += [f"{begin}{unseen}{host}" for unseen, begin, host in product(_UNSEEN, ("//", "/", "https:"), _HOSTS[:2])]
    found += [f"/{alike}{host}" for alike, host in product(_LOOKALIKES, _HOSTS)]
    found += [f"{alike}{alike}{host}" for alike, host in product(_LOOKALIKES, _HOSTS)]
    found += ["javascript:alert(1)//", "data:text/html,<script>alert(1)</script>", "/ok\r\nLocation: //evil.example", "/" * 3000]
    return list(dict.fromkeys(found))


def test_p33_there_are_five_hundred_of_them() -> None:
    assert len(tricky()) >= 500


@pytest.mark.parametrize("address", ORDINARY)
def test_a_path_of_ours_stays_as_it_is(address: str) -> None:
    assert same_origin_path(address) == address


@pytest.mark.parametrize("address", ["/" + "x" * 2000, "/a b", "list", "?a", "#a", "", " /list", "/list\n", "/\ud800"])
def test_what_no_link_of_ours_looks_like_is_no_path(address: str) -> None:
    assert same_origin_path(address) == ""


def test_p33_none_of_them_leads_elsewhere() -> None:
    """P33: what is let through begins with one slash, and a redirect can be made of it that begins so, too."""
    for address in tricky():
        led = same_origin_path(address)
        if led:
            location = redirect(led, 303).headers["Location"]
            assert (location[0], location[1] in "/\\") == ("/", False), address


@pytest.mark.browser
def test_p33_none_of_them_leads_elsewhere_in_a_browser(page: Page) -> None:
    """P33: a browser's own reading is the judge, of the address and of the redirect that is made of it."""
    let_through = [led for address in tricky() if (led := same_origin_path(address))]
    assert let_through
    asked = [*let_through, *(redirect(led, 303).headers["Location"] for led in let_through)]
    origins = page.evaluate("([all, here]) => all.map((one) => new URL(one, here + '/user/sign-in').origin)", [asked, HERE])
    assert [(address, origin) for address, origin in zip(asked, origins, strict=True) if origin != HERE] == []


@pytest.mark.browser
def test_the_browser_would_have_been_led_elsewhere(page: Page) -> None:
    """Otherwise there would be no merit in it."""
    asked = [address for address in tricky() if "\ud800" not in address]
    origins = page.evaluate(
        "([all, here]) => all.map((one) => URL.canParse(one, here) ? new URL(one, here).origin : '')", [asked, HERE]
    )
    elsewhere = [address for address, origin in zip(asked, origins, strict=True) if origin not in (HERE, "")]
    assert len(elsewhere) > 150
    assert [address for address in elsewhere if same_origin_path(address)] == []
