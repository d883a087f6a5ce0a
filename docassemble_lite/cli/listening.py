"""The socket on which the web processes listen. It is bound once, before anything is started."""

from __future__ import annotations

import errno
import socket

from docassemble_lite.errors import LiteError

# connections that may wait while no web process accepts them, e.g. between the end of one and the start of the next
BACKLOG = 1024
#: An address that stands for every one of this machine → one of these.
LOCAL_ADDRESSES = {"0.0.0.0": "127.0.0.1", "::": "::1"}


class CannotListen(LiteError):
    """The server can't listen on this address."""


def listen(host: str, port: int) -> socket.socket:
    """A listening TCP socket; port 0 takes a free one. Raises CannotListen."""
    family, address = _resolved(host, port)
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise CannotListen(_explained(error, host, port)) from error
    return listener


def require_free_for_emails(host: str, port: int) -> None:
    """Raises CannotListen if e-mails can't be taken in there, before anything is started."""
    try:
        listen(host, port).close()
    except CannotListen as error:
        raise CannotListen(
            f"E-mails can't be taken in on {host}, port {port}: {_reason(error)}."
            " Choose another “incoming mail port”, or take “incoming mail domain” away to receive none."
        ) from error


def _reason(error: CannotListen) -> str:
    cause = error.__cause__
    return cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause)


def url_of(listener: socket.socket) -> str:
    """The address to type into a browser on this machine."""
    host, port = reachable_address(listener)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def reachable_address(listener: socket.socket) -> tuple[str, int]:
    """Host and port at which this machine itself reaches the socket."""
    host, port = listener.getsockname()[:2]
    return LOCAL_ADDRESSES.get(host, host), port


def _resolved(host: str, port: int) -> tuple[int, tuple]:
    """Family and address of the host; an IPv4 address if it has one, because "localhost" often means both."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror as error:
        raise CannotListen(f"There is no address {host!r}. Set another one with --host, e.g. 127.0.0.1.") from error
    family, _, _, _, address = min(found, key=lambda item: item[0] != socket.AF_INET)
    return family, address


def _explained(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else port - 1
        return f"Port {port} is in use by another program. Stop that program, or choose another port: --port {other}."
    if error.errno == errno.EACCES:
        return f"Port {port} is reserved for the system's own services. Choose one above 1023, e.g. --port 8080."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"This machine doesn't have the address {host}. Set another one with --host, e.g. 127.0.0.1."
    return f"The server can't listen on {host}, port {port}: {error.strerror}."
