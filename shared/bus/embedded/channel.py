"""A channel: the methods that kombu and nameko call, as py-amqp's channel has them."""

from shared.bus.embedded import envelope
from shared.bus.embedded.consuming import Consuming
from shared.bus.embedded.declaring import Declaring
from shared.bus.embedded.publishing import Publishing


class Channel(Declaring, Publishing, Consuming):
    """One channel of a connection. Its methods may be called from any thread."""

    Message = envelope.Message

    def close(self) -> None:
        """Cancel the consumers and return what is not settled to the front of its queues."""
        with self._lock:
            self.hang_up()

    def hang_up(self) -> None:
        """Close, with the broker's lock held."""
        connection, self.connection = self.connection, None
        if connection is not None:
            self._stop_consuming(connection)
            self._stop_publishing()
            self.events.clear()
            connection.channels.pop(self.channel_id, None)
