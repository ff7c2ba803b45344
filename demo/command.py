"""``xiehui demo``: run an association, drive it through HTTP, and compare what was seen with what was expected."""

from contextlib import closing

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from demo import article_fee, batch_of_2020, dues, duties, expenditure
from demo.association import Running, running
from demo.client import Surprise
from demo.findings import Findings
from demo.office import open_office

START = "2020-12-01T08:00:00+08:00"
FLOWS = (batch_of_2020, article_fee, dues, expenditure, duties)


def drive(there: Running, findings: Findings, console: Console) -> None:
    """All flows, one after the other; a :class:`Surprise` ends them early."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with closing(open_office(there.address, there.secret)) as office, Progress(*columns, console=console) as progress:
        for flow in FLOWS:
            flow.run(office, findings, progress)


def demo() -> None:
    """See it work on real input: five flows from end to end, with a table of what was expected and seen."""
    console = Console()
    findings = Findings()
    try:
        with (
            console.status("正在启动一个临时的协会 / starting a temporary association") as status,
            running(START) as there,
        ):
            status.stop()
            console.print(f"协会已在 {there.address} 运行 / the association runs at {there.address}")
            drive(there, findings, console)
    except Surprise as surprise:
        findings.print(console)
        console.print("[red]演示中断 / the demonstration broke off")
        console.print(str(surprise), soft_wrap=True, markup=False)
        raise typer.Exit(1) from surprise
    findings.print(console)
    if not findings.all_as_expected:
        console.print("[red]有所见与应为不符 / something was not as expected")
        raise typer.Exit(1)
    console.print("[green]全部如预期 / everything as expected")
