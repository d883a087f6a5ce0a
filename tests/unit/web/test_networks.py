"""Which addresses count as one."""

from __future__ import annotations

import pytest

from docassemble_lite.networks import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("203.0.113.255", "203.0.113.0/24"),
        ("203.0.114.7", "203.0.114.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
    ],
)
def test_an_address_counts_as_the_network_around_it(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize("address", [None, "", "unix:", "203.0.113.7:80", "1.2.3", "x" * 10_000, "\0", "é"])
def test_all_that_is_no_address_is_one_network(address: str | None) -> None:
    """So that nobody gets more attempts by writing it in ever new ways."""
    assert network_of(address) == "unknown"
