"""What every page carries: headers that bound it, nothing from elsewhere; and what can be fetched beside pages."""

from __future__ import annotations

import http.client
import re
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.visitor import Visitor, interview_path

INTERVIEW = """\
question: What is your name?
fields:
  - Name: full_name
---
mandatory: True
question: Hello, ${ full_name }
"""
PATHS = ["/", "/list", "/exit", interview_path("hello.yml"), interview_path("none.yml"), "/nowhere"]


@pytest.fixture(scope="module")
def running(shared_server: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A server with a package of static files, beside files that are nobody's business."""
    package = tmp_path_factory.mktemp("package")
    for name, text in {
        "data/static/style.css": "p {}",
        "data/static/page.html": "<script>alert(1)</script>",
        "data/static/deep/note.txt": "deep",
        "data/static/picture.svg": "<svg onload='alert(1)'/>",
        "data/sources/private.txt": "nobodys business",
        "data/questions/private.yml": "question: nobodys business",
        "secret.py": "nobodys business",
    }.items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(text)
    (package / "data/static/link.txt").symlink_to(package / "secret.py")
    return shared_server({"hello.yml": INTERVIEW}, packages={"some.package": str(package)})


@pytest.fixture
def alice(running: Any) -> Visitor:
    return Visitor(running.url)


# --- headers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_every_page_says_what_may_run_in_it(alice: Visitor, path: str) -> None:
    headers = alice.get(path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert re.fullmatch(r"'self' 'nonce-[\w-]{16,}'", policy["script-src"])
    assert policy["object-src"] == "'none'"
    assert policy["base-uri"] == policy["form-action"] == policy["frame-ancestors"] == "'self'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


def test_the_nonce_of_scripts_is_another_one_for_each_page(alice: Visitor) -> None:
    policies = {alice.show("hello.yml").headers["Content-Security-Policy"] for _ in range(5)}
    assert len(policies) == 5


def test_every_cookie_is_out_of_reach_of_scripts_and_other_sites(alice: Visitor) -> None:
    cookies = alice.show("hello.yml").headers.get_all("Set-Cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


def test_behind_a_proxy_with_https_cookies_are_for_https_alone(server: Callable[..., Any]) -> None:
    visitor = Visitor(server({"hello.yml": INTERVIEW}, behind_https_load_balancer=True).url)
    for cookie in visitor.show("hello.yml").headers.get_all("Set-Cookie"):
        assert "Secure" in cookie


# --- static files ----------------------------------------------------------------------------------------------------


def test_a_static_file_of_a_package_is_served(alice: Visitor) -> None:
    page = alice.get("/packagestatic/some.package/style.css")
    assert (page.status, page.text, page.headers.get_content_type()) == (200, "p {}", "text/css")


def test_a_static_file_in_a_folder_is_served(alice: Visitor) -> None:
    assert alice.get("/packagestatic/some.package/deep/note.txt").text == "deep"


@pytest.mark.parametrize("name", ["page.html", "picture.svg"])
def test_a_file_that_could_run_scripts_is_downloaded(alice: Visitor, name: str) -> None:
    headers = alice.get(f"/packagestatic/some.package/{name}").headers
    assert headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/packagestatic/some.package/../../secret.py",
        "/packagestatic/some.package/..%2f..%2fsecret.py",
        "/packagestatic/some.package/%2e%2e/%2e%2e/secret.py",
        "/packagestatic/some.package/..%5c..%5csecret.py",
        "/packagestatic/some.package//etc/passwd",
        "/packagestatic/some.package/%2fetc%2fpasswd",
        "/packagestatic/some.package/data/sources/private.txt",
        "/packagestatic/some.package/../sources/private.txt",
        "/packagestatic/some.package/link.txt",
        "/packagestatic/some.package/deep",
        "/packagestatic/some.package/%00",
        "/packagestatic/../hello.yml",
        "/packagestatic/%2e%2e/config.yml",
        "/packagestatic/./hello.yml",
        "/packagestatic/./../hello.yml",
        "/packagestatic/%2e/..%2fhello.yml",
        "/packagestatic/some.package/data/questions/private.yml",
        "/packagestatic/docassemble_lite/__init__.py",
        "/packagestatic/os/path.py",
        "/static/../errors.py",
        "/static/%2e%2e/errors.py",
        "/static/..%2ferrors.py",
    ],
)
def test_nothing_but_static_files_can_be_fetched(running: Any, path: str) -> None:
    """Sent as it is written: a client's own tidying of the address would hide what the server does."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(running.url).netloc, timeout=60)
    connection.putrequest("GET", path)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    # 308 is for the slash too many
    assert answer.status in (308, 404, 400)
    assert b"nobodys business" not in body
    assert b"full_name" not in body


def test_an_interview_outside_of_its_folder_is_not_found(alice: Visitor, running: Any) -> None:
    (Path(running.folder) / "outside.yml").write_text(INTERVIEW)
    (Path(running.folder) / "interviews" / "link.yml").symlink_to(Path(running.folder) / "outside.yml")
    for name in ("../outside.yml", str(Path(running.folder) / "outside.yml"), "link.yml", "some.package:../../outside.yml"):
        assert alice.show(name).status == 404
