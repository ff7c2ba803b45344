"""Enrolment 报名: a sheet comes in, candidates are listed (C1, C2, X5)."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from services.certification.batches.models import Batch
from services.certification.batches.rules import BatchState, check_enrolling
from services.certification.candidates import rules
from services.certification.candidates.models import Candidate
from services.certification.candidates.register import Register
from services.certification.candidates.schemas import CandidateLine, CandidateOut, CandidateQuery, EnrolmentSheetIn
from services.certification.data import PERSONAL_DATA, catalogue
from shared.api.fields import UploadedFile
from shared.api.jobs import JobOut, RunningJob, job
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.api.sheets import read_sheet, refused_rows, seal_sheet, told, unseal_sheet
from shared.personal.belonging import identity_index
from shared.personal.consents import record_consent
from shared.personal.terms import terms_of
from shared.store.tables import Job
from shared.store.tx import Tx

SHEET = "报名"


class Candidates:
    """Who is examined in a batch."""

    @operation(
        "POST /batches/{id}/enrolments",
        permission="certification.candidate.enrol",
        request=EnrolmentSheetIn,
        response=JobOut,
        label=("导入报名表", "Import an enrolment sheet"),
        kind="action",
        status=202,
    )
    def enrol_candidates(
        self,
        tx: Tx,
        id: uuid.UUID,
        sheet: UploadedFile,
        take_rest: bool,
        identity_consent: bool,
        unit_id: uuid.UUID | None,
    ) -> Job:
        """Takes the sheet 报名 of a workbook; a job enrols its rows, all or none unless ``take_rest`` (C2, X6). The
        consent of each candidate to the identity number being kept is recorded (X10).

        A unit that sent it has its own people kept from their scores, review and objections (X8).
        """
        batch = tx.get(Batch, id)
        check_enrolling(BatchState(batch.state))
        read_sheet(sheet.content, rules.COLUMNS, SHEET)
        rules.check_consent(identity_consent)
        content = seal_sheet(tx.vault, sheet.content)
        unit = str(unit_id) if unit_id else None
        return tx.start_job("enrol-candidates", content=content, batch_id=str(id), take_rest=take_rest, unit_id=unit)

    @job("enrol-candidates", label=("导入报名表", "Import an enrolment sheet"))
    def enrol(self, job: RunningJob, batch_id: str, take_rest: bool, unit_id: str | None = None) -> None:
        """Enrols the rows of a sheet; what is wrong ends the job as a problem that names each row and column."""
        with job.begin() as tx:
            sheet = read_sheet(unseal_sheet(tx.vault, job), rules.COLUMNS, SHEET)
            batch = tx.lock(Batch, uuid.UUID(batch_id))
            check_enrolling(BatchState(batch.state))
            enrolled = Register.of(tx.vault, tx.all(select(Candidate).where(Candidate.batch_id == batch.id)))
            taken = rules.check_rows(
                told(job, sheet.rows),
                sheet.errors,
                catalogue=catalogue(tx.today),
                scope=batch.qualifications,
                today=tx.today,
                already_enrolled=enrolled,
                take_rest=take_rest,
            )
            candidates = [
                _candidate(tx, batch, place, enrolment, unit_id)
                for place, enrolment in enumerate(taken, len(enrolled) + 1)
            ]
            tx.session.add_all(candidates)
            tx.flush()
            consented_to = terms_of(PERSONAL_DATA, "identity-number", tx.today)
            for candidate in candidates:
                record_consent(tx, candidate.id, consented_to)
            job.finish(tx, {"imported": len(taken), "refused_rows": refused_rows(sheet.errors)})

    @operation(
        "GET /batches/{id}/candidates",
        permission="certification.candidate.read",
        request=CandidateQuery,
        response=CandidateLine,
        label=("考生", "Candidates"),
        kind="list",
        exports=True,
    )
    def list_candidates(
        self, tx: Tx, id: uuid.UUID, page: PageRequest, occupation: str | None, level: int | None, passed: bool | None
    ) -> Page:
        """The candidates of a batch in the order of enrolment; by occupation, level, outcome."""
        batch = tx.get(Batch, id)
        query = (
            select(Candidate)
            .where(Candidate.batch_id == batch.id)
            .options(
                selectinload(Candidate.scores),
                selectinload(Candidate.objections),
                selectinload(Candidate.certificate),
            )
        )
        if occupation is not None:
            query = query.where(Candidate.occupation == occupation)
        if level is not None:
            query = query.where(Candidate.level == level)
        if passed is not None:
            query = query.where(Candidate.passed == passed)
        return tx.page(query, page, key=Candidate.id, sorts={"place": Candidate.place}, default="place")

    @operation(
        "GET /candidates/{id}",
        permission="certification.candidate.read",
        response=CandidateOut,
        label=("考生详情", "A candidate"),
        kind="detail",
    )
    def get_candidate(self, tx: Tx, id: uuid.UUID) -> Candidate:
        """A candidate with every mark that was entered, the outcome and objections (C5, C6, X7)."""
        return tx.get(Candidate, id)


def _candidate(tx: Tx, batch: Batch, place: int, enrolment: rules.Enrolment, unit_id: str | None) -> Candidate:
    number = enrolment.identity_number
    return Candidate(
        batch_id=batch.id,
        place=place,
        name=enrolment.name,
        identity_sealed=tx.vault.seal(number.reveal()),
        identity_index=identity_index(tx.vault, number),
        identity_last4=number.last4,
        sex=number.sex.value,
        unit_id=uuid.UUID(unit_id) if unit_id else None,
        enrolled_at=tx.now,
        **enrolment.qualification._asdict(),
    )
