"""What must fit together about service cases: they stand as their steps say. Of confidential ones nothing is told, so
an event about one comes from nowhere (M7)."""

from collections import Counter, defaultdict
from uuid import UUID

from sqlalchemy import select

from services.membership.cases import rules
from services.membership.cases.events import CaseClosed, CaseOpened, CaseReopened
from services.membership.cases.models import Case, CaseEntry, ConfidentialCase, ConfidentialCaseEntry
from services.membership.cases.rules import Step
from shared.books.declared import Fault, Faults
from shared.books.look import Look
from shared.books.matching import matched, told_once
from shared.text import Text

_Steps = dict[UUID, list[tuple[Step, UUID | None]]]


def cases_were_told_once(look: Look) -> Faults:
    """Each case was told to be opened, once, for its unit (M7)."""
    cases = look.session.scalars(select(Case))
    wanted = {each.id: (each.unit_id, each.kind) for each in cases}
    yield from told_once(look, CaseOpened, wanted, "unit_id", "kind")


def closings_were_told(look: Look) -> Faults:
    """Each case was told to be closed and opened again as often as its record says (M7, X7)."""
    for schema, step in ((CaseClosed, Step.CLOSING), (CaseReopened, Step.REOPENING)):
        told = Counter(each.data["id"] for each in look.told(schema))
        kept = Counter(look.session.scalars(select(CaseEntry.case_id).where(CaseEntry.step == step)))
        yield from matched(f"service_cases {step}", told, kept.items())


def cases_stand_as_their_steps_say(look: Look) -> Faults:
    """Each case is in the state, and in the hands, that its steps lead to (M7, X7)."""
    for case, entry in ((Case, CaseEntry), (ConfidentialCase, ConfidentialCaseEntry)):
        steps = _steps(look, entry)
        rows = look.session.execute(select(case.id, case.state, case.assigned_to)).all()
        wanted = {row.id: _standing(steps[row.id]) for row in rows}
        yield from matched(case.__tablename__, wanted, ((row.id, (row.state, row.assigned_to)) for row in rows))


def people_are_on_a_case_as_its_steps_say(look: Look) -> Faults:
    """On a confidential case are whoever opened it and whoever was added and not taken off again (M7)."""
    steps = _steps(look, ConfidentialCaseEntry)
    for case in look.session.scalars(select(ConfidentialCase)):
        wanted = rules.people_after(case.opened_by, steps[case.id])
        if sorted(case.people) != sorted(wanted):
            yield Fault(
                f"confidential_cases {case.id}",
                Text("知情人与往来不符", "The people on it are not those that its record says"),
            )


def _standing(steps: list[tuple[Step, UUID | None]]) -> tuple[str, UUID | None]:
    hands = [about for step, about in steps if step is Step.ASSIGNMENT]
    return rules.state_after(step for step, _ in steps).value, hands[-1] if hands else None


def _steps(look: Look, entry: type[CaseEntry] | type[ConfidentialCaseEntry]) -> _Steps:
    """The steps of each case, in their order, each with whom it is about."""
    found: _Steps = defaultdict(list)
    for each in look.session.execute(select(entry.case_id, entry.step, entry.about_id).order_by(entry.id)):
        found[each.case_id].append((Step(each.step), each.about_id))
    return found


CHECKS = (
    cases_were_told_once,
    closings_were_told,
    cases_stand_as_their_steps_say,
    people_are_on_a_case_as_its_steps_say,
)
