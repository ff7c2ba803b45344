"""Every operation that decides on something says so, and keeps apart who has a part in it (X8)."""

from collections.abc import Mapping

import pytest

from shared.api.operations import Operation, operations_of
from shared.plugins import plugins

COMMANDS = {
    f"{name}.{operation.name}": operation
    for name, plugin in plugins().items()
    for operation in operations_of(plugin.service).values()
    if operation.command
}

DECIDES = frozenset(
    {"admit", "appoint", "approve", "audit", "decide", "enter", "judge", "open", "reset", "review", "revoke", "roles"}
    | {"score", "sign"}
)
"""Last words of permissions to decide on what may be somebody's own."""

NOBODYS: Mapping[str, str] = {
    "governance.leave_post": "who leaves gains nothing by it, and it names the decision",
    "governance.vote_on_motion": "the body decides; entered is the count of its tellers",
    "membership.admit_unit": "nobody represents a unit before it is there",
    "membership.review_standings": "follows from invoices and days; nobody chooses anything",
}
"""What has such a permission and yet decides on nobody's own, and why."""


def decides(operation: Operation) -> bool:
    return operation.permission.rpartition(".")[2] in DECIDES


@pytest.mark.rule(id="X8")
def test_every_operation_that_decides_keeps_people_apart() -> None:
    deciding = {name for name, operation in COMMANDS.items() if decides(operation)}
    assert {name for name in deciding if COMMANDS[name].apart is None} == set(NOBODYS)
