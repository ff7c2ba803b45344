"""How every process hears which access tokens no longer hold, long before they would end by themselves (ADR 0033).

The service that signs people in keeps its withdrawals in its database. Its processes say all of them that still matter,
signed: at once after a commit that withdrew something, when anybody who has just come asks, and regularly, so that
whatever went astray on the way is said again.
"""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime

import structlog
from kombu import Connection

from shared.bus.declaring import have_exchange
from shared.bus.member import Member
from shared.bus.publisher import ConfirmedPublisher, Outgoing
from shared.errors import Unauthenticated
from shared.identity.keys import Keyring
from shared.identity.principals import Principal
from shared.identity.withdrawals import Withdrawals, read_statement, stated
from shared.loops import Loop
from shared.runtime import Runtime
from shared.store.base import new_id
from shared.store.tx import Origin

log = structlog.get_logger()

WITHDRAWALS = "xiehui.withdrawals"
QUESTIONS = "xiehui.withdrawals.asked"
AT_ONCE = 5000
"""How many one statement names: it stays far below what the broker takes. Statements add up, so several will do."""


class WithdrawalsHearer(Member):
    """Keeps what one process knows of withdrawals up to date; asks for all of them whenever it comes onto the bus."""

    def __init__(self, url: str, keyring: Keyring, withdrawals: Withdrawals) -> None:
        super().__init__(url, f"{keyring.service}-withdrawals", WITHDRAWALS, says=QUESTIONS)
        self._keyring = keyring
        self._withdrawals = withdrawals

    def joined(self) -> None:
        self.say("which")

    def heard(self, body: str) -> None:
        try:
            said = read_statement(self._keyring, body)
        except Unauthenticated:
            said = None
        if said is None:
            log.warning("a statement of withdrawals that does not hold was ignored")
            return
        self._withdrawals.learn(said)


class QuestionsHearer(Member):
    """Has withdrawals said whenever somebody asks for them."""

    def __init__(self, url: str, name: str, wake: threading.Event) -> None:
        super().__init__(url, f"{name}-withdrawals-asked", QUESTIONS)
        self._wake = wake

    def heard(self, body: str) -> None:
        self._wake.set()


class WithdrawalsTeller:
    """Says all withdrawals that still matter, as ``look`` finds them: account or session → moment."""

    def __init__(
        self, url: str, keyring: Keyring, withdrawals: Withdrawals, look: Callable[[], Mapping[str, datetime]]
    ) -> None:
        self._keyring = keyring
        self._withdrawals = withdrawals
        self._look = look
        self._publisher = ConfirmedPublisher(url, [], prepare=_prepare)

    def work(self) -> bool:
        """Say them. Whether it is to be done again at once: where the bus did not take all."""
        withdrawn = {whose: moment.timestamp() for whose, moment in self._look().items()}
        self._withdrawals.learn(withdrawn)
        rows = list(withdrawn.items())
        parts = [dict(rows[first : first + AT_ONCE]) for first in range(0, len(rows), AT_ONCE)]
        said = [Outgoing(WITHDRAWALS, "", stated(self._keyring, part), str(new_id())) for part in parts]
        taken = self._publisher.publish(said) if said else 0
        self._publisher.beat()
        return taken < len(said)

    def give_up(self) -> None:
        self._publisher.give_up()

    def close(self) -> None:
        self._publisher.close()


def _prepare(connection: Connection) -> None:
    have_exchange(connection, WITHDRAWALS, "fanout")


class Withdrawing:
    """All of it that goes on in a process of a service: it hears, and where its service signs people in it tells."""

    def __init__(self, runtime: Runtime) -> None:
        url, keyring, every = runtime.settings.amqp_url, runtime.keyring, runtime.settings.announce_every
        self._threads: list[Member | Loop] = [WithdrawalsHearer(url, keyring, runtime.withdrawals)]
        self._teller: WithdrawalsTeller | None = None
        look = runtime.plugin.withdrawn
        if look is None:
            return
        itself = Origin(Principal("service", service=runtime.name), "withdrawals")

        def withdrawn() -> Mapping[str, datetime]:
            with runtime.begin(itself) as tx:
                return look(tx)

        self._teller = WithdrawalsTeller(url, keyring, runtime.withdrawals, withdrawn)
        wake = runtime.signals.withdrawals
        self._threads += [
            QuestionsHearer(url, runtime.name, wake),
            Loop(f"{runtime.name} withdrawals", self._teller.work, interval=every, wake=wake),
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def ask_to_stop(self) -> None:
        if self._teller is not None:
            self._teller.give_up()
        for thread in self._threads:
            thread.ask_to_stop()

    def stop(self, timeout: float) -> None:
        self.ask_to_stop()
        end = time.monotonic() + timeout
        for thread in self._threads:
            thread.stop(max(0.0, end - time.monotonic()))
        if self._teller is not None:
            self._teller.close()
