"""A heartbeat that goes on while the connection's own thread is busy with what it has in hand."""

import threading

from kombu import Connection

from shared.bus.connection import BusErrors, sever


class Pulse:
    """Sends heartbeats as long as its block lasts, whatever that does meanwhile; a frozen process sends none.

    Whoever else writes to the connection holds ``lock``. Whether the other side still beats is seen by whoever reads.
    """

    def __init__(self, connection: Connection) -> None:
        self.lock = threading.Lock()
        self._connection = connection
        self._every = (connection.heartbeat or 0) / 2
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="pulse", daemon=True)

    def __enter__(self) -> "Pulse":
        if self._every:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()

    def _beat(self) -> None:
        while not self._stopped.wait(self._every):
            try:
                with self.lock:
                    self._connection.connection.send_heartbeat()
            except BusErrors:
                sever(self._connection)
                return
