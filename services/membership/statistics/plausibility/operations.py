"""Findings 疑点: listed, explained by the unit, accepted by the association (M13, X8)."""

import uuid

from sqlalchemy import select

from services.membership.acting import account_of
from services.membership.statistics.figures.models import Figure
from services.membership.statistics.figures.rules import whose_entries, whose_figures
from services.membership.statistics.periods.holding import hold_for_reports
from services.membership.statistics.periods.models import Period
from services.membership.statistics.periods.rules import State
from services.membership.statistics.plausibility import rules
from services.membership.statistics.plausibility.models import Finding
from services.membership.statistics.plausibility.schemas import ExplanationIn, FindingOut, FindingQuery
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.identity.duties import Act
from shared.store.tx import Tx


class Findings:
    """What is doubtful in the figures of units."""

    @operation(
        "GET /findings",
        permission="membership.figure.read",
        request=FindingQuery,
        response=FindingOut,
        label=("统计疑点", "Findings"),
        kind="list",
    )
    def list_findings(
        self, tx: Tx, page: PageRequest, period_id: uuid.UUID | None, unit_id: uuid.UUID | None, unanswered: bool
    ) -> Page:
        """What is doubtful in figures as they are now, the latest first; of one period or unit (M13)."""
        wanted = {"period_id": period_id, "unit_id": unit_id}
        query = select(Finding).filter_by(**{name: value for name, value in wanted.items() if value is not None})
        query = query.where(Finding.superseded_at.is_(None), Finding.unit_id.is_not(None))
        if unanswered:
            query = query.where(Finding.explained_at.is_(None), Finding.accepted_at.is_(None))
        return tx.page(query, page, key=Finding.id, sorts={"found": Finding.found_at}, default="-found")

    @operation(
        "POST /findings/{id}/explanation",
        permission="membership.figure.explain",
        request=ExplanationIn,
        response=FindingOut,
        label=("说明疑点", "Explain a finding"),
        kind="action",
    )
    def explain_finding(self, tx: Tx, id: uuid.UUID, text: str) -> Finding:
        """Says for the unit why its figures are right although they are doubtful; said again, it takes the place of
        what was said (M13)."""
        finding, period = _open(tx, id)
        rules.check_explainer(str(finding.unit_id) in tx.principal.units)
        rules.check_explanation(finding.answered, period.ruled_state is State.OPEN, text)
        finding.explanation, finding.explained_at = text.strip(), tx.now
        finding.explained_by = account_of(tx.principal)
        return finding

    @operation(
        "POST /findings/{id}/acceptance",
        permission="membership.statistics.check",
        response=FindingOut,
        label=("认可疑点", "Accept a finding"),
        kind="action",
        apart=Act.REVIEWS,
    )
    def accept_finding(self, tx: Tx, id: uuid.UUID) -> Finding:
        """Accepts figures although they are doubtful; nobody does of their own unit, or of what they entered (M13,
        X8)."""
        finding, period = _open(tx, id)
        assert finding.unit_id is not None
        counting = select(Figure).where(Figure.period_id == period.id, Figure.unit_id == finding.unit_id)
        entered = tx.all(counting.where(Figure.superseded_at.is_(None)))
        tx.keep_apart(whose_figures(finding.unit_id), whose_entries(figure.reported_by for figure in entered))
        rules.check_acceptance(finding.answered, period.ruled_state is State.OPEN)
        finding.accepted_at, finding.accepted_by = tx.now, account_of(tx.principal)
        return finding


def _open(tx: Tx, id: uuid.UUID) -> tuple[Finding, Period]:
    """A finding about a unit's figures and its period, while nobody closes that or reports other figures."""
    found = tx.need(Finding, id=id, edition_id=None)
    assert found.unit_id is not None
    period = hold_for_reports(tx, found.period_id, found.unit_id)
    finding = tx.change(Finding, id)
    rules.check_stands(finding.superseded_at is not None)
    return finding, period
