"""How a message leaves: to an SMTP server, or as a file into a folder where no server is set.

Nothing here logs, and no error repeats what the server said: servers like to repeat addresses (X5).
"""

import os
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from shared.settings import MAIL_OUTBOX, Settings

SECONDS = 20.0
"""How long the server may take for each of its answers."""
_PORTS = {"smtp": 587, "smtps": 465}


class NotSent(Exception):
    """A message did not leave. ``code`` is a word and perhaps the server's number; ``final``: trying again will not
    help, since it is this message or its recipient that was refused."""

    def __init__(self, code: str, *, final: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.final = final


class Transport(Protocol):
    def send(self, message: EmailMessage) -> None:
        """Send it, or raise :class:`NotSent`. Takes its time: call it with ``off_hub``."""


@dataclass(frozen=True)
class Folder:
    """Writes each message as a file, named by its id: one that is sent again is the same file."""

    path: Path

    def send(self, message: EmailMessage) -> None:
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        fresh = self.path / f".{name}.new"
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Only for whoever runs this: it is mail.
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(message.as_bytes())
            fresh.replace(self.path / f"{name}.eml")
        except OSError as error:
            raise NotSent("folder") from error


@dataclass(frozen=True)
class Smtp:
    """Hands each message to one server, over a connection of its own.

    ``security``: "tls" from the first byte, "starttls" or nothing goes out, "none" for a server on this machine. The
    server's certificate is always checked, against ``ca`` (a file) where that is set.
    """

    host: str
    port: int
    security: str
    local_name: str
    user: str = ""
    password: str = ""
    ca: str | None = None

    def send(self, message: EmailMessage) -> None:
        server = self._connected()
        try:
            server.sendmail(_address(message["From"]), [_address(message["To"])], message.as_bytes())
        except smtplib.SMTPRecipientsRefused as error:
            (answer,) = error.recipients.values()
            raise _refused("recipient-refused", answer[0]) from None
        except smtplib.SMTPDataError as error:
            raise _refused("message-refused", error.smtp_code) from None
        except smtplib.SMTPResponseException as error:
            raise NotSent(f"refused {error.smtp_code}") from None
        except (smtplib.SMTPException, OSError):
            raise NotSent("broken-off") from None
        finally:
            # It has the message or it has not: how it says goodbye changes nothing.
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def _connected(self) -> smtplib.SMTP:
        try:
            server = self._greeted()
        except smtplib.SMTPResponseException as error:
            raise NotSent(f"away {error.smtp_code}") from None
        except (smtplib.SMTPException, OSError):
            raise NotSent("away") from None
        try:
            if self.security == "starttls":
                _step("tls", lambda: server.starttls(context=self._tls()))
            if self.user:
                _step("sign-in", lambda: server.login(self.user, self.password))
        except NotSent:
            server.close()
            raise
        return server

    def _greeted(self) -> smtplib.SMTP:
        if self.security == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, self.local_name, timeout=SECONDS, context=self._tls())
        return smtplib.SMTP(self.host, self.port, self.local_name, timeout=SECONDS)

    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.ca)


def transport_of(settings: Settings) -> Transport:
    """What ``settings.mail`` says; its form was checked when it was read."""
    if settings.mail == MAIL_OUTBOX:
        return Folder(Path(settings.mail_folder))
    url = urlsplit(settings.mail)
    options = {name: values[-1] for name, values in parse_qs(url.query).items()}
    return Smtp(
        host=url.hostname or "",
        port=url.port or _PORTS[url.scheme],
        security="tls" if url.scheme == "smtps" else options.get("tls", "starttls"),
        local_name=settings.mail_from.rpartition("@")[2],
        user=settings.mail_user,
        password=settings.mail_password,
        ca=options.get("ca"),
    )


def _refused(code: str, number: int) -> NotSent:
    return NotSent(f"{code} {number}", final=number >= 500)


def _step(code: str, take: Callable[[], object]) -> None:
    """Of a step that the operator's settings decide on: worth another try, once they are mended."""
    try:
        take()
    except smtplib.SMTPResponseException as error:
        raise NotSent(f"{code} {error.smtp_code}") from None
    except (smtplib.SMTPException, OSError):
        raise NotSent(code) from None


def _address(header: object) -> str:
    (address,) = header.addresses  # type: ignore[attr-defined]
    return str(address.addr_spec)
