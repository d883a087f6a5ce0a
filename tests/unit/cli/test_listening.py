import socket

import pytest

from docassemble_lite.cli.listening import CannotListen, listen, reachable_address, require_free_for_emails, url_of


def test_port_0_takes_a_free_port() -> None:
    with listen("127.0.0.1", 0) as listener:
        assert url_of(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_localhost_is_the_ipv4_address() -> None:
    with listen("localhost", 0) as listener:
        assert listener.family == socket.AF_INET


def test_a_server_for_all_addresses_is_reached_at_the_local_one() -> None:
    with listen("0.0.0.0", 0) as listener:
        assert reachable_address(listener)[0] == "127.0.0.1"
        socket.create_connection(reachable_address(listener)).close()


def test_a_port_in_use_is_named_with_another_one_to_try() -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(CannotListen, match=f"Port {port} is in use .* --port {port + 1 if port < 65535 else port - 1}"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid"])
def test_an_address_of_another_machine_is_refused_by_name(host: str) -> None:
    with pytest.raises(CannotListen, match=host):
        listen(host, 0)


def test_a_port_for_emails_that_is_in_use_is_told_by_the_name_of_its_directive() -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(CannotListen, match=f"port {port}: Address already in use. .*“incoming mail port”"):
            require_free_for_emails("127.0.0.1", port)
    require_free_for_emails("127.0.0.1", port)
