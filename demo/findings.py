"""What the demonstration expected, what it saw, and whether that is the same."""

from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from demo.client import Client

NOT_PERMITTED = "not-permitted"
"""The code of the problem that somebody gets whose roles do not reach that far."""


@dataclass(frozen=True)
class Finding:
    flow: str
    what: str
    expected: str
    seen: str

    @property
    def as_expected(self) -> bool:
        return self.expected == self.seen


@dataclass
class Findings:
    """Collects findings flow by flow."""

    flow: str = ""
    found: list[Finding] = field(default_factory=list)

    def begin(self, flow: str) -> None:
        self.flow = flow

    def see(self, what: str, expected: Any, seen: Any) -> None:
        """Note what was seen beside what was expected; both are compared as people would read them."""
        self.found.append(Finding(self.flow, what, str(expected), str(seen)))

    def denied(
        self, what: str, expected: str, who: Client, path: str, body: Any = None, method: str = "POST", **headers: str
    ) -> None:
        """Note what ``who`` is told who tries what they may not: ``expected`` is a rule or the code of a problem."""
        self.see(what, expected, who.attempt(method, path, body, **headers))

    @property
    def all_as_expected(self) -> bool:
        return bool(self.found) and all(finding.as_expected for finding in self.found)

    def print(self, console: Console) -> None:
        table = Table("", "事项 / what", "应为 / expected", "所见 / seen", title="演示结果 / what was seen")
        flow = ""
        for finding in self.found:
            if finding.flow != flow:
                flow = finding.flow
                table.add_section()
                table.add_row("", f"[bold]{flow}", "", "")
            mark = "[green]✓" if finding.as_expected else "[red]✗"
            table.add_row(mark, *map(escape, (finding.what, finding.expected, finding.seen)))
        console.print(table)
