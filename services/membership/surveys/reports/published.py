"""Published reports 已发布的调查报告: what members may read (M8)."""

import uuid

from sqlalchemy import select

from services.membership.surveys.reports.models import SurveyReport
from services.membership.surveys.reports.operations import PDF
from services.membership.surveys.reports.printing import pdf_of
from services.membership.surveys.reports.rules import State
from services.membership.surveys.reports.schemas import PublishedLine, PublishedOut
from shared.api.operations import Download, operation
from shared.api.paging import Page, PageRequest
from shared.store.tx import Tx

READ = "membership.published_survey.read"


class PublishedReports:
    """What is reported to the members. One that was superseded or never published is as if it did not exist."""

    @operation(
        "GET /published-survey-reports",
        permission=READ,
        response=PublishedLine,
        label=("已发布的调查报告", "Published reports"),
        kind="list",
    )
    def list_published_reports(self, tx: Tx, page: PageRequest) -> Page:
        """The published report of each survey, the latest first (M8)."""
        query = select(SurveyReport).where(SurveyReport.state == State.PUBLISHED)
        sorts = {"published": SurveyReport.published_at}
        return tx.page(query, page, key=SurveyReport.id, sorts=sorts, default="-published")

    @operation(
        "GET /published-survey-reports/{id}",
        permission=READ,
        response=PublishedOut,
        label=("已发布的调查报告详情", "A published report"),
        kind="detail",
    )
    def get_published_report(self, tx: Tx, id: uuid.UUID) -> SurveyReport:
        """A published report with its figures; nothing about fewer than five is in it (M8)."""
        return tx.need(SurveyReport, id=id, state=State.PUBLISHED)

    @operation(
        "GET /published-survey-reports/{id}/pdf",
        permission=READ,
        label=("打印已发布的调查报告", "Print a published report"),
        kind="download",
        media_type=PDF,
    )
    def print_published_report(self, tx: Tx, id: uuid.UUID) -> Download:
        """A published report as PDF with charts (M8)."""
        report = tx.need(SurveyReport, id=id, state=State.PUBLISHED)
        return Download(f"调查报告-{report.id}.pdf", pdf_of(report))
