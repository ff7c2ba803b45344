"""The fields of requests, answers and events, each with its Chinese and English label.

A schema reads ``name = f.String("姓名", "Name", required=True)``; the labels go into OpenAPI, documents and pages.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal as PyDecimal
from typing import Any
from zoneinfo import ZoneInfo

import marshmallow as ma
from marshmallow import ValidationError, fields, validate

from shared.api.messages import FIELD_MESSAGES, SCHEMA_MESSAGES, say
from shared.errors import Refused
from shared.money import format_yuan, parse_yuan
from shared.text import Text

BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")
YEARS = range(1800, 2500)
"""The years a moment may lie in: the database keeps more than Python can read back."""

# What can neither be stored nor shown: controls (but tab and line breaks) and halves of characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_WHOLE = re.compile(r"-?[0-9]{1,19}", re.ASCII)
_PLAIN = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class Schema(ma.Schema):
    """A request, an answer or a part of one. Unknown fields are refused."""

    error_messages = SCHEMA_MESSAGES


class _Labelled:
    """Takes the two labels first, whatever the field then takes. ``personal``: the classes of personal data that it
    takes in, as the service's terms call them (X10)."""

    def __init__(self, zh: str, en: str, *args: Any, **kwargs: Any) -> None:
        personal = kwargs.pop("personal", ())
        classes = [personal] if isinstance(personal, str) else list(personal)
        kwargs["metadata"] = {**kwargs.get("metadata", {}), "label": Text(zh, en), "personal": classes}
        kwargs["error_messages"] = {**FIELD_MESSAGES, **kwargs.get("error_messages", {})}
        super().__init__(*args, **kwargs)


class String(_Labelled, fields.String):
    """Text of at most ``max_length`` characters (500), without control characters but line breaks and tabs."""

    def __init__(self, zh: str, en: str, *, max_length: int = 500, min_length: int = 0, **kwargs: Any) -> None:
        super().__init__(zh, en, **kwargs)
        error = say(f"须为 {min_length} 至 {max_length} 个字符", f"Must have {min_length} to {max_length} characters")
        self.validators.append(validate.Length(min=min_length, max=max_length, error=error))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if _UNPRINTABLE.search(text):
            raise ValidationError(say("不得含控制字符", "No control characters"))
        return text


class Integer(_Labelled, fields.Integer):
    """A whole number, also as a string of digits (in a query there is nothing else); 3.0 and true are none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise self.make_error("invalid")
        if isinstance(value, str) and not _WHOLE.fullmatch(value):
            raise self.make_error("invalid")
        number = int(value)
        if abs(number) >= 2**63:
            raise self.make_error("too_large")
        return number


class Boolean(_Labelled, fields.Boolean):
    """True or false, also as "true" and "false" (in a query); 1 and 0 are numbers."""

    truthy = {True, "true"}
    falsy = {False, "false"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool | str):
            raise self.make_error("invalid", input=value)
        return bool(super()._deserialize(value, attr, data, **kwargs))


class UUID(_Labelled, fields.UUID):
    pass


class Date(_Labelled, fields.Date):
    """A day, "2020-12-24"."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise self.make_error("invalid", input=value, obj_type="date")
        return super()._deserialize(value, attr, data, **kwargs)


class Moment(_Labelled, fields.AwareDateTime):
    """A moment with its offset; goes out in the association's own zone (X3)."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        moment: datetime = super()._deserialize(value, attr, data, **kwargs)
        if moment.year not in YEARS:
            raise self.make_error("invalid", input=value, obj_type="datetime")
        return moment

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.astimezone(BUSINESS_ZONE).isoformat()


class Decimal(_Labelled, fields.Decimal):
    """An exact decimal, a string outside: digits, a point and digits, at most twenty on either side. Exponents are
    refused, since "1E+999999999" would be a number that no memory holds once it is written out."""

    def __init__(self, zh: str, en: str, **kwargs: Any) -> None:
        super().__init__(zh, en, as_string=True, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> PyDecimal:
        if isinstance(value, bool) or not _PLAIN.fullmatch(str(value)):
            raise self.make_error("invalid")
        decimal: PyDecimal = super()._deserialize(value, attr, data, **kwargs)
        return decimal

    def _serialize(self, value: PyDecimal | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else format(value, "f")


class Money(_Labelled, fields.Field[int]):
    """An amount: the string "1234.50" outside, integer fen inside (X2)."""

    def __init__(self, zh: str, en: str, *, negative: bool = False, **kwargs: Any) -> None:
        super().__init__(zh, en, **kwargs)
        self.negative = negative

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else format_yuan(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        try:
            return parse_yuan(value, negative=self.negative)
        except Refused as refused:
            raise ValidationError(say(*refused.detail)) from refused


class Choice(_Labelled, fields.String):
    """One of a few values. ``choices``: value → its two labels."""

    def __init__(self, zh: str, en: str, choices: Mapping[str, Text], **kwargs: Any) -> None:
        super().__init__(zh, en, **kwargs)
        self.choices = choices
        values = "、".join(choices), ", ".join(choices)
        self.validators.append(
            validate.OneOf(list(choices), error=say(f"须为 {values[0]} 之一", f"One of {values[1]}"))
        )


class List(_Labelled, fields.List[Any]):
    pass


class Nested(_Labelled, fields.Nested):
    pass


class Raw(_Labelled, fields.Raw):
    """Anything JSON can hold."""


@dataclass(frozen=True)
class UploadedFile:
    """A file somebody sent: its name as they called it and its bytes."""

    filename: str
    content: bytes


class Upload(_Labelled, fields.Field[UploadedFile]):
    """A file: a part of multipart/form-data over HTTP, ``{"filename", "content": base64}`` in JSON."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> UploadedFile:
        if not isinstance(value, dict) or set(value) != {"filename", "content"}:
            raise ValidationError(say("须为文件", "A file is wanted"))
        try:
            name = "".join(ch for ch in str(value["filename"]) if ch.isprintable())
            return UploadedFile(name[:200], base64.b64decode(value["content"], validate=True))
        except (binascii.Error, TypeError, ValueError) as error:
            raise ValidationError(say("文件内容须为 base64", "The content must be base64")) from error
