"""The loop that sends what waits in ``chassis.mails``: at least once, each time under the same Message-ID."""

import threading
import uuid
from datetime import timedelta

import structlog
from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, exists, select, update

from shared.clock import wall_now
from shared.identity.principals import Principal
from shared.mail.letters import Letter, Sender, message_of
from shared.mail.transports import NotSent, Transport, transport_of
from shared.offload import off_hub
from shared.runtime import Runtime
from shared.standards.mail_address import MailAddress
from shared.store.database import kept_alive, try_lock
from shared.store.tables import Mail
from shared.store.tx import Origin, Tx

log = structlog.get_logger()

BATCH = 20


class MailSender:
    """Sends one mail after the other. Among the processes of a service one at a time does."""

    def __init__(self, runtime: Runtime, transport: Transport | None = None) -> None:
        self._runtime = runtime
        self._settings = runtime.settings
        self._transport = transport or transport_of(runtime.settings)
        self._sender = Sender(self._settings.mail_name, self._settings.mail_from)
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Leave off after the mail in hand."""
        self._stopping.set()

    def work(self) -> bool | float:
        """Send what is due and erase what was kept long enough; in how many seconds to look again where something
        waits, else False."""
        with self._runtime.speaking_of_absence, self._runtime.engine.connect() as guard:
            if not try_lock(guard, "mails"):
                return False
            with kept_alive(guard):
                self._erase()
                return self._send_due(guard)

    def _send_due(self, guard: Connection) -> bool | float:
        due = select(Mail.id).where(Mail.state == "queued", Mail.next_attempt_at <= wall_now())
        ids = guard.execute(due.order_by(Mail.next_attempt_at).limit(BATCH)).scalars().all()
        for id in ids:
            if self._stopping.is_set():
                return False
            self._send(id)
        if len(ids) == BATCH:
            return True
        waits = guard.scalar(select(exists().where(Mail.state == "queued")))
        return self._settings.poll_every if waits else False

    def _send(self, id: uuid.UUID) -> None:
        failure = self._attempt(id)
        with self._runtime.begin(self._origin(id)) as tx:
            mail = tx.lock(Mail, id)
            if mail.state != "queued":
                return  # this process was taken for dead, and another has settled it
            mail.attempts += 1
            mail.error = failure.code if failure else None
            delays = self._settings.mail_retry_delays
            if failure is None:
                self._settle(tx, mail, "sent")
            elif failure.final or mail.attempts > len(delays):
                self._settle(tx, mail, "parked")
            else:
                mail.next_attempt_at = wall_now() + timedelta(seconds=delays[mail.attempts - 1])
            state, attempts, kind = mail.state, mail.attempts, mail.kind
        log.info("mail", mail=str(id), kind=kind, state=state, attempts=attempts, why=failure and failure.code)

    def _attempt(self, id: uuid.UUID) -> NotSent | None:
        """Why a mail did not leave; None where it did."""
        with self._runtime.begin(self._origin(id)) as tx:
            mail = tx.get(Mail, id)
        if mail.expires_at is not None and mail.expires_at <= wall_now():
            return NotSent("expired", final=True)
        try:
            vault = self._runtime.vault
            assert mail.content is not None
            assert mail.recipient is not None
            message = message_of(
                Letter.from_json(vault.unseal(mail.content)),
                id=id,
                sender=self._sender,
                to=MailAddress.parse(vault.unseal(mail.recipient)),
                written_at=mail.queued_at,
            )
            off_hub(self._transport.send, message)
        except NotSent as failure:
            return failure
        except InvalidTag:
            return NotSent("unreadable", final=True)
        except Exception as error:
            # It must not stand in the way of those behind it. What it says may hold an address, so only its type.
            log.error("mail broke", mail=str(id), error=type(error).__name__)
            return NotSent("broken")
        return None

    def _settle(self, tx: Tx, mail: Mail, state: str) -> None:
        now = wall_now()
        mail.state, mail.next_attempt_at, mail.settled_at = state, None, now
        mail.erase_at = now + timedelta(days=mail.keep_days)
        if mail.erase_at <= now:
            mail.recipient = mail.content = None
        tx.flush()
        if self._runtime.plugin.mailed:
            self._runtime.plugin.mailed(tx, mail)

    def _erase(self) -> None:
        past = update(Mail).where(Mail.erase_at <= wall_now(), Mail.content.is_not(None))
        with self._runtime.engine.begin() as connection:
            connection.execute(past.values(recipient=None, content=None))

    def _origin(self, id: uuid.UUID) -> Origin:
        return Origin(Principal("service", service=self._runtime.name), str(id))
