"""Our gateway with nobody behind it: the echo is answered in its own process. It shows what the bus adds."""

from collections.abc import Mapping
from typing import Any

from gateway.app import Gateway, create_app
from shared.observe.logs import configure
from shared.settings import from_environment


class Nobody:
    """A client that answers what it is asked."""

    def call(
        self,
        service: str,
        operation: str,
        arguments: Mapping[str, Any],
        *,
        headers: Mapping[str, Any] | None = None,
        deadline: float | None = None,
    ) -> dict[str, Any]:
        return {"status": 200, "body": dict(arguments)}

    def close(self) -> None: ...


def application() -> Gateway:
    configure()
    return create_app(from_environment(), client=Nobody())
