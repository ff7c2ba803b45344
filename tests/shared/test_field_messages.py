"""What is wrong with a field is said in the reader's language."""

import pytest

from shared.api import fields as f
from shared.api.execution import load
from shared.api.operations import operation
from shared.errors import Invalid
from shared.identity.principals import PUBLIC
from shared.text import Text


class Form(f.Schema):
    name = f.String("姓名", "Name", required=True, max_length=5)
    count = f.Integer("数目", "Count", required=True)
    kind = f.Choice("种类", "Kind", {"a": Text("甲", "A")}, required=True)
    amount = f.Money("金额", "Amount", required=True)


@operation("POST /forms", permission=PUBLIC, request=Form, label=("填表", "Fill in"), kind="action")
def fill_in(self: object, tx: object, name: str, count: int, kind: str, amount: int) -> None:
    """Fills a form in."""


WRONG = {"name": "六个汉字以上", "count": "x", "kind": "b", "amount": "1e5", "more": 1}


@pytest.mark.parametrize("arguments", [{}, WRONG], ids=["nothing", "all wrong"])
def test_every_message_has_both_languages(arguments: dict[str, object]) -> None:
    with pytest.raises(Invalid) as refused:
        load(fill_in.operation, arguments)  # type: ignore[attr-defined]
    chinese, english = refused.value.as_dict("zh")["errors"], refused.value.as_dict("en")["errors"]
    assert set(chinese) == set(english) == (set(WRONG) if arguments else set(Form().fields))
    for field, messages in english.items():
        assert all(message.isascii() for message in messages), field
        assert not any(message.isascii() for message in chinese[field]), field
