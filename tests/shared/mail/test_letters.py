"""Letters and the messages made of them: headers nobody can add to, and words that arrive as they were written."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared.mail.letters import Attachment, Letter, Sender, message_of
from shared.standards.mail_address import MailAddress

ID = UUID("0192f0c1-2a7b-7cc3-98a4-5d1f0e6b7b01")
SENDER = Sender("山西省通信行业协会", "dues@association.example")
TO = MailAddress.parse("unit@example.com")
WRITTEN = datetime(2021, 2, 1, 9, tzinfo=UTC)
PRINTABLE = st.text(st.characters(exclude_categories=["Cc", "Cs"]))


def sent(letter: Letter) -> bytes:
    return message_of(letter, id=ID, sender=SENDER, to=TO, written_at=WRITTEN).as_bytes()


def test_a_message_says_who_when_and_under_which_id() -> None:
    raw = sent(
        Letter("会费缴纳通知", "汾河：\n\n请缴纳会费。\n", [Attachment("账.pdf", b"%PDF\x00", "application/pdf")])
    )
    assert raw.isascii()
    message = message_from_bytes(raw, policy=policy.default)
    assert message["From"] == "山西省通信行业协会 <dues@association.example>"
    assert (message["To"], message["Subject"]) == ("unit@example.com", "会费缴纳通知")
    assert message["Message-ID"] == f"<{ID}@association.example>"
    assert message["Date"].datetime == WRITTEN
    assert message["Auto-Submitted"] == "auto-generated"
    body = message.get_body()
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == "汾河：\n\n请缴纳会费。\n"
    (file,) = message.iter_attachments()
    assert (file.get_filename(), file.get_content_type(), file.get_content()) == (
        "账.pdf",
        "application/pdf",
        b"%PDF\x00",
    )


@given(PRINTABLE, st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_no_subject_adds_a_header(start: str, end: str) -> None:
    message = message_from_bytes(sent(Letter(f"{start}\r\nBcc: other@example.com\n{end}", "话")), policy=policy.default)
    assert message["Bcc"] is None
    assert set(message.keys()) == {
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"),
        *("MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
    }


@given(PRINTABLE, PRINTABLE, st.lists(st.builds(Attachment, PRINTABLE, st.binary(), st.just("application/pdf"))))
def test_a_letter_is_written_down_and_read_back(subject: str, text: str, attachments: list[Attachment]) -> None:
    letter = Letter(subject, text, attachments)
    assert Letter.from_json(letter.as_json()) == letter
