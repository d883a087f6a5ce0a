"""What a server without Redis has in its place for interviews: the everyday commands of Redis on a file in the data folder.

Keys, values and answers are those of the package `redis`: bytes. Every command is one transaction, so that web processes and
workers may use the file at the same time.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

Text = str | bytes | int | float

_TABLE = "CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, kind TEXT, content TEXT, expires REAL) WITHOUT ROWID"
# kind of a value → what a key has that isn't there
_NOTHING: dict[str, Callable[[], Any]] = {"string": str, "list": list, "hash": dict, "set": list}


def _bytes(value: Text) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _kept(value: Text) -> str:
    return _bytes(value).decode("latin-1")


def _given(text: str) -> bytes:
    return text.encode("latin-1")


class SmallRedis:
    """The everyday commands of Redis. Raises `TypeError` when a key holds another kind of value than the command is for."""

    def __init__(self, path: Path) -> None:
        self._path = path

    # --- keys --------------------------------------------------------------------------------------------------------

    def delete(self, *keys: Text) -> int:
        with self._open() as connection:
            return sum(connection.execute("DELETE FROM entries WHERE key = ?", (_bytes(key),)).rowcount for key in keys)

    def exists(self, *keys: Text) -> int:
        with self._open() as connection:
            return sum(self._find(connection, key) is not None for key in keys)

    def keys(self, pattern: str = "*") -> list[bytes]:
        with self._open() as connection:
            found = connection.execute("SELECT key FROM entries WHERE CAST(key AS TEXT) GLOB ? ORDER BY key", (pattern,))
            return [bytes(row[0]) for row in found]

    def expire(self, key: Text, seconds: float) -> bool:
        with self._open() as connection:
            changed = connection.execute("UPDATE entries SET expires = ? WHERE key = ?", (time.time() + seconds, _bytes(key)))
            return changed.rowcount > 0

    def ttl(self, key: Text) -> int:
        with self._open() as connection:
            row = connection.execute("SELECT expires FROM entries WHERE key = ?", (_bytes(key),)).fetchone()
        if row is None:
            return -2
        return -1 if row[0] is None else max(0, round(row[0] - time.time()))

    # --- single values -----------------------------------------------------------------------------------------------

    def get(self, key: Text) -> bytes | None:
        with self._open() as connection:
            found = self._find(connection, key, "string")
        return None if found is None else _given(found)

    def set(self, key: Text, value: Text, ex: float | None = None, *, nx: bool = False) -> bool | None:
        with self._open() as connection:
            if nx and self._find(connection, key) is not None:
                return None
            self._put(connection, key, "string", _kept(value), None if ex is None else time.time() + ex)
        return True

    def setex(self, key: Text, seconds: float, value: Text) -> bool | None:
        return self.set(key, value, ex=seconds)

    def incr(self, key: Text, amount: int = 1) -> int:
        with self._change(key, "string") as box:
            box[0] = str(int(box[0] or 0) + amount)
            return int(box[0])

    incrby = incr

    def decr(self, key: Text, amount: int = 1) -> int:
        return self.incr(key, -amount)

    # --- lists -------------------------------------------------------------------------------------------------------

    def rpush(self, key: Text, *values: Text) -> int:
        with self._change(key, "list") as box:
            box[0].extend(_kept(value) for value in values)
            return len(box[0])

    def lpush(self, key: Text, *values: Text) -> int:
        with self._change(key, "list") as box:
            for value in values:
                box[0].insert(0, _kept(value))
            return len(box[0])

    def lpop(self, key: Text) -> bytes | None:
        return self._pop(key, 0)

    def rpop(self, key: Text) -> bytes | None:
        return self._pop(key, -1)

    def _pop(self, key: Text, place: int) -> bytes | None:
        with self._change(key, "list") as box:
            return _given(box[0].pop(place)) if box[0] else None

    def llen(self, key: Text) -> int:
        return len(self.lrange(key, 0, -1))

    def lrange(self, key: Text, start: int, end: int) -> list[bytes]:
        with self._open() as connection:
            items = self._find(connection, key, "list") or []
        size = len(items)
        first = max(0, start + size if start < 0 else start)
        return [_given(item) for item in items[first : (end + size if end < 0 else end) + 1]]

    def ltrim(self, key: Text, start: int, end: int) -> bool:
        kept = [item.decode("latin-1") for item in self.lrange(key, start, end)]
        with self._change(key, "list") as box:
            box[0] = kept
        return True

    # --- hashes ------------------------------------------------------------------------------------------------------

    def hset(self, key: Text, field: Text | None = None, value: Text | None = None, mapping: Any = None) -> int:
        given = {**({} if field is None else {field: value}), **(mapping or {})}
        with self._change(key, "hash") as box:
            new = [name for name in given if _kept(name) not in box[0]]
            box[0].update({_kept(name): _kept(item) for name, item in given.items()})
            return len(new)

    def hget(self, key: Text, field: Text) -> bytes | None:
        return self.hgetall(key).get(_bytes(field))

    def hgetall(self, key: Text) -> dict[bytes, bytes]:
        with self._open() as connection:
            found = self._find(connection, key, "hash") or {}
        return {_given(name): _given(item) for name, item in found.items()}

    def hdel(self, key: Text, *fields: Text) -> int:
        with self._change(key, "hash") as box:
            return sum(box[0].pop(_kept(field), None) is not None for field in fields)

    # --- sets --------------------------------------------------------------------------------------------------------

    def sadd(self, key: Text, *members: Text) -> int:
        with self._change(key, "set") as box:
            new = [item for item in dict.fromkeys(map(_kept, members)) if item not in box[0]]
            box[0].extend(new)
            return len(new)

    def srem(self, key: Text, *members: Text) -> int:
        with self._change(key, "set") as box:
            gone = [item for item in map(_kept, members) if item in box[0]]
            box[0] = [item for item in box[0] if item not in gone]
            return len(gone)

    def smembers(self, key: Text) -> AbstractSet[bytes]:
        with self._open() as connection:
            return {_given(item) for item in self._find(connection, key, "set") or []}

    def sismember(self, key: Text, member: Text) -> bool:
        return _bytes(member) in self.smembers(key)

    # --- the file ----------------------------------------------------------------------------------------------------

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"This server has no Redis, and doesn't know “{name}” without. Set “redis” in the configuration.")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=10, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_TABLE)
            connection.execute("DELETE FROM entries WHERE expires <= ?", (time.time(),))
            yield connection
            connection.execute("COMMIT")

    @contextmanager
    def _change(self, key: Text, kind: str) -> Iterator[list[Any]]:
        """`box[0]` is what the key has; it is kept as it is left there, and a key with nothing is no key."""
        with self._open() as connection:
            found = self._find(connection, key, kind)
            box = [_NOTHING[kind]() if found is None else found]
            yield box
            row = connection.execute("SELECT expires FROM entries WHERE key = ?", (_bytes(key),)).fetchone()
            if box[0]:
                self._put(connection, key, kind, box[0], row[0] if row else None)
            else:
                connection.execute("DELETE FROM entries WHERE key = ?", (_bytes(key),))

    @staticmethod
    def _find(connection: sqlite3.Connection, key: Text, kind: str | None = None) -> Any:
        row = connection.execute("SELECT kind, content FROM entries WHERE key = ?", (_bytes(key),)).fetchone()
        if row is None:
            return None
        if kind is not None and row[0] != kind:
            raise TypeError(f"The key {key!r} holds a {row[0]}, no {kind}.")
        return json.loads(row[1])

    @staticmethod
    def _put(connection: sqlite3.Connection, key: Text, kind: str, value: Any, expires: float | None) -> None:
        connection.execute("REPLACE INTO entries VALUES (?, ?, ?, ?)", (_bytes(key), kind, json.dumps(value), expires))
