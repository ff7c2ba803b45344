"""Mail addresses: read by their form, shown masked (X5)."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Refused
from shared.standards.mail_address import LONGEST, MailAddress

ATOMS = st.text(string.ascii_letters + string.digits + "!#$%&'*+-/=?^_`{|}~", min_size=1, max_size=20)
LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)


@pytest.mark.rule(id="X5")
@given(ATOMS, st.lists(LABELS, min_size=1, max_size=3), st.sampled_from(["com", "cn", "xn--fiqs8s"]))
def test_an_address_is_read_and_shown_by_its_first_letter_and_domain(local: str, labels: list[str], top: str) -> None:
    domain = ".".join([*labels, top])
    address = MailAddress.parse(f" {local}@{domain.upper()} ")
    assert address.reveal() == f"{local}@{domain}"
    assert address.masked == f"{local[0]}***@{domain}"
    for shown in (str(address), repr(address), f"{address}"):
        assert shown == address.masked or f"{local}@" not in shown


@pytest.mark.rule(id="X5")
@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a@",
        "@example.com",
        "a@example",
        "a@example.com\n",
        "a@example.com\r\nBcc: b@example.com",
        "a@b@example.com",
        "a b@example.com",
        "a,b@example.com",
        "<a@example.com>",
        "a@example.com, b@example.com",
        ".a@example.com",
        "a..b@example.com",
        "a@-example.com",
        "a@example..com",
        "a@127.0.0.1",
        "a@[127.0.0.1]",
        '"a"@example.com',
        "王@example.com",
        "ａ@example.com",
        "a@例子.com",
        f"{'a' * 65}@example.com",
        f"a@{'b.' * 150}com",
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(Refused) as refused:
        MailAddress.parse(text)
    assert (refused.value.rule, refused.value.code) == ("X5", "mail-address")
    if "@" in text:
        assert text not in str(refused.value.as_dict("zh")).replace("name@example.com", "")


@given(st.text(max_size=LONGEST + 10))
def test_anything_is_an_address_or_refused(text: str) -> None:
    try:
        address = MailAddress.parse(text).reveal()
    except Refused:
        return
    assert address.isascii()
    assert address.count("@") == 1
    assert len(address) <= LONGEST
