"""What an operation gave, as its answer goes over the bus."""

import base64
from typing import Any

from shared.api.operations import Download, Operation
from shared.api.paging import Page


def render(operation: Operation, result: Any) -> dict[str, Any]:
    """The answer: see shared.api.execution for its form."""
    if isinstance(result, Download):
        file = {
            "filename": result.filename,
            "content_type": operation.media_type,
            "content": base64.b64encode(result.content).decode(),
        }
        return {"status": operation.status, "file": file}
    if operation.answer is None:
        return {"status": 204, "body": None}
    if isinstance(result, Page):
        items = [operation.answer.dump(item) for item in result.items]
        return {"status": operation.status, "body": {"items": items, "next": result.next}}
    answer = {"status": operation.status, "body": operation.answer.dump(result)}
    version = getattr(result, "version", None)
    return answer if version is None else {**answer, "etag": f'"{version}"'}
