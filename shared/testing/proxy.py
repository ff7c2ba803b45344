"""A TCP proxy of the test's own, to do to a connection what networks do: cut it, freeze it, slow it down.

with Proxy(node.port) as proxy:
    client = RpcClient(proxy.stands_for(node.url("tests")))
    proxy.freeze()

Only connections through it are touched; it listens on 127.0.0.1 and forwards to a port of 127.0.0.1.
"""

import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

CHUNK = 65536
SHORT = 4096
"""Bytes that sockets here may hold back: what nobody reads is felt at once."""
AT_ONCE = struct.pack("ii", 1, 0)


@dataclass
class _Cut:
    """A cut to come: after ``left`` more bytes towards the server, counted from where ``mark`` first passes."""

    left: int
    mark: bytes
    begun: bool = False

    def allows(self, data: bytes) -> int | None:
        """How much of ``data`` still passes before the cut; None while the cut is not due."""
        counted = data
        if not self.begun:
            found = data.find(self.mark)
            if found < 0:
                return None
            self.begun, counted = True, data[found:]
        if self.left >= len(counted):
            self.left -= len(counted)
            return None
        return len(data) - len(counted) + self.left


class _Link:
    """One connection: the client's end and the server's."""

    def __init__(self, client: socket.socket, server: socket.socket, *, frozen: bool) -> None:
        self.client = client
        self.server = server
        self.moving = threading.Event()
        if not frozen:
            self.moving.set()

    def cut(self) -> None:
        """Both ends hear at once that it is over, the client by a reset, as a rule."""
        with suppress(OSError):
            self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            # Wakes whoever reads it here, and tells the client nothing yet.
            self.client.shutdown(socket.SHUT_RD)
        self.client.close()
        self.close()

    def close(self) -> None:
        for end in (self.server, self.client):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self.moving.set()


class Proxy:
    """Forwards to ``port``. Whatever is done to it holds until undone; leaving the block ends every connection."""

    def __init__(self, port: int) -> None:
        self._towards = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SHORT)
        self.port = int(self._listener.getsockname()[1])
        self._frozen = False
        self._delay = threading.Event()
        self._seconds = 0.0
        self._lock = threading.Lock()
        self._links: set[_Link] = set()
        self._cut: _Cut | None = None
        self.cuts = 0
        """How many connections were cut on the way of their bytes."""
        threading.Thread(target=self._accept, name="proxy", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def stands_for(self, url: str) -> str:
        """``url`` with this proxy in the server's place."""
        parts = urlsplit(url)
        who = parts.netloc.rpartition("@")[0]
        return parts._replace(netloc=f"{who}@127.0.0.1:{self.port}" if who else f"127.0.0.1:{self.port}").geturl()

    @property
    def connections(self) -> int:
        """How many are open just now."""
        return len(self._links)

    @property
    def frozen(self) -> int:
        """How many of them nothing passes over."""
        with self._lock:
            return sum(not link.moving.is_set() for link in self._links)

    # --- what befalls connections ---------------------------------------------------------------------------

    def freeze(self, *, newcomers: bool = False) -> None:
        """Nothing passes any more, in neither direction, over what is open (or opened from now on); nobody is told."""
        with self._lock:
            self._frozen = newcomers
            for link in self._links:
                link.moving.clear()

    def thaw(self) -> None:
        """Everything passes again, what was held back first."""
        with self._lock:
            self._frozen = False
            for link in self._links:
                link.moving.set()

    def slow_down(self, seconds: float) -> None:
        """Each piece of up to 64 KiB takes so long from now on; 0 for none."""
        self._seconds = seconds

    def cut(self) -> int:
        """End every connection; how many there were."""
        with self._lock:
            links, self._links = self._links, set()
        for link in links:
            link.cut()
        return len(links)

    def cut_after(self, count: int, mark: bytes) -> None:
        """End the connection, once, over which ``count`` more bytes have gone to the server from ``mark`` on."""
        self._cut = _Cut(count, mark)

    def close(self) -> None:
        # A thread that waits in accept() is woken by a shutdown, not by a close.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        self._delay.set()

    # --- inside ---------------------------------------------------------------------------------------------

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._towards), 5)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                link = _Link(client, server, frozen=self._frozen)
                self._links.add(link)
            for source, target in ((client, server), (server, client)):
                threading.Thread(target=self._forward, args=(link, source, target), daemon=True).start()

    def _forward(self, link: _Link, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(CHUNK):
                link.moving.wait()
                if self._seconds:
                    self._delay.wait(self._seconds)
                passes = self._passes(data) if target is link.server else None
                target.sendall(data if passes is None else data[:passes])
                if passes is not None:
                    self.cuts += 1
                    link.cut()
                    break
        except OSError:
            pass
        finally:
            with self._lock:
                self._links.discard(link)
            link.close()

    def _passes(self, data: bytes) -> int | None:
        with self._lock:
            if self._cut is None:
                return None
            passes = self._cut.allows(data)
            if passes is not None:
                self._cut = None
            return passes
