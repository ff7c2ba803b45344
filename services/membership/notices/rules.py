"""What is sent to a unit once, and what became of it (M3, M5)."""

from enum import StrEnum

from shared.text import Text


class Kind(StrEnum):
    """What was sent. Of each a unit gets one about one thing."""

    SLIP = "collection-slip"
    ACCOUNT = "dues-account"

    @property
    def label(self) -> Text:
        return _KINDS[self]


_KINDS = {
    Kind.SLIP: Text("会费收款单", "Collection slip"),
    Kind.ACCOUNT: Text("会费专账年度报告", "Yearly account of dues"),
}


class Outcome(StrEnum):
    MAILED = "mailed"
    SENT = "sent"
    NOT_SENT = "not-sent"
    NO_ADDRESS = "no-address"

    @property
    def label(self) -> Text:
        return _OUTCOMES[self]


_OUTCOMES = {
    Outcome.MAILED: Text("邮件待发", "Mail waits to be sent"),
    Outcome.SENT: Text("邮件已发出", "Mail sent"),
    Outcome.NOT_SENT: Text("邮件未能发出", "The mail did not leave"),
    Outcome.NO_ADDRESS: Text("未登记邮箱", "No address is known"),
}
