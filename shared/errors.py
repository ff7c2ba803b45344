"""What can go wrong, as one small tree. Each leaf has an HTTP status, a stable code and both languages.

    Problem
    ├── Malformed               400  the request could not be read
    ├── Unauthenticated         401  no token, or one that does not hold
    ├── Forbidden               403  known, but may not do this
    ├── NotFound                404  no such thing
    ├── Refused                 409  a rule of the association says no (carries the rule's id)
    ├── IdempotencyConflict     409  the key was used for another request
    ├── AnswerNotKept           409  done before under this key; the answer was secret and is gone
    ├── StaleVersion            412  If-Match names an older version
    ├── TooLarge                413  a body over the limit
    ├── Invalid                 422  fields that break their own rules (carries field → messages)
    ├── VersionRequired         428  a change without If-Match
    ├── TooMany                 429  slow down
    ├── Broken                  500  our fault; the correlation id finds it in the logs
    ├── Unavailable             503  a service or its store is away; try again
    └── DeadlineExceeded        504  no answer in time

Over HTTP a problem is RFC 9457 ``application/problem+json``; over the bus it travels as the same dictionary.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from shared.text import Language, Text

FieldErrors = Mapping[str, Sequence[Text | str]]


class Problem(Exception):
    """The root. ``code`` is stable for programs, ``detail`` is for people."""

    status: ClassVar[int] = 500
    code: str = "problem"
    title: ClassVar[Text] = Text("出现问题", "Something went wrong")

    def __init__(
        self,
        zh: str,
        en: str,
        *,
        code: str | None = None,
        rule: str | None = None,
        errors: FieldErrors | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(en)
        self.detail = Text(zh, en)
        self.code = code or type(self).code
        self.rule = rule
        self.errors = errors
        self.retry_after = retry_after

    def as_dict(self, language: Language) -> dict[str, Any]:
        """The problem document: type, title, status, detail, code and, where they apply, rule, errors."""
        document: dict[str, Any] = {
            "type": f"urn:xiehui:problem:{self.code}",
            "title": self.title.in_(language),
            "status": self.status,
            "detail": self.detail.in_(language),
            "code": self.code,
        }
        if self.rule is not None:
            document["rule"] = self.rule
        if self.errors is not None:
            document["errors"] = {
                field: [m.in_(language) if isinstance(m, Text) else m for m in messages]
                for field, messages in self.errors.items()
            }
        if self.retry_after is not None:
            document["retry_after"] = self.retry_after
        return document


class Malformed(Problem):
    status = 400
    code = "malformed"
    title = Text("请求无法读取", "The request cannot be read")


class Unauthenticated(Problem):
    status = 401
    code = "unauthenticated"
    title = Text("请先登录", "Sign in first")


class Forbidden(Problem):
    status = 403
    code = "forbidden"
    title = Text("无权办理", "Not allowed")


class NotFound(Problem):
    status = 404
    code = "not-found"
    title = Text("找不到", "Not found")


class Refused(Problem):
    """A rule of the association says no. Changes nothing and burns no number (X6).

    ``rule`` is the id of the rule, e.g. "C5"; ``field`` names the offending input where there is one.
    """

    status = 409
    code = "refused"
    title = Text("按规定不予办理", "Refused by rule")

    def __init__(self, rule: str, zh: str, en: str, *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(zh, en, code=code, rule=rule, errors={field: [Text(zh, en)]} if field else None)


class IdempotencyConflict(Problem):
    status = 409
    code = "idempotency-conflict"
    title = Text("幂等键已用于另一请求", "The idempotency key belongs to another request")


class AnswerNotKept(Problem):
    """Carried out before under this key, and the answer held a secret. Ask anew, under a new key."""

    status = 409
    code = "answer-not-kept"
    title = Text("已办理，答复不再提供", "Done before, and its answer is not given twice")


class StaleVersion(Problem):
    status = 412
    code = "stale-version"
    title = Text("内容已被他人修改", "Changed by somebody else meanwhile")


class TooLarge(Problem):
    status = 413
    code = "too-large"
    title = Text("内容过大", "Too large")


class Invalid(Problem):
    status = 422
    code = "invalid"
    title = Text("填写有误", "Some fields are wrong")


class VersionRequired(Problem):
    status = 428
    code = "version-required"
    title = Text("须注明所改版本", "Say which version you change")


class TooMany(Problem):
    status = 429
    code = "too-many"
    title = Text("操作过于频繁", "Too many requests")


class Broken(Problem):
    status = 500
    code = "broken"
    title = Text("系统内部错误", "Internal error")


class Unavailable(Problem):
    status = 503
    code = "unavailable"
    title = Text("服务暂不可用", "Not available right now")


class DeadlineExceeded(Problem):
    status = 504
    code = "deadline-exceeded"
    title = Text("未在时限内答复", "No answer in time")
