"""Frames over a socket: whole however they come in pieces, and errors that are told."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator

import pytest
from amqp.exceptions import UnexpectedFrame
from amqp.transport import SSLTransport
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared import green
from shared.bus import amqp_transport
from shared.bus.amqp_transport import MOST_BYTES, MOST_WRITES, BufferedTransport, GatheringTransport
from shared.bus.connection import AmqpTransport

Frame = tuple[int, int, bytes]
PATIENCE = 20.0
"""Seconds after which something that should have happened has not."""


class Wire:
    """A transport at one end of a pair of sockets, and the other end in the hands of the test."""

    def __init__(self, transport: type[BufferedTransport] = BufferedTransport) -> None:
        near, self.peer = socket.socketpair()
        near.settimeout(PATIENCE)
        self.peer.settimeout(PATIENCE)
        self.transport = transport("localhost:1")
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
            assert wire.transport.next_frame() is None
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
        assert wire.transport.next_frame() == frame
    assert wire.transport.next_frame() is None


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


# --- writing in turns -------------------------------------------------------------------------------------------


class Hub:
    """Stands in for the hub of green threads: what is to be done at the end of a turn."""

    def __init__(self) -> None:
        self.due: list[Callable[[], None]] = []

    def end_turn(self) -> None:
        due, self.due = self.due, []
        for done in due:
            done()


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Hub:
    hub = Hub()
    monkeypatch.setattr(green, "turns", lambda: lambda done: hub.due.append(done))
    return hub


@pytest.fixture
def gathering(hub: Hub) -> Iterator[Wire]:
    wire = Wire(GatheringTransport)
    yield wire
    wire.close()


def waiting(wire: Wire) -> bytes:
    """What has come to the peer by now."""
    wire.peer.settimeout(0)
    try:
        return wire.peer.recv(10_000_000)
    except BlockingIOError:
        return b""


def test_what_one_turn_writes_goes_out_together_at_its_end(gathering: Wire, hub: Hub) -> None:
    gathering.transport.write(memoryview(b"one "))
    gathering.transport.write(memoryview(b"two"))
    assert waiting(gathering) == b""
    hub.end_turn()
    assert waiting(gathering) == b"one two"
    gathering.transport.write(memoryview(b"three"))
    hub.end_turn()
    assert waiting(gathering) == b"three"


def test_after_some_writes_nobody_is_waited_for(gathering: Wire, hub: Hub) -> None:
    for _ in range(MOST_WRITES):
        gathering.transport.write(b"x")
    assert waiting(gathering) == b"x" * MOST_WRITES
    hub.end_turn()
    assert waiting(gathering) == b""


def test_a_buffer_that_its_owner_writes_anew_was_taken_down(gathering: Wire, hub: Hub) -> None:
    frame = bytearray(b"first")
    gathering.transport.write(memoryview(frame))
    frame[:] = b"other"
    hub.end_turn()
    assert waiting(gathering) == b"first"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(st.tuples(st.integers(1, 2 * MOST_BYTES), st.booleans()), max_size=30))
def test_however_slowly_the_peer_reads_all_comes_in_order(hub: Hub, pieces: list[tuple[int, bool]]) -> None:
    wire = Wire(GatheringTransport)
    wire.transport.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    wanted = b"".join(bytes([number]) * size for number, (size, _) in enumerate(pieces))
    came = bytearray()

    def read() -> None:
        while len(came) < len(wanted):
            came.extend(wire.peer.recv(1000))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number, (size, ends_turn) in enumerate(pieces):
            wire.transport.write(bytes([number]) * size)
            if ends_turn:
                hub.end_turn()
        hub.end_turn()
        reader.join(PATIENCE)
        assert came == wanted
    finally:
        wire.close()
        reader.join(PATIENCE)


def test_a_peer_that_takes_nothing_holds_up_whoever_writes_much_and_is_given_up_in_time(
    gathering: Wire, hub: Hub
) -> None:
    gathering.transport.sock.settimeout(0.05)

    def write_much() -> None:
        for _ in range(1000):
            gathering.transport.write(bytes(10_000))
            hub.end_turn()

    with pytest.raises(OSError, match=r"timed out|lost"):
        write_much()
    # Part of a frame may have gone out: nobody may go on behind it.
    assert not gathering.transport.connected
    with pytest.raises(OSError, match="lost"):
        gathering.transport.write(b"more")


def test_whoever_reads_hears_of_a_write_that_failed(gathering: Wire, hub: Hub) -> None:
    gathering.peer.shutdown(socket.SHUT_RD)
    gathering.transport.write(b"x")
    hub.end_turn()
    with pytest.raises(OSError, match="closed"):
        gathering.transport.read_frame()
    with pytest.raises(OSError, match="lost"):
        gathering.transport.write(b"more")


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
