"""Responses on a sheet 答卷表: a blank one to fill in, and a filled one taken in by a job (M8, X6, X8)."""

import uuid

from services.membership.surveys.plans.models import Survey
from services.membership.surveys.plans.rules import check_open
from services.membership.surveys.responses import rules
from services.membership.surveys.responses.holding import hold_channel, hold_for_response
from services.membership.surveys.responses.schemas import ResponseSheetIn
from services.membership.surveys.responses.sheets import blank_sheet, columns_of, filled_rows
from services.membership.surveys.responses.taking import Asking, check_room, take_all
from services.membership.surveys.results.counting import operators_of
from shared.api.fields import UploadedFile
from shared.api.jobs import JobOut, RunningJob, job
from shared.api.operations import Download, operation
from shared.api.sheets import read_sheet, seal_sheet, told, unseal_sheet
from shared.documents.spreadsheets import EXCEL
from shared.documents.uploads import read_upload
from shared.identity.duties import Act
from shared.store.tables import Job
from shared.store.tx import Tx


class ResponseSheets:
    """Responses by the hundred."""

    @operation(
        "GET /surveys/{id}/response-sheet",
        permission="membership.survey.run",
        label=("空白答卷表", "A blank sheet of responses"),
        kind="download",
        media_type=EXCEL,
    )
    def get_response_sheet(self, tx: Tx, id: uuid.UUID) -> Download:
        """An .xlsx file to type responses into: a row each, a column for each question (M8)."""
        survey = tx.get(Survey, id)
        check_open(survey.stage)
        return Download("答卷.xlsx", blank_sheet(survey, operators_of(tx.session, survey)))

    @operation(
        "POST /surveys/{id}/response-sheets",
        permission="membership.survey.run",
        request=ResponseSheetIn,
        response=JobOut,
        label=("导入答卷", "Import responses"),
        kind="action",
        status=202,
        apart=Act.ENTERS,
    )
    def import_survey_responses(self, tx: Tx, id: uuid.UUID, sheet: UploadedFile, channel: str) -> Job:
        """Takes a sheet of what people answered on paper or by telephone; a job enters its rows, all or none, no more
        than were asked in that way (M8, X6). Not for whoever represents an operator of the survey (X8)."""
        survey = tx.get(Survey, id)
        tx.keep_apart(rules.whose_responses(survey.operator_ids))
        check_open(survey.stage)
        read_sheet(sheet.content, columns_of(survey), read=read_upload)
        content, by = seal_sheet(tx.vault, sheet.content), tx.principal.name
        return tx.start_job("import-survey-responses", content=content, survey_id=str(id), channel=channel, by=by)

    @job("import-survey-responses", label=("导入答卷", "Import responses"))
    def take_response_sheet(self, job: RunningJob, survey_id: str, channel: str, by: str) -> None:
        """Enters the rows of a sheet; what is wrong ends the job as a problem that names each row and column."""
        id, way = uuid.UUID(survey_id), rules.Channel(channel)
        with job.begin() as tx:
            hold_for_response(tx, id)
            survey = tx.get(Survey, id)
            check_open(survey.stage)
            sheet = read_sheet(unseal_sheet(tx.vault, job), columns_of(survey), read=read_upload)
            asking = Asking.of(survey)
            taken = list(filled_rows(told(job, sheet.rows), sheet.errors, asking))
            sheet.errors.refuse_if_any()
            hold_channel(tx, id, way)
            check_room(tx, survey, way, len(taken))
            take_all(tx, asking, taken, way, by)
            job.finish(tx, {"imported": len(taken)})
