"""What a manifest promises of an answer."""

from shared.api import fields as f
from shared.api.manifest import answer_schema, json_schema


class LineOut(f.Schema):
    maxLength = f.String("最长", "Longest", max_length=7)


class ThingOut(f.Schema):
    text = f.String("正文", "Text")
    lines = f.List("各行", "Lines", f.Nested("行", "Line", LineOut))
    score = f.Decimal("成绩", "Score")


def test_an_answer_may_be_longer_than_what_may_be_sent() -> None:
    assert json_schema(ThingOut())["properties"]["text"]["maxLength"] == 500
    answer = answer_schema(ThingOut())["properties"]
    assert answer["text"] == {"type": "string", "title": "正文", "x-label-en": "Text"}
    line = answer["lines"]["items"]["properties"]
    assert line == {"maxLength": {"type": "string", "title": "最长", "x-label-en": "Longest"}}
    assert answer["score"] == json_schema(ThingOut())["properties"]["score"]


def test_a_field_may_be_called_like_what_is_left_out() -> None:
    class NamedOut(f.Schema):
        label = f.String("名称", "Label")
        properties = f.Nested("各项", "Properties", LineOut)

    answer = answer_schema(NamedOut())["properties"]
    assert answer["label"] == {"type": "string", "title": "名称", "x-label-en": "Label"}
    assert set(answer) == {"label", "properties"}
