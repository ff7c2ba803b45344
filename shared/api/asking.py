"""One service asks another, as itself: a question over RPC, never a shared table or an import.

Ask before locking anything: the other side may take its time. What may be a little old is better kept as a read model
fed by events; ask where the answer must be of this moment.
"""

import threading
import uuid
from collections.abc import Mapping
from typing import Any

from shared.bus.client import RpcClient, away
from shared.errors import Broken, DeadlineExceeded, Problem, Unavailable
from shared.identity.keys import Keyring
from shared.identity.principals import issue_service

DEADLINE = 5.0
"""Seconds after which a service that does not answer counts as away: less than a caller of ours waits."""


class Answered(Broken):
    """Another service answered our question with a problem, whose ``code``, ``rule`` and whole ``document`` are here.

    Where that is an answer one can work with, catch it. Left alone it is our own fault: whoever asked us did not
    ask that question and can do nothing about it.
    """

    def __init__(self, service: str, operation: str, document: Mapping[str, Any]) -> None:
        code = str(document.get("code", Problem.code))
        super().__init__(
            f"服务 {service} 未答复 {operation}（{code}）",
            f"The service {service} did not answer {operation} ({code})",
            code=code,
            rule=document.get("rule"),
        )
        self.document = document


class Asker:
    """Asks on behalf of one service, from any number of threads; connects with the first question."""

    def __init__(self, url: str, keyring: Keyring, *, deadline: float = DEADLINE) -> None:
        self._keyring = keyring
        self._lock = threading.Lock()
        self._client: RpcClient | None = None
        self._url = url
        self._deadline = deadline

    def ask(self, service: str, operation: str, arguments: Mapping[str, Any], *, correlation_id: str) -> Any:
        """The body of what ``operation`` of ``service`` answers.

        A service that is away, whose database is away or that takes longer than the deadline is
        :class:`Unavailable` and named. Any other problem it answers with is :class:`Answered`.
        """
        with self._lock:
            if self._client is None:
                self._client = RpcClient(self._url, deadline=self._deadline)
            client = self._client
        headers = {
            "authorization": f"Bearer {issue_service(self._keyring)}",
            "correlation-id": correlation_id,
            # What is asked may be a command, and the bus may deliver it twice (ADR 0010).
            "idempotency-key": str(uuid.uuid4()),
        }
        try:
            answer = client.call(service, operation, arguments, headers=headers)
        except DeadlineExceeded as error:
            raise away(service) from error
        except Unavailable:
            raise
        except Problem as problem:
            raise Answered(service, operation, problem.as_dict("zh")) from problem
        document = answer.get("problem")
        if document is None:
            return answer.get("body")
        if document.get("status") in (Unavailable.status, DeadlineExceeded.status):
            raise away(service)
        raise Answered(service, operation, document)

    def close(self) -> None:
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()
