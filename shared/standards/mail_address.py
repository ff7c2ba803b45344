"""Mail addresses 邮箱 (RFC 5321, in ASCII): checked by their form, shown by their first letter and domain (X5).

An address is in no message, no ``repr``, no ``str`` and no chained exception of this module. ``reveal()`` is the only
way to read it, so that a search for that word finds every place that does.
"""

import re
from dataclasses import dataclass, field
from typing import Self

from shared.errors import Refused

LONGEST = 254
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# Quoted local parts and addresses of hosts by number are allowed by the standard, and typed by mistake only.
_LAST_LABEL = r"[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
_ADDRESS = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LAST_LABEL}")


@dataclass(frozen=True, slots=True)
class MailAddress:
    """An address to which mail can be sent; the domain in small letters. Shows only "a***@example.com"."""

    _address: str = field(repr=False)

    @classmethod
    def parse(cls, text: str, *, name: str = "mail_address") -> Self:
        """The address that ``text`` holds, spaces around it left out. Refused by X5 with the code ``mail-address``, for
        the field ``name``: anything else, such as Chinese or full-width characters."""
        plain = text.strip(" ")
        if len(plain) > LONGEST or not _ADDRESS.fullmatch(plain):
            raise Refused(
                "X5",
                "邮箱地址格式不正确，应如 name@example.com",
                "This is no mail address such as name@example.com",
                code="mail-address",
                field=name,
            )
        local, _, domain = plain.rpartition("@")
        return cls(f"{local}@{domain.lower()}")

    def reveal(self) -> str:
        """The address itself: for sending to it, and for sealing it."""
        return self._address

    @property
    def masked(self) -> str:
        """The address as it may be shown (X5)."""
        local, _, domain = self._address.rpartition("@")
        return f"{local[0]}***@{domain}"

    def __str__(self) -> str:
        return self.masked
