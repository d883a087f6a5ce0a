"""A server that takes e-mails, and an account at it."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from docassemble_lite.settings import MailAccount
from tests.mailbox import Mailbox


@pytest.fixture
def new_mailbox() -> Iterator[Callable[..., Mailbox]]:
    """`new_mailbox(…)`: a server, until the end of the test."""
    made: list[Mailbox] = []

    def make(**options: Any) -> Mailbox:
        made.append(Mailbox(**options))
        return made[-1]

    yield make
    for mailbox in made:
        mailbox.stop()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a key for 127.0.0.1, and the certificate with which it vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    began = datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), began, began + timedelta(days=9))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    return path


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    """With this a server can encrypt."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's certificate is one that this machine trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


@pytest.fixture
def mailbox(new_mailbox: Callable[..., Mailbox]) -> Mailbox:
    """A server that wants no password."""
    return new_mailbox()


@pytest.fixture
def account(mailbox: Mailbox) -> MailAccount:
    """An account at that server."""
    return account_at(mailbox)


def account_at(mailbox: Mailbox, **more: Any) -> MailAccount:
    given = {"use_tls": False, **more}
    return MailAccount(server="127.0.0.1", port=mailbox.port, default_sender="Office <office@example.com>", **given)
