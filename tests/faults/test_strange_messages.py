"""What lies in the broker may be anything: whoever can write there must not get more than a worker that wakes up."""

from __future__ import annotations

import base64
import json
import pickle
import random
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from docassemble_lite.broker import QUEUE, RUN_TASK
from tests.faults.working import INTERVIEW, NAME, SHORT_LEASE, heading_when_over, runs_of, start_task

Eventually = Callable[..., Any]
MESSAGES = 1000


class Trap:
    """Unpickling it leaves a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return (open, (str(self.path), "w"))


class Maker:
    """Makes messages: of other tasks, with other arguments, of other kinds, and no messages at all."""

    def __init__(self, trap: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.trap = trap
        self.kinds = [
            self.garbage,
            self.other_json,
            self.other_task,
            self.other_arguments,
            self.pickled,
            self.broken_body,
            self.without_something,
            self.unknown_id,
        ]

    def message(self) -> bytes:
        """Any message."""
        return self.chance.choice(self.kinds)()

    def garbage(self) -> bytes:
        return self.chance.randbytes(self.chance.choice((0, 1, 100, 5000)))

    def other_json(self) -> bytes:
        return self.chance.choice((b"null", b"[]", b"{}", b"1", b'"x"', b"[" * 5000, b'{"body": {}}', b"\xff\xfe{"))

    def other_task(self) -> bytes:
        name = self.chance.choice(
            ("os.system", "celery.backend_cleanup", "celery.chord_unlock", "celery.map", "", "é", "x" * 5000)
        )
        return envelope(name, [["true"], {"task": "x"}, {}])

    def other_arguments(self) -> bytes:
        arguments = [
            [["x"], {}, {}],
            [[], {}, {}],
            [[], {"task": 1}, {}],
            [[], {"task": {"$type": "x"}}, {}],
            [[], {"task": "x" * 100_000}, {}],
            [[], {"task": "x", "more": 1}, {}],
            [[], {"task": "'; DROP TABLE tasks; --"}, {}],
            [[], {"task": "\x00"}, {}],
            [[], {"task": "x"}, {"chain": [{"task": "os.system"}], "callbacks": 3}],
            [{}, [], None],
            [],
            {"task": "x"},
            None,
            "text",
        ]
        return envelope(RUN_TASK, self.chance.choice(arguments))

    def pickled(self) -> bytes:
        content = pickle.dumps(([], {"task": Trap(self.trap)}, {}))
        kind = self.chance.choice(
            ("application/x-python-serialize", "application/data", "application/json", "application/x-yaml")
        )
        return envelope(RUN_TASK, content, kind=kind, encoding=self.chance.choice(("binary", "utf-8", "nonsense")))

    def broken_body(self) -> bytes:
        return envelope(RUN_TASK, self.chance.randbytes(50), encoding=self.chance.choice(("binary", "utf-8")))

    def without_something(self) -> bytes:
        message = json.loads(envelope(RUN_TASK, [[], {"task": "x"}, {}]))
        for part in (message, message["headers"], message["properties"]):
            if part and self.chance.random() < 0.5:
                part.pop(self.chance.choice(sorted(part)))
        return json.dumps(message).encode()

    def unknown_id(self) -> bytes:
        return envelope(RUN_TASK, [[], {"task": uuid.UUID(int=self.chance.getrandbits(128)).hex}, {}])


def envelope(task: str, content: Any, *, kind: str = "application/json", encoding: str = "utf-8") -> bytes:
    """A message as Celery puts it into a broker; `content` is sent as JSON unless it is bytes."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    number = str(uuid.uuid4())
    headers = {"lang": "py", "task": task, "id": number, "root_id": number, "parent_id": None, "group": None, "retries": 0}
    properties = {
        "correlation_id": number,
        "reply_to": str(uuid.uuid4()),
        "delivery_mode": 2,
        "delivery_info": {"exchange": "", "routing_key": QUEUE},
        "priority": 0,
        "body_encoding": "base64",
        "delivery_tag": str(uuid.uuid4()),
    }
    message = {"body": base64.b64encode(body).decode(), "content-encoding": encoding, "content-type": kind}
    return json.dumps(message | {"headers": headers, "properties": properties}).encode()


