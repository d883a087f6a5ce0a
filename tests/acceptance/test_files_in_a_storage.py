"""Files in a storage that speaks S3, with a real server on both sides: what people send, and what workers make."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import werkzeug.datastructures
import yaml
from werkzeug.test import stream_encode_multipart

from docassemble_lite.settings import FileStorage
from tests.acceptance.test_command_line import run
from tests.acceptance.test_documents import links
from tests.acceptance.visitor import Page, Visitor, control, filled, path_of
from tests.s3 import SECRET, Storage
from tests.unit.documents.reopened import texts

PAPERS = """\
mandatory: True
code: |
  name
  if the_task.ready():
    final_screen
  else:
    waiting_screen
---
question: Papers
fields:
  - Name: name
  - Paper: paper
    datatype: file
---
code: the_task = background_action('make_answer')
---
event: make_answer
code: background_response(answer)
---
attachment:
  name: Answer
  variable name: answer
  valid formats: [pdf, md]
  content: |
    Dear ${ name }, you sent: ${ paper.slurp() }
---
event: waiting_screen
question: Please wait
---
event: final_screen
question: Done
attachment code: the_task.get()
"""
NAME = "kanarienvogel"


@pytest.fixture
def own_storage(tmp_path: Path) -> Iterator[Storage]:
    """A storage that may be stopped without disturbing others."""
    folder = tmp_path / "storage"
    folder.mkdir()
    started = Storage(folder)
    yield started
    started.stop()


def directives(options: FileStorage) -> dict[str, Any]:
    """The options as they stand in a configuration."""
    values = {item.name: getattr(options, item.name) for item in fields(options)} | {"secret_access_key": SECRET.decode()}
    return {name.replace("_", " "): value for name, value in values.items() if value}


def send_paper(visitor: Visitor, page: Page) -> Page:
    """Fill in the form with a file, as browsers send it."""
    posted = dict(filled(page, name=NAME)) | {
        control("paper"): werkzeug.datastructures.FileStorage(io.BytesIO(b"what is on paper"), "paper.txt")
    }
    body, _, boundary = stream_encode_multipart(posted)
    with body:
        return visitor.post_body(path_of(page), body.read(), f"multipart/form-data; boundary={boundary}")


def test_p40_people_and_tasks_use_the_storage_and_lose_nothing_while_it_is_away(
    server: Callable[..., Any], own_storage: Storage, eventually: Callable[..., Any]
) -> None:
    """P40"""
    place = own_storage.new_place()
    running = server({"papers.yml": PAPERS}, files=place, file_storage_options=directives(own_storage.options))
    visitor = Visitor(running.url)
    form = visitor.show("papers.yml")
    own_storage.stop()
    kept = send_paper(visitor, form)
    assert (kept.status, NAME in kept.words) == (503, True)
    assert "Nothing that you typed is lost" in kept.words
    own_storage.start()
    send_paper(visitor, form)

    def finished() -> Page | None:
        page = visitor.show("papers.yml")
        return page if page.heading == "Done" else None

    done = eventually(finished, "the task is over")
    found = texts({name: visitor.get(address).body for name, address in links(done).items()})
    assert list(found) == ["pdf", "md"]
    assert all(f"Dear {NAME}, you sent: what is on paper" in " ".join(text.split()) for text in found.values())
    objects = [path for path in own_storage.folder_of(place).rglob("*") if path.is_file()]
    assert len(objects) == 3
    assert not any(NAME.encode() in path.read_bytes() for path in objects)
    assert [path for path in (running.data / "files").rglob("*") if path.is_file()] == []
    own_storage.stop()
    assert visitor.get(links(done)["pdf"]).status == 503


@pytest.mark.parametrize("command", ["run", "worker"])
def test_a_server_whose_storage_refuses_it_says_so_and_does_not_start(tmp_path: Path, storage: Storage, command: str) -> None:
    options = directives(storage.options_with(b"wrong")) | {"secret access key": "wrong"}
    place = storage.new_place()
    config = {"port": 0, "files": place, "file storage options": options}
    (tmp_path / "config.yml").write_text(yaml.safe_dump(config))
    (tmp_path / "interviews").mkdir()
    result = run(command, folder=tmp_path)
    assert result.returncode == 2
    assert result.stderr.splitlines() == [
        f"docassemble_lite: The directive “files”: {place} can't be used: it answers SignatureDoesNotMatch."
    ]
