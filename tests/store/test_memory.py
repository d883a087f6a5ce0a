"""The everyday commands of Redis mean the same with Redis and without it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import TimeoutError

from docassemble_lite.settings import Settings
from docassemble_lite.store import memory as memory_module
from docassemble_lite.store.memory import open_memory
from docassemble_lite.store.small_redis import SmallRedis


@pytest.fixture(params=["Redis", "a file"])
def memory(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """Redis, and what a server without it has in its place."""
    if request.param == "a file":
        yield open_memory(Settings(data=tmp_path))
        return
    client = open_memory(Settings(data=tmp_path, redis=request.getfixturevalue("redis_server").url))
    client.flushdb()
    yield client


def test_a_client_is_that_of_the_configuration(tmp_path: Path) -> None:
    assert isinstance(open_memory(Settings(data=tmp_path)), SmallRedis)
    assert isinstance(open_memory(Settings(data=tmp_path, broker="redis://127.0.0.1:1/0")), Redis)


def test_nobody_waits_for_ever_for_a_redis_that_hangs(redis_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_module, "_ANSWER", 1)
    client = open_memory(Settings(data=tmp_path, redis=redis_server.url))
    client.ping()
    with redis_server.hanging(), pytest.raises(TimeoutError):
        client.ping()
    assert client.ping()


COMMANDS = [
    [("set", "a", "x"), ("get", "a"), ("get", "b"), ("exists", "a", "b"), ("delete", "a", "b"), ("get", "a")],
    [("set", "a", 5), ("incr", "a"), ("incr", "a", 10), ("decr", "a"), ("incr", "new"), ("get", "a")],
    [("set", "a", b"\xff\x00"), ("get", b"a"), ("ttl", "a"), ("ttl", "b"), ("expire", "a", 90), ("ttl", "a"), ("expire", "b", 9)],
    [("rpush", "l", "b", "c"), ("lpush", "l", "a", "0"), ("lrange", "l", 0, -1), ("lrange", "l", 1, 2), ("llen", "l")],
    [("rpush", "l", "a", "b", "c"), ("lpop", "l"), ("rpop", "l"), ("lpop", "l"), ("lpop", "l"), ("exists", "l"), ("llen", "l")],
    [
        ("rpush", "l", "a", "b", "c", "d"),
        ("lrange", "l", -2, -1),
        ("lrange", "l", 5, 9),
        ("ltrim", "l", 1, 2),
        ("lrange", "l", 0, -1),
    ],
    [
        ("hset", "h", "f", 1),
        ("hset", "h", "f", "2"),
        ("hget", "h", "f"),
        ("hget", "h", "g"),
        ("hgetall", "h"),
        ("hdel", "h", "f", "g"),
    ],
    [("sadd", "s", "a", "b", "a"), ("smembers", "s"), ("sismember", "s", "a"), ("srem", "s", "a", "z"), ("smembers", "s")],
    [("set", "a", "x", 100), ("ttl", "a"), ("set", "b", "y"), ("ttl", "b"), ("keys", "*")],
]


@pytest.mark.parametrize("commands", COMMANDS, ids=lambda commands: commands[0][0])
def test_without_redis_a_command_does_the_same(redis_server: Any, tmp_path: Path, commands: list[tuple[Any, ...]]) -> None:
    real = open_memory(Settings(data=tmp_path, redis=redis_server.url))
    real.flushdb()
    small = open_memory(Settings(data=tmp_path))

    def outcomes(client: Any) -> list[Any]:
        found = [getattr(client, name)(*arguments) for name, *arguments in commands]
        for place, (name, *_) in enumerate(commands):
            if name == "ttl" and found[place] > 0:
                # a second may pass between two commands
                found[place] = round(found[place], -1)
        return [sorted(item) if isinstance(item, list) and commands[-1][0] == "keys" else item for item in found]

    assert outcomes(small) == outcomes(real)


def test_what_has_expired_is_gone(memory: Any) -> None:
    memory.set("a", "x")
    assert memory.expire("a", 0)
    assert memory.get("a") is None


def test_a_key_is_not_set_again_where_that_is_not_wanted(memory: Any) -> None:
    assert memory.set("a", "x", nx=True)
    assert memory.set("a", "y", nx=True) is None
    assert memory.get("a") == b"x"


def test_commands_of_several_threads_do_not_get_lost(memory: Any) -> None:
    threads = [threading.Thread(target=lambda: [memory.incr("n") for _ in range(25)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert memory.get("n") == b"100"


def test_a_key_holds_one_kind_of_value(tmp_path: Path) -> None:
    small = open_memory(Settings(data=tmp_path))
    small.rpush("l", "a")
    with pytest.raises(TypeError, match="holds a list"):
        small.get("l")
    assert small.lrange("l", 0, -1) == [b"a"]


def test_a_command_that_only_redis_has_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(AttributeError, match="Set “redis”"):
        open_memory(Settings(data=tmp_path)).xadd("stream", {})
