"""py-amqp's TCP transport with fewer system calls: one read brings many frames, one write sends many.

py-amqp reads each frame in three calls and writes each by itself. Here bytes are read as they come, and frames are cut
from them; where threads are green, what they write in one turn of the hub goes out together (ADR 0027). The transport
of TLS connections is py-amqp's own.
"""

import errno
import threading
from contextlib import suppress
from socket import SHUT_RDWR
from struct import Struct
from typing import Any

from amqp.exceptions import UnexpectedFrame
from amqp.transport import TCPTransport

from shared import green

HEADER = Struct(">BHI")
"""Of a frame: type, channel and the size of the payload, which an end octet follows."""
FRAME_END = 0xCE
READ_SIZE = 128 * 1024
MOST_WRITES = 8
"""After so many nobody else of the turn is waited for: the peer can begin meanwhile."""
MOST_BYTES = 64 * 1024
"""So much may wait to be sent. Whoever writes more waits until the peer has taken it."""


class BufferedTransport(TCPTransport):
    """Frames over one socket. One thread reads; any number may write, one at a time."""

    def _setup_transport(self) -> None:
        super()._setup_transport()
        self._buffer = b""
        self._read_to = 0

    def read_frame(self, unpack: Any = None) -> tuple[int, int, bytes]:
        """The next frame: type, channel and payload.

        TimeoutError where it is not there in the socket's time (what has come of it is kept), another OSError where
        the connection is lost, UnexpectedFrame for what is no frame.
        """
        while (frame := self.next_frame()) is None:
            self._fill()
        return frame

    def next_frame(self) -> tuple[int, int, bytes] | None:
        """The next frame, where it has been read already."""
        end = self._frame_end()
        if end is None:
            return None
        start = self._read_to
        kind, channel, _ = HEADER.unpack_from(self._buffer, start)
        if self._buffer[end - 1] != FRAME_END:
            raise UnexpectedFrame(f"a frame that ends in {self._buffer[end - 1]:#04x}")
        self._read_to = end
        return kind, channel, self._buffer[start + HEADER.size : end - 1]

    def _frame_end(self) -> int | None:
        """Where in the buffer the next frame ends; None where it does not yet."""
        held = len(self._buffer) - self._read_to
        if held < HEADER.size:
            return None
        size: int = HEADER.unpack_from(self._buffer, self._read_to)[2]
        whole = HEADER.size + size + 1
        return self._read_to + whole if held >= whole else None

    def _fill(self) -> None:
        """Read what there is, at least something."""
        try:
            came = self._quick_recv(READ_SIZE)
        except TimeoutError:
            raise
        except EOFError as error:  # eventlet's, for a socket that was closed under the reader
            self.connected = False
            raise OSError("the socket was closed") from error
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.EINTR):
                raise TimeoutError from error
            self.connected = False
            raise
        if not came:
            self.connected = False
            raise OSError("the peer closed the connection")
        self._buffer = self._buffer[self._read_to :] + came
        self._read_to = 0


class GatheringTransport(BufferedTransport):
    """Sends what is written in one turn of the hub in one piece. Only for green threads.

    A write that fails is found out by whoever reads: the connection is shut, so they wake.
    """

    def _setup_transport(self) -> None:
        super()._setup_transport()
        soon = green.turns()
        assert soon is not None, "threads are real here"
        self._soon = soon
        self._gathered: list[bytes] = []
        self._size = 0
        self._sending = threading.Lock()

    def write(self, s: bytes | memoryview) -> None:
        if self._sending.locked():
            with self._sending:
                pass
        if not self.connected:
            raise OSError("the connection is lost")
        self._gathered.append(bytes(s))
        self._size += len(s)
        if self._size > MOST_BYTES:
            self._send()
        elif len(self._gathered) == MOST_WRITES:
            self._flush()
        elif len(self._gathered) == 1:
            self._soon(self._flush)

    def _flush(self) -> None:
        """Send what goes at once; what does not is left to a thread, which may wait."""
        if self._sending.locked() or not self._gathered or self.sock is None:
            return
        data = self._taken()
        try:
            written = green.write_at_once(self.sock.fileno(), data)
        except OSError:
            self._shut()
            return
        if written < len(data):
            self._gathered.insert(0, data[written:])
            self._size += len(data) - written
            threading.Thread(target=self._send_quietly, name="amqp-writer", daemon=True).start()

    def _send(self) -> None:
        """Send everything, as long as the peer takes something in the socket's time."""
        with self._sending:
            try:
                while self._gathered:
                    super().write(self._taken())
            except OSError:
                self._shut()  # part of a frame may have gone out
                raise

    def _send_quietly(self) -> None:
        with suppress(OSError):
            self._send()

    def _taken(self) -> bytes:
        data = b"".join(self._gathered)
        self._gathered.clear()
        self._size = 0
        return data

    def _shut(self) -> None:
        self.connected = False
        with suppress(OSError, AttributeError):
            self.sock.shutdown(SHUT_RDWR)
