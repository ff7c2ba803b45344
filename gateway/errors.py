"""Problems that only a front has: they speak of HTTP, not of anything a service does."""

from collections.abc import Iterable

from shared.errors import NotFound, Problem
from shared.text import Text


class MethodNotAllowed(Problem):
    """The path is known, but not with this method. ``allow`` are the methods it is known with."""

    status = 405
    code = "method-not-allowed"
    title = Text("请求方法不适用", "Method not allowed")

    def __init__(self, method: str, allow: Iterable[str]) -> None:
        self.allow = sorted(set(allow))
        methods = ", ".join(self.allow)
        super().__init__(f"此地址不接受 {method}，可用：{methods}", f"{method} does not apply here; use {methods}")


class UnsupportedMediaType(Problem):
    status = 415
    code = "unsupported-media-type"
    title = Text("内容类型不受支持", "Unsupported media type")


def no_such_path() -> NotFound:
    """The problem of an address that leads nowhere."""
    return NotFound("没有这个地址", "There is nothing at this address", code="no-such-path")
