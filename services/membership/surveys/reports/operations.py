"""Reports on surveys 调查报告: drafted, audited, published and reported (M8, X7, X8)."""

import uuid
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from services.membership.surveys.events import SurveyReportPublished
from services.membership.surveys.hands import with_hand_of
from services.membership.surveys.plans.models import Survey
from services.membership.surveys.plans.rules import State as SurveyState
from services.membership.surveys.reports import rules
from services.membership.surveys.reports.models import ReportDelivery, SurveyReport
from services.membership.surveys.reports.printing import pdf_of
from services.membership.surveys.reports.schemas import (
    AuditIn,
    DeliveryIn,
    ReportIn,
    ReportLine,
    ReportOut,
    ReportPatch,
    ReportQuery,
)
from services.membership.surveys.results.counting import results_of
from shared.api.operations import Download, operation
from shared.api.paging import Page, PageRequest
from shared.identity.duties import Act
from shared.store.tx import Tx

PDF = "application/pdf"


class SurveyReports:
    """What is said of a survey, and who has checked it."""

    @operation(
        "POST /surveys/{id}/reports",
        permission="membership.survey_report.draft",
        request=ReportIn,
        response=ReportOut,
        label=("起草调查报告", "Draft a report"),
        kind="create",
    )
    def draft_survey_report(self, tx: Tx, id: uuid.UUID, summary: str, reason: str) -> SurveyReport:
        """Drafts a report on a survey that is closed, with its results as counted now. It takes the place of an audited
        one: of an unpublished one at once, of a published one when it is published (M8, X7)."""
        survey = tx.lock(Survey, id)
        latest = _latest(tx, survey)
        closed = survey.stage is SurveyState.CLOSED
        rules.check_draftable(closed, latest.stage if latest else None, reason)
        if latest is not None and latest.stage is rules.State.AUDITED:
            _supersede(tx, latest)
        report = tx.add(
            SurveyReport(
                survey=survey,
                number=latest.number + 1 if latest else 1,
                state=rules.State.DRAFT,
                summary=summary,
                reason=reason or None,
                figures=results_of(tx.session, survey).as_data(),
                drafters=with_hand_of(tx.principal),
                drafted_at=tx.now,
                deliveries=[],
            )
        )
        tx.flush()
        return report

    @operation(
        "PATCH /survey-reports/{id}",
        permission="membership.survey_report.draft",
        request=ReportPatch,
        response=ReportOut,
        label=("修改调查报告", "Change a draft"),
        kind="action",
    )
    def change_survey_report(self, tx: Tx, id: uuid.UUID, summary: str) -> SurveyReport:
        """Changes the text of a report that was not audited yet, or was returned; it is a draft again (M8)."""
        report = tx.change(SurveyReport, id)
        rules.check_editable(report.stage)
        report.summary, report.state = summary, rules.State.DRAFT
        report.drafters = with_hand_of(tx.principal, report.drafters)
        return report

    @operation(
        "GET /survey-reports",
        permission="membership.survey_report.read",
        request=ReportQuery,
        response=ReportLine,
        label=("调查报告", "Reports on surveys"),
        kind="list",
    )
    def list_survey_reports(self, tx: Tx, page: PageRequest, survey_id: uuid.UUID | None, state: str | None) -> Page:
        """Reports in any state, the latest first; on one survey, in one state."""
        query = select(SurveyReport)
        if survey_id:
            query = query.where(SurveyReport.survey_id == survey_id)
        if state:
            query = query.where(SurveyReport.state == state)
        return tx.page(query, page, key=SurveyReport.id, sorts={"drafted": SurveyReport.drafted_at}, default="-drafted")

    @operation(
        "GET /survey-reports/{id}",
        permission="membership.survey_report.read",
        response=ReportOut,
        label=("调查报告详情", "A report on a survey"),
        kind="detail",
    )
    def get_survey_report(self, tx: Tx, id: uuid.UUID) -> SurveyReport:
        """A report in whatever state, with its figures and to whom it was reported."""
        return tx.get(SurveyReport, id)

    @operation(
        "GET /survey-reports/{id}/pdf",
        permission="membership.survey_report.read",
        label=("打印调查报告", "Print a report"),
        kind="download",
        media_type=PDF,
    )
    def print_survey_report(self, tx: Tx, id: uuid.UUID) -> Download:
        """A report as PDF with charts; one that is not published says so on every page."""
        report = tx.get(SurveyReport, id)
        return Download(f"调查报告-{report.id}.pdf", pdf_of(report))

    @operation(
        "POST /survey-reports/{id}/audit",
        permission="membership.survey_report.audit",
        request=AuditIn,
        response=ReportOut,
        label=("审核调查报告", "Audit a report"),
        kind="action",
        apart=Act.AUDITS,
    )
    def audit_survey_report(self, tx: Tx, id: uuid.UUID, passed: bool, note: str) -> SurveyReport:
        """Passes a draft, or returns it with a note. The figures are counted anew and must agree; from then on they and
        the text are frozen. Not by who planned the survey, drafted the report or represents an operator (M8, X8)."""
        report = tx.change(SurveyReport, id)
        survey = report.survey
        tx.keep_apart(*rules.whose_report(survey.planners, report.drafters, survey.operator_ids))
        as_counted = results_of(tx.session, survey, called_in=report.figures).as_data() == report.figures
        rules.check_audit(report.stage, passed=passed, note=note, as_counted=as_counted)
        report.state = rules.State.AUDITED if passed else rules.State.RETURNED
        report.audited_at, report.audited_by, report.audit_note = tx.now, tx.principal.name, note or None
        return report

    @operation(
        "POST /survey-reports/{id}/publication",
        permission="membership.survey_report.publish",
        response=ReportOut,
        label=("发布调查报告", "Publish a report"),
        kind="action",
    )
    def publish_survey_report(self, tx: Tx, id: uuid.UUID) -> SurveyReport:
        """Publishes an audited report to the members; the one published before is superseded (M8, X7)."""
        report = tx.change(SurveyReport, id)
        rules.check_publishable(report.stage)
        for before in tx.all(
            select(SurveyReport).filter_by(survey_id=report.survey_id, state=rules.State.PUBLISHED).with_for_update()
        ):
            _supersede(tx, before)
        report.state, report.published_by = rules.State.PUBLISHED, tx.principal.name
        report.published_at, report.published_on = tx.now, tx.today
        index = report.figures["index"]
        tx.emit(
            SurveyReportPublished.of(
                report.survey,
                report_id=report.id,
                number=report.number,
                index=None if index is None else Decimal(index),
                published_on=report.published_on,
            )
        )
        return report

    @operation(
        "POST /survey-reports/{id}/deliveries",
        permission="membership.survey_report.deliver",
        request=DeliveryIn,
        response=ReportOut,
        label=("登记报送", "Record to whom it was reported"),
        kind="action",
    )
    def record_report_delivery(self, tx: Tx, id: uuid.UUID, audience: str, on: date | None, means: str) -> SurveyReport:
        """Records that a published report was reported to the members or to the authority, and on which day (M8)."""
        report = tx.change(SurveyReport, id)
        day = on or tx.today
        rules.check_delivery(report.stage, report.published_on, day, tx.today)
        report.deliveries.append(
            ReportDelivery(audience=audience, on=day, means=means, recorded_at=tx.now, recorded_by=tx.principal.name)
        )
        tx.flush()
        return report


def _latest(tx: Tx, survey: Survey) -> SurveyReport | None:
    query = select(SurveyReport).where(SurveyReport.survey_id == survey.id).order_by(SurveyReport.number.desc())
    return next(iter(tx.all(query.limit(1))), None)


def _supersede(tx: Tx, report: SurveyReport) -> None:
    report.state, report.superseded_at = rules.State.SUPERSEDED, tx.now
