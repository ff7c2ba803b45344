"""The JSON schema of a problem document (RFC 9457 with the members every service adds)."""

from typing import Any


def _field(kind: str, zh: str, en: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "title": zh, "x-label-en": en, **more}


PROBLEM: dict[str, Any] = {
    "type": "object",
    "properties": {
        "type": _field("string", "类型", "Type", format="uri"),
        "title": _field("string", "标题", "Title"),
        "status": _field("integer", "HTTP 状态", "HTTP status"),
        "detail": _field("string", "说明", "Detail"),
        "code": _field("string", "稳定代码", "Stable code"),
        "rule": _field("string", "所依规则", "Rule that refused"),
        "errors": _field(
            "object",
            "各栏问题",
            "What is wrong with each field",
            additionalProperties={"type": "array", "items": {"type": "string"}},
        ),
        "retry_after": _field("integer", "多少秒后再试", "Seconds to wait"),
        "correlation_id": _field("string", "请求编号", "Correlation id"),
    },
    "required": ["type", "title", "status", "detail", "code"],
}
