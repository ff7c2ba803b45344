"""The proxy of the tests does to connections what it says, and nothing else."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from shared.testing.association import eventually
from shared.testing.proxy import Proxy


class Server:
    """Answers each piece with itself and keeps what it heard."""

    def __init__(self) -> None:
        self.heard = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                end, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[end], daemon=True).start()

    def _serve(self, end: socket.socket) -> None:
        try:
            while data := end.recv(1000):
                self.heard += data
                end.sendall(data)
        except OSError:
            return

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    with Proxy(server.port) as proxy:
        yield proxy


def client(proxy: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), 10)


def read_to_the_end(end: socket.socket) -> None:
    """Returns once the connection is over, by a reset or in order."""
    with suppress(ConnectionResetError):
        while end.recv(100):
            pass


def test_it_forwards_both_ways(proxy: Proxy) -> None:
    with client(proxy) as end:
        end.sendall(b"hello")
        assert end.recv(100) == b"hello"


def test_it_takes_the_servers_place_in_an_address(proxy: Proxy) -> None:
    assert (
        proxy.stands_for("amqp://me:secret@host:5672/v%2F?x=1") == f"amqp://me:secret@127.0.0.1:{proxy.port}/v%2F?x=1"
    )


@pytest.mark.parametrize(("after", "heard"), [(0, b"one "), (3, b"one MAR"), (6, b"one MARK t")])
def test_it_cuts_after_so_many_bytes_of_a_mark(proxy: Proxy, server: Server, after: int, heard: bytes) -> None:
    proxy.cut_after(after, b"MARK")
    with client(proxy) as other, client(proxy) as end:
        end.sendall(b"one MARK two")
        read_to_the_end(end)
        eventually(lambda: server.heard == heard)
        other.sendall(b"MARK")
        assert other.recv(100) == b"MARK", "once, and no other"
    assert proxy.cuts == 1


def test_what_is_frozen_stays_open_and_comes_after_the_thaw(proxy: Proxy, server: Server) -> None:
    with client(proxy) as frozen:
        frozen.sendall(b"a")
        assert frozen.recv(100) == b"a"
        proxy.freeze()
        assert proxy.frozen == 1
        frozen.sendall(b"b")
        with client(proxy) as newcomer:
            newcomer.sendall(b"c")
            assert newcomer.recv(100) == b"c"
        assert server.heard == b"ac"
        proxy.thaw()
        assert frozen.recv(100) == b"b"


def test_a_cut_ends_every_connection(proxy: Proxy) -> None:
    with client(proxy) as one, client(proxy) as other:
        for end in (one, other):
            end.sendall(b"x")
            assert end.recv(100) == b"x"
        assert proxy.cut() == 2
        for end in (one, other):
            read_to_the_end(end)
    eventually(lambda: proxy.connections == 0)
