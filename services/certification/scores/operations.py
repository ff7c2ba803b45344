"""Scores 成绩: from a sheet or one by one, corrected until the review, and closed (C5, X7)."""

import uuid
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from services.certification.batches.models import Batch
from services.certification.batches.rules import BatchState
from services.certification.batches.schemas import BatchStanding
from services.certification.candidates.models import Candidate
from services.certification.candidates.register import Register
from services.certification.candidates.schemas import CandidateOut
from services.certification.candidates.units import units_in
from services.certification.data import catalogue, pass_marks
from services.certification.examinations.rules import Part, parts_needed
from services.certification.people import person_of
from services.certification.scores import rules
from services.certification.scores.schemas import ScoreSheetIn, ScoresIn
from shared.api.fields import UploadedFile
from shared.api.jobs import JobOut, RunningJob, job
from shared.api.operations import operation
from shared.api.sheets import read_sheet, refused_rows, seal_sheet, told, unseal_sheet
from shared.identity.duties import Act
from shared.store.tables import Job
from shared.store.tx import Tx

SHEET = "成绩"


class Scores:
    """What candidates were marked with."""

    @operation(
        "POST /batches/{id}/scores",
        permission="certification.score.enter",
        request=ScoreSheetIn,
        response=JobOut,
        label=("导入成绩表", "Import a score sheet"),
        kind="action",
        status=202,
        apart=Act.SCORES,
    )
    def import_scores(self, tx: Tx, id: uuid.UUID, sheet: UploadedFile, take_rest: bool, reason: str) -> Job:
        """Takes the sheet 成绩 of a workbook; a job enters its rows, all or none unless ``take_rest`` (C5, X6).

        A sheet is of the whole batch, so it is not for anybody whose unit sent candidates to it (X8).
        """
        batch = tx.get(Batch, id)
        tx.keep_apart(*rules.whose_scores(units_in(tx, batch)))
        rules.check_scoring(BatchState(batch.state))
        read_sheet(sheet.content, rules.COLUMNS, SHEET)
        return tx.start_job(
            "enter-scores",
            content=seal_sheet(tx.vault, sheet.content),
            batch_id=str(id),
            by=str(person_of(tx.principal)),
            take_rest=take_rest,
            reason=reason,
        )

    @job("enter-scores", label=("导入成绩表", "Import a score sheet"))
    def enter_sheet(self, job: RunningJob, batch_id: str, by: str, take_rest: bool, reason: str) -> None:
        """Enters the rows of a sheet; what is wrong ends the job as a problem that names each row and column."""
        with job.begin() as tx:
            sheet = read_sheet(unseal_sheet(tx.vault, job), rules.COLUMNS, SHEET)
            batch = tx.lock(Batch, uuid.UUID(batch_id))
            rules.check_scoring(BatchState(batch.state))
            marks_in_force = pass_marks(batch.sat_on)
            query = select(Candidate).where(Candidate.batch_id == batch.id).options(selectinload(Candidate.scores))
            register = Register.of(tx.vault, tx.all(query))
            scored = rules.check_rows(
                told(job, sheet.rows),
                sheet.errors,
                catalogue=catalogue(tx.today),
                due=register.each(lambda candidate: parts_needed(candidate.level, marks_in_force)),
                today=tx.today,
                take_rest=take_rest,
            )
            for row in scored:
                candidate = register[row.key]
                news = rules.changed(candidate.marks, row.marks, reason)
                candidate.mark(news, at=tx.now, by=uuid.UUID(by), reason=reason)
                candidate.judge(batch.sat_on, marks_in_force)
            job.finish(tx, {"scored": len(scored), "refused_rows": refused_rows(sheet.errors)})

    @operation(
        "POST /candidates/{id}/scores",
        permission="certification.score.enter",
        request=ScoresIn,
        response=CandidateOut,
        label=("登记成绩", "Enter scores"),
        kind="action",
        apart=Act.SCORES,
    )
    def enter_scores(self, tx: Tx, id: uuid.UUID, theory: Any, practical: Any, review: Any, reason: str) -> Candidate:
        """Enters or corrects the marks of a candidate of another unit; what stood before is kept (C5, X7, X8)."""
        batch = tx.lock(Batch, tx.get(Candidate, id).batch_id)
        candidate = tx.change(Candidate, id)
        tx.keep_apart(*rules.whose_scores([candidate.unit_id]))
        rules.check_scoring(BatchState(batch.state))
        marks_in_force = pass_marks(batch.sat_on)
        typed = {Part.THEORY: theory, Part.PRACTICAL: practical, Part.REVIEW: review}
        entered = rules.read_marks(typed, parts_needed(candidate.level, marks_in_force))
        news = rules.changed(candidate.marks, entered, reason)
        candidate.mark(news, at=tx.now, by=person_of(tx.principal), reason=reason)
        candidate.judge(batch.sat_on, marks_in_force)
        return candidate

    @operation(
        "POST /batches/{id}/scoring-close",
        permission="certification.score.close",
        response=BatchStanding,
        label=("完成评分", "Close the scoring"),
        kind="action",
    )
    def close_scoring(self, tx: Tx, id: uuid.UUID) -> Batch:
        """Closes the scoring once every candidate has every mark; from now on there are pass rates (C2, C5)."""
        batch = tx.change(Batch, id)
        batch.advance(BatchState.SCORED, tx.now, person_of(tx.principal))
        unscored = select(func.count()).where(Candidate.batch_id == batch.id, Candidate.passed.is_(None))
        rules.check_complete(int(tx.session.scalar(unscored) or 0))
        return batch