def assert_next_task_runs(running: Any, eventually: Eventually) -> None:
    visitor, _ = start_task(running)
    assert heading_when_over(visitor, eventually) == "Done, worked"
    assert len(runs_of(running)) == 1


# --- files -----------------------------------------------------------------------------------------------------------


def put_file(folder: Path, content: bytes) -> None:
    """Leave a message in the folder of the broker, all at once as the broker does."""
    path = folder / f"{time.time_ns()}_{uuid.uuid4()}.{QUEUE}.msg"
    path.with_suffix(".new").write_bytes(content)
    path.with_suffix(".new").rename(path)


def test_p44_a_thousand_random_messages_do_not_stop_the_worker(
    server: Callable[..., Any], eventually: Eventually, long_form: bool, measured: Callable[..., None]
) -> None:
    """P44: it is the same process in the end, nothing was unpickled or run, and the next real task runs."""
    running = server({NAME: INTERVIEW}, **SHORT_LEASE)
    worker = eventually(lambda: running.child("worker"), "the worker runs")
    folder = running.data / "broker" / "messages"
    eventually(folder.exists, "the folder is there")
    trap = running.folder / "trapped"
    maker = Maker(trap, seed=44)
    messages = 20 * MESSAGES if long_form else MESSAGES
    for _ in range(messages):
        put_file(folder, maker.message())
    eventually(lambda: not list(folder.iterdir()), "all messages are taken")
    assert_next_task_runs(running, eventually)
    assert running.child("worker") == worker
    assert not trap.exists()
    measured("P44", messages=messages, ends_of_the_worker=running.log.count("it is started again"))


def test_p44_files_with_odd_names_do_not_stop_the_worker(server: Callable[..., Any], eventually: Eventually) -> None:
    running = server({NAME: INTERVIEW}, **SHORT_LEASE)
    worker = eventually(lambda: running.child("worker"), "the worker runs")
    folder = running.data / "broker" / "messages"
    eventually(folder.exists, "the folder is there")
    for name in ("x", f"{QUEUE}.msg", f".{QUEUE}.msg", f"1_x.{QUEUE}.msg.{QUEUE}.msg", f"é_\n.{QUEUE}.msg"):
        (folder / name).write_bytes(b"x")
    (folder / f"1_folder.{QUEUE}.msg").mkdir()
    (folder / f"2_link.{QUEUE}.msg").symlink_to("/nonexistent")
    assert_next_task_runs(running, eventually)
    assert running.child("worker") == worker


# --- Redis -----------------------------------------------------------------------------------------------------------


def test_p44_a_thousand_random_messages_through_redis_do_not_stop_the_worker(
    server: Callable[..., Any], eventually: Eventually, redis_url: str, measured: Callable[..., None]
) -> None:
    """P44, with Redis as the broker."""
    import redis

    running = server({NAME: INTERVIEW}, broker=redis_url, **SHORT_LEASE)
    worker = eventually(lambda: running.child("worker"), "the worker runs")
    trap = running.folder / "trapped"
    maker = Maker(trap, seed=45)
    with redis.Redis.from_url(redis_url) as client:
        for _ in range(MESSAGES):
            client.lpush(QUEUE, maker.message())
        eventually(lambda: client.llen(QUEUE) == 0, "all messages are taken")
    assert_next_task_runs(running, eventually)
    assert running.child("worker") == worker
    assert not trap.exists()
    measured("P44 with Redis", messages=MESSAGES, ends_of_the_worker=running.log.count("it is started again"))


def test_p6_redis_that_forgets_everything_loses_no_task(
    server: Callable[..., Any], eventually: Eventually, redis_url: str
) -> None:
    """P6: FLUSHALL while a task waits."""
    import redis

    running = server({NAME: INTERVIEW}, broker=redis_url, **SHORT_LEASE)
    worker = eventually(lambda: running.child("worker"), "the worker runs")
    worker.suspend()
    visitor, _ = start_task(running)
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
    worker.resume()
    assert heading_when_over(visitor, eventually) == "Done, worked"
    assert len(runs_of(running)) == 1
