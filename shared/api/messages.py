"""What fields say when they are wrong, in both languages.

marshmallow keeps messages as plain strings; ours hold both languages, and :func:`read` tells them apart again.
"""

from shared.text import Text

SEPARATOR = " ∥ "


def say(zh: str, en: str) -> str:
    """A message in both languages, as one string."""
    return f"{zh}{SEPARATOR}{en}"


def read(message: str) -> Text | str:
    """The two languages of a message that :func:`say` made; any other stays as it is."""
    zh, separator, en = message.partition(SEPARATOR)
    return Text(zh, en) if separator else message


FIELD_MESSAGES = {
    "required": say("必填", "Required"),
    "null": say("不得为空", "May not be null"),
    "validator_failed": say("填写有误", "Not valid"),
    "invalid": say("填写有误", "Not valid"),
    "invalid_utf8": say("须为 UTF-8 文本", "Must be UTF-8 text"),
    "invalid_uuid": say("须为编号（UUID）", "Must be a UUID"),
    "too_large": say("数值过大", "Too large a number"),
    "format": say("格式有误", "Not of the right form"),
    "invalid_awareness": say("须带时区", "Must carry an offset"),
    "special": say("不得为 NaN 或无穷", "May be neither NaN nor infinite"),
    "type": say("类型有误", "Of the wrong type"),
}
SCHEMA_MESSAGES = {
    "unknown": say("没有这个字段", "Unknown field"),
    "type": say("须为对象", "Must be an object"),
}
