"""A mail server for tests: what it got, and how it may behave badly.

with MailServer() as server:
    server.refuse("b@example.com", "550 no such mailbox")
"""

import ssl
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from shared.testing.rabbitmq_engines import free_ports

OK = "250 OK"


class MailServer:
    """Listens on this machine, in a thread of its own. ``got`` are the messages it took, in order."""

    def __init__(self, *, certificate: Path | None = None, login: tuple[str, str] | None = None) -> None:
        """With a ``certificate`` (and key, in one file) it takes nothing without STARTTLS; with a ``login`` nothing
        from others."""
        (self.port,) = free_ports(1)
        self.got: list[EmailMessage] = []
        self.when_taken: Callable[[], None] = lambda: None
        """Called once a message is here and before the client hears of it."""
        self._refused: dict[str, str] = {}
        self._breaks = 0
        options: dict[str, Any] = {}
        if certificate is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate)
            options = {"tls_context": context, "require_starttls": True}
        if login is not None:
            options |= {"authenticator": self._authenticate, "auth_required": True, "auth_require_tls": True}
        self._login = login
        self._options = options
        self._controller: Controller | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen, for the first time or again."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **self._options)
        self._controller.start()

    def stop(self) -> None:
        controller, self._controller = self._controller, None
        if controller is not None:
            controller.stop()

    def refuse(self, recipient: str, answer: str) -> None:
        """Answer so to every mail for ``recipient``."""
        self._refused[recipient] = answer

    def take_again(self, recipient: str) -> None:
        del self._refused[recipient]

    def break_off(self, times: int) -> None:
        """Take so many messages in and hang up without a word."""
        self._breaks = times

    def ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.got]

    def for_(self, recipient: str) -> list[EmailMessage]:
        return [message for message in self.got if message["To"] == recipient]

    # --- what aiosmtpd calls --------------------------------------------------------------------------------

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if address in self._refused:
            return self._refused[address]
        envelope.rcpt_tos.append(address)
        return OK

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.got.append(message)
        self.when_taken()
        if self._breaks:
            self._breaks -= 1
            server.transport.abort()
        return OK

    def _authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        right = self._login == (data.login.decode(), data.password.decode())
        return AuthResult(success=right, handled=False)
