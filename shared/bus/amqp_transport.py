"""py-amqp's TCP transport with fewer system calls: one read brings many frames.

py-amqp reads each frame in three calls. Here bytes are read as they come, and frames are cut from them. Writing is
py-amqp's own, and so is the transport of TLS connections. What else was tried is in ADR 0018.
"""

import errno
from struct import Struct
from typing import Any

from amqp.exceptions import UnexpectedFrame
from amqp.transport import TCPTransport

HEADER = Struct(">BHI")
"""Of a frame: type, channel and the size of the payload, which an end octet follows."""
FRAME_END = 0xCE
READ_SIZE = 128 * 1024


class BufferedTransport(TCPTransport):
    """Frames over one socket. One thread reads; any number may write, one at a time."""

    def _setup_transport(self) -> None:
        super()._setup_transport()
        self._buffer = b""
        self._read_to = 0

    def has_frame(self) -> bool:
        """Whether :meth:`read_frame` would answer without reading from the socket."""
        return self._frame_end() is not None

    def read_frame(self, unpack: Any = None) -> tuple[int, int, bytes]:
        """The next frame: type, channel and payload.

        TimeoutError where it is not there in the socket's time (what has come of it is kept), another OSError where
        the connection is lost, UnexpectedFrame for what is no frame.
        """
        while (end := self._frame_end()) is None:
            self._fill()
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
