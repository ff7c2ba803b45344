"""Frames over a socket: whole however they come in pieces, and errors that are told."""

import socket
import struct
import threading
from collections.abc import Iterator

import pytest
from amqp.exceptions import UnexpectedFrame
from amqp.transport import SSLTransport
from hypothesis import given
from hypothesis import strategies as st

from shared.bus import amqp_transport
from shared.bus.amqp_transport import BufferedTransport
from shared.bus.connection import AmqpTransport

Frame = tuple[int, int, bytes]
PATIENCE = 20.0
"""Seconds after which something that should have happened has not."""


class Wire:
    """A transport at one end of a pair of sockets, and the other end in the hands of the test."""

    def __init__(self) -> None:
        near, self.peer = socket.socketpair()
        near.settimeout(PATIENCE)
        self.peer.settimeout(PATIENCE)
        self.transport = BufferedTransport("localhost:1")
        self.transport.sock = near
        self.transport._setup_transport()
        self.transport.connected = True

    def close(self) -> None:
        self.peer.close()
        self.transport.close()


@pytest.fixture
def wire() -> Iterator[Wire]:
    wire = Wire()
    yield wire
    wire.close()


def packed(frame: Frame) -> bytes:
    kind, channel, payload = frame
    return struct.pack(">BHI", kind, channel, len(payload)) + payload + b"\xce"


FRAMES = st.tuples(st.integers(0, 255), st.integers(0, 65535), st.binary(max_size=300))


# --- reading ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("payload", [b"", b"\xce", b"x" * 20])
def test_a_frame_may_come_in_two_pieces_split_anywhere(wire: Wire, payload: bytes) -> None:
    frame = (1, 7, payload)
    stream = packed(frame)
    for place in range(len(stream) + 1):
        wire.transport.sock.settimeout(0.001)
        wire.peer.sendall(stream[:place])
        if place < len(stream):
            with pytest.raises(TimeoutError):
                wire.transport.read_frame()
            assert not wire.transport.has_frame()
        wire.transport.sock.settimeout(PATIENCE)
        wire.peer.sendall(stream[place:])
        assert wire.transport.read_frame() == frame
    assert wire.transport.connected


def test_a_frame_may_come_octet_by_octet(wire: Wire) -> None:
    frame = (3, 1, bytes(range(50)))
    wire.transport.sock.settimeout(0.001)
    for octet in packed(frame)[:-1]:
        wire.peer.sendall(bytes([octet]))
        with pytest.raises(TimeoutError):
            wire.transport.read_frame()
    wire.peer.sendall(b"\xce")
    assert wire.transport.read_frame() == frame


def test_many_frames_may_come_at_once_and_are_read_without_the_socket(wire: Wire) -> None:
    frames = [(1, number, b"x" * number) for number in range(100)]
    wire.peer.sendall(b"".join(map(packed, frames)))
    assert wire.transport.read_frame() == frames[0]
    wire.peer.close()
    for frame in frames[1:]:
        assert wire.transport.has_frame()
        assert wire.transport.read_frame() == frame
    assert not wire.transport.has_frame()


@given(frames=st.lists(FRAMES, max_size=12), data=st.data())
def test_frames_come_out_as_they_went_in(frames: list[Frame], data: st.DataObject) -> None:
    stream = b"".join(map(packed, frames))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    wire = Wire()
    try:
        wire.transport.sock.settimeout(0)
        read: list[Frame] = []
        for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
            wire.peer.sendall(stream[start:end])
            try:
                while True:
                    read.append(wire.transport.read_frame())
            except TimeoutError:
                continue
        assert read == frames
    finally:
        wire.close()


def test_a_frame_larger_than_what_is_read_at_once_comes_whole(wire: Wire) -> None:
    frame = (3, 1, bytes(3 * amqp_transport.READ_SIZE))
    sender = threading.Thread(target=wire.peer.sendall, args=[packed(frame)])
    sender.start()
    assert wire.transport.read_frame() == frame
    sender.join(PATIENCE)


def test_what_does_not_end_as_a_frame_does_is_none(wire: Wire) -> None:
    wire.peer.sendall(packed((1, 1, b"abc"))[:-1] + b"\x00")
    with pytest.raises(UnexpectedFrame):
        wire.transport.read_frame()


def test_a_peer_that_goes_in_the_middle_of_a_frame_is_a_lost_connection(wire: Wire) -> None:
    wire.peer.sendall(packed((1, 1, b"abc"))[:-2])
    wire.peer.close()
    with pytest.raises(OSError, match="closed"):
        wire.transport.read_frame()
    assert not wire.transport.connected


def test_a_socket_that_is_closed_under_the_reader_is_a_lost_connection(wire: Wire) -> None:
    wire.transport.sock.close()
    with pytest.raises(OSError, match=r"."):
        wire.transport.read_frame()
    assert not wire.transport.connected


# --- writing ------------------------------------------------------------------------------------------------


def test_what_is_written_reaches_the_peer_whole_however_slowly_it_reads(wire: Wire) -> None:
    whole = bytes(range(256)) * 20_000
    came = bytearray()

    def read() -> None:
        while piece := wire.peer.recv(10_000):
            came.extend(piece)

    reader = threading.Thread(target=read)
    reader.start()
    wire.transport.write(memoryview(whole))
    wire.transport.close()
    reader.join(PATIENCE)
    assert came == whole


def test_whoever_writes_to_a_peer_that_takes_nothing_waits_and_gives_up_in_time(wire: Wire) -> None:
    wire.transport.sock.settimeout(0.05)
    with pytest.raises(TimeoutError):
        wire.transport.write(bytes(50_000_000))


def test_an_error_in_the_middle_of_a_write_is_a_lost_connection(wire: Wire) -> None:
    def go() -> None:
        wire.peer.recv(1000)
        wire.peer.close()

    peer = threading.Thread(target=go)
    peer.start()
    with pytest.raises(OSError, match=r"."):
        wire.transport.write(bytes(50_000_000))
    peer.join(PATIENCE)
    assert not wire.transport.connected


# --- which connections use it -------------------------------------------------------------------------------------


def test_a_tls_connection_uses_the_transport_of_py_amqp() -> None:
    plain = AmqpTransport.Connection(host="localhost:1")
    assert isinstance(plain.Transport("localhost:1", 1.0), BufferedTransport)
    assert type(plain.Transport("localhost:1", 1.0, {"server_hostname": "localhost"})) is SSLTransport


class ClosedUnderItsReader:
    """A socket of eventlet's that another thread closed."""

    def recv(self, _size: int) -> bytes:
        raise EOFError


def test_what_eventlet_says_of_a_closed_socket_is_a_lost_connection(wire: Wire) -> None:
    wire.transport._quick_recv = ClosedUnderItsReader().recv
    with pytest.raises(OSError, match="closed"):
        wire.transport.read_frame()
    assert not wire.transport.connected
