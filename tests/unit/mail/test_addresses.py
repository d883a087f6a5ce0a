"""Reading e-mail addresses."""

from __future__ import annotations

import pytest

from docassemble_lite.emails import EmailAddress, read_address


@pytest.mark.parametrize(
    ("text", "address", "name"),
    [
        ("jane@example.com", "jane@example.com", ""),
        (" Jane Doe <jane@example.com> ", "jane@example.com", "Jane Doe"),
        ('"Doe, Jane \\"J\\"" <jane@example.com>', "jane@example.com", 'Doe, Jane "J"'),
        ("<j.d+x@sub.example.com>", "j.d+x@sub.example.com", ""),
        ("Zoë <zoë@exämple.com>", "zoë@xn--exmple-cua.com", "Zoë"),
        # not fass.de, which is somebody else's
        ("a@faß.de", "a@xn--fa-hia.de", ""),
        ("Ann\r\nBcc: eve@example.com <ann@example.com>", "ann@example.com", "Ann Bcc: eve@example.com"),
        ("a@localhost", "a@localhost", ""),
    ],
)
def test_one_address_is_read(text: str, address: str, name: str) -> None:
    assert read_address(text) == EmailAddress(address, name)


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "@", "a@", "@b", "a b@c.de", "a@b, c@d", "a@b; c@d", "a@b\nBcc: c@d", "a@b\0", "a@-b.c", "a@b..c", "a@b@c"),
        *("<a@b.c> x", "x <a@b.c> <d@e.f>", '"x <a@b.c>', "a@" + "b" * 64 + ".c", "a" * 65 + "@b.c", "a@b c", "a@\u200b.de"),
        *("a@[127.0.0.1]", "a@b\u2028c", "a@" + "bcd." * 70 + "e"),
    ],
)
def test_what_is_not_exactly_one_address_is_none(text: str) -> None:
    assert read_address(text) is None
