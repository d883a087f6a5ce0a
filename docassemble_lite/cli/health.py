"""`health`: whether a part of the server on this machine is well, in one line and as an exit code."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

from docassemble_lite import clock
from docassemble_lite.cli.listening import LOCAL_ADDRESSES
from docassemble_lite.errors import LiteError
from docassemble_lite.settings import Settings

if TYPE_CHECKING:
    from docassemble_lite.broker import Broker

NOT_WELL = 1
# seconds that a part has to answer; the web server asks others in its turn
_PATIENCE = 3.0
_PATIENCE_OF_WEB = 5.0
# seconds after which a worker that looks at its intervals, and has reached nothing, has missed more than one look
_LATE = 10.0


class NotWell(LiteError):
    """The part of the server isn't well."""


def tell_health(settings: Settings, role: str) -> int:
    """Print one line about a part of the server; 0 if it is well, 1 if not."""
    try:
        well = _LOOKS[role](settings)
    except NotWell as problem:
        print(f"{role}: not well: {problem}")
        return NOT_WELL
    print(f"{role}: well: {well}")
    return 0


def look_at_web(settings: Settings) -> str:
    """What the web server of this machine says of itself. Raises `NotWell`, as the other looks do."""
    host = LOCAL_ADDRESSES.get(settings.host, settings.host)
    with closing(http.client.HTTPConnection(host, settings.port, timeout=_PATIENCE_OF_WEB)) as connection:
        try:
            connection.request("GET", "/readyz")
            found = json.loads(connection.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NotWell(f"nobody answers at {host}:{settings.port} ({_words(error)})") from error
    told = ", ".join(f"{part}: {text}" for part, text in found.items() if part != "status")
    if found.get("status") != "ready":
        raise NotWell(told)
    return told


def look_at_worker(settings: Settings) -> str:
    """Whether a worker of this machine answers, and has lately reached the database and the broker."""
    from celery.utils.nodenames import default_nodename

    from docassemble_lite.broker import Broker

    broker = Broker(settings)
    told = _require_parts(settings, broker)
    node = default_nodename(None)
    signs = broker.signs_of_worker(node, _PATIENCE)
    if signs is None:
        raise NotWell(f"no worker answers as {node}; {told}")
    for part, seconds in signs.items():
        if seconds > 2 * settings.task_sweep + _LATE:
            raise NotWell(f"{node} hasn't reached the {part} for {seconds:.0f} seconds")
    return f"{node} answers; {told}"


def look_at_cron(settings: Settings) -> str:
    """Whether the hourly task was run when it was last due, or, as it may be running just now, the time before."""
    from docassemble_lite.broker import Broker
    from docassemble_lite.cron.slots import HOURLY, latest_due
    from docassemble_lite.store.probing import latest_slot

    told = _require_parts(settings, Broker(settings))
    moment, _ = latest_due(HOURLY, clock.now(), settings.zone)
    _, before = latest_due(HOURLY, moment - timedelta(minutes=1), settings.zone)
    latest = latest_slot(settings, HOURLY.event)
    if latest < before:
        ran = f"was run for {latest} and then no more" if latest else "was never run"
        raise NotWell(f"{HOURLY.event} {ran}; the schedule runs it a minute after its start, and then every hour")
    return f"{HOURLY.event} was run for {latest}; {told}"


def look_at_mail(settings: Settings) -> str:
    """Whether whatever is to take e-mails in greets those who come."""
    places: list[tuple[str, int] | str] = []
    if settings.incoming_mail_port:
        places.append(
            (LOCAL_ADDRESSES.get(settings.incoming_mail_host, settings.incoming_mail_host), settings.incoming_mail_port)
        )
    lmtp = settings.incoming_mail_lmtp
    if lmtp:
        places.append(("127.0.0.1", int(lmtp)) if lmtp.isdecimal() else lmtp)
    if not places or not settings.mail_domain:
        raise NotWell("the configuration has no place or no domain for e-mails that come in (“incoming mail domain”)")
    return ", ".join(_greeted(place) for place in places)


def _greeted(place: tuple[str, int] | str) -> str:
    shown = place if isinstance(place, str) else f"{place[0]}:{place[1]}"
    try:
        with _connected(place) as connection, connection.makefile("rb") as lines:
            greeting = lines.readline(1000)
            connection.sendall(b"QUIT\r\n")
    except OSError as error:
        raise NotWell(f"nobody answers at {shown} ({_words(error)})") from error
    if not greeting.startswith(b"220 "):
        raise NotWell(f"{shown} doesn't greet, but says {greeting.decode('ascii', 'replace').strip()!a}")
    return f"{shown} greets"


def _connected(place: tuple[str, int] | str) -> socket.socket:
    if not isinstance(place, str):
        return socket.create_connection(place, _PATIENCE)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(_PATIENCE)
    try:
        connection.connect(place)
    except OSError:
        connection.close()
        raise
    return connection


def _require_parts(settings: Settings, broker: Broker) -> str:
    """What is said of the database, its tables and the broker. Raises `NotWell` if one of them isn't well."""
    from docassemble_lite.health import Health

    parts = Health(settings, broker).parts()
    told = ", ".join(map(str, parts))
    if any(part.problem for part in parts):
        raise NotWell(told)
    return told


def _words(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


_LOOKS: dict[str, Callable[[Settings], str]] = {
    "web": look_at_web,
    "worker": look_at_worker,
    "cron": look_at_cron,
    "mail": look_at_mail,
}
