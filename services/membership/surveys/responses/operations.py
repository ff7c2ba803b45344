"""Responses 答卷: people are invited and answer, or a clerk enters what they said (M8, X8, X10, X11)."""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert

from services.membership.sessions.tokens import digest
from services.membership.surveys.plans.models import Survey
from services.membership.surveys.plans.rules import check_asking, check_open
from services.membership.surveys.questionnaires.models import SurveySection
from services.membership.surveys.responses import rules
from services.membership.surveys.responses.contacts import erase_contact_of, keep_contact, number_of
from services.membership.surveys.responses.holding import hold_channel, hold_for_response
from services.membership.surveys.responses.models import Invitation, InvitationBatch, Response
from services.membership.surveys.responses.schemas import (
    AnswersIn,
    ContactOut,
    EnteredIn,
    FormIn,
    FormOut,
    InvitationsIn,
    InvitationsOut,
    ReceivedOut,
    ResponseOut,
    VoidIn,
)
from services.membership.surveys.responses.taking import Asking, Filled, check_filled, check_room, take
from services.membership.surveys.results.counting import Named, operators_of
from shared.api.operations import operation
from shared.identity.duties import Act
from shared.identity.principals import PUBLIC
from shared.store.base import new_id
from shared.store.tx import Tx

TOKEN_BYTES = 16


@dataclass(frozen=True)
class Form:
    """What is shown to a respondent."""

    title: str
    purpose: str
    ends_on: date
    operators: list[Named]
    sections: list[SurveySection]


@dataclass(frozen=True)
class Number:
    """The telephone number of a respondent, opened."""

    response_id: uuid.UUID
    number: str


class Responses:
    """What people answer."""

    @operation(
        "POST /surveys/{id}/invitations",
        permission="membership.survey.run",
        request=InvitationsIn,
        response=InvitationsOut,
        label=("发放问卷", "Invite to a survey"),
        kind="create",
        secret=True,
    )
    def invite_to_survey(self, tx: Tx, id: uuid.UUID, channel: str, invited: int) -> InvitationBatch:
        """Counts so many as asked, by whom the response rate goes. Online each gets a token for one response; they are
        shown this once, and only their hashes are kept (M8)."""
        hold_for_response(tx, id)
        survey = tx.get(Survey, id)
        check_open(survey.stage)
        batch = tx.add(
            InvitationBatch(
                survey_id=survey.id,
                channel=channel,
                invited=invited,
                issued_at=tx.now,
                issued_by=tx.principal.name,
            )
        )
        tx.flush()
        if channel == rules.Channel.ONLINE:
            batch.tokens = [secrets.token_urlsafe(TOKEN_BYTES) for _ in range(invited)]
            rows = [{"id": new_id(), "batch_id": batch.id, "digest": digest(token)} for token in batch.tokens]
            tx.session.execute(insert(Invitation), rows)
        return batch

    @operation(
        "POST /survey-forms",
        permission=PUBLIC,
        request=FormIn,
        response=FormOut,
        label=("打开问卷", "Open a questionnaire by invitation"),
        kind="action",
        rate="public",
        secret=True,
    )
    def get_survey_form(self, tx: Tx, token: str) -> Form:
        """The questionnaire that an invitation is for, while it can be answered (M8)."""
        invitation = _invitation(tx, token)
        survey = tx.get(Survey, invitation.batch.survey_id)
        check_asking(survey.stage, survey.ends_on, tx.today)
        rules.check_unused(invitation.used)
        assert survey.questionnaire is not None
        operators = operators_of(tx.session, survey)
        return Form(survey.title, survey.purpose, survey.ends_on, operators, survey.questionnaire.sections)

    @operation(
        "POST /survey-responses",
        permission=PUBLIC,
        request=AnswersIn,
        response=ReceivedOut,
        label=("提交答卷", "Answer a survey"),
        kind="create",
        rate="public",
        secret=True,
    )
    def answer_survey(
        self,
        tx: Tx,
        token: str,
        operator_id: uuid.UUID,
        answers: Sequence[dict[str, Any]],
        phone: str | None,
        phone_consent: bool,
    ) -> Response:
        """Answers a survey by invitation, once, through its last day. No response names its invitation; a telephone
        number is kept only with consent, to ask back, until the close (M8, X10)."""
        invitation = _invitation(tx, token)
        survey_id = invitation.batch.survey_id
        hold_for_response(tx, survey_id)
        invitation, survey = tx.lock(Invitation, invitation.id), tx.get(Survey, survey_id)
        check_asking(survey.stage, survey.ends_on, tx.today)
        rules.check_unused(invitation.used)
        rules.check_phone(phone, phone_consent)
        asking, filled = Asking.of(survey), _filled(operator_id, answers)
        check_filled(asking, filled)
        invitation.used = True
        response_id = take(tx, asking, filled, rules.Channel.ONLINE, None)
        if phone is not None:
            keep_contact(tx, survey, response_id, phone)
        return tx.get(Response, response_id)

    @operation(
        "POST /surveys/{id}/responses",
        permission="membership.survey.run",
        request=EnteredIn,
        response=ResponseOut,
        label=("录入答卷", "Enter a response"),
        kind="create",
        apart=Act.ENTERS,
    )
    def enter_survey_response(
        self,
        tx: Tx,
        id: uuid.UUID,
        channel: str,
        operator_id: uuid.UUID,
        answers: Sequence[dict[str, Any]],
        phone: str | None,
        phone_consent: bool,
    ) -> Response:
        """Enters what somebody answered on paper or by telephone, until the close; no more than were asked in that way,
        and nobody for a survey about a unit they represent (M8, X8, X10)."""
        way = rules.Channel(channel)
        hold_for_response(tx, id)
        survey = tx.get(Survey, id)
        tx.keep_apart(rules.whose_responses(survey.operator_ids))
        check_open(survey.stage)
        rules.check_phone(phone, phone_consent)
        asking, filled = Asking.of(survey), _filled(operator_id, answers)
        check_filled(asking, filled)
        hold_channel(tx, id, way)
        check_room(tx, survey, way, 1)
        response_id = take(tx, asking, filled, way, tx.principal.name)
        if phone is not None:
            keep_contact(tx, survey, response_id, phone)
        return tx.get(Response, response_id)

    @operation(
        "POST /survey-responses/{id}/voiding",
        permission="membership.survey.run",
        request=VoidIn,
        response=ResponseOut,
        label=("作废答卷", "Void a response"),
        kind="action",
        apart=Act.JUDGES,
    )
    def void_survey_response(self, tx: Tx, id: uuid.UUID, reason: str) -> Response:
        """Takes a response out of the count for a reason, such as one entered twice, until the close. It stays on file;
        its telephone number goes (M8, X7, X8)."""
        hold_for_response(tx, tx.get(Response, id).survey_id)
        response = tx.change(Response, id)
        survey = tx.get(Survey, response.survey_id)
        tx.keep_apart(rules.whose_responses(survey.operator_ids))
        check_open(survey.stage)
        rules.check_void(rules.State(response.state), reason)
        response.state, response.void_reason = rules.State.VOID, reason
        response.voided_at, response.voided_by = tx.now, tx.principal.name
        erase_contact_of(tx, response.id)
        return response

    @operation(
        "GET /survey-responses/{id}/contact",
        permission="membership.survey.run",
        response=ContactOut,
        label=("受访者电话", "Number of a respondent"),
        kind="detail",
        exports=True,
    )
    def get_survey_contact(self, tx: Tx, id: uuid.UUID) -> Number:
        """The telephone number of a respondent, whole, to ask back; gone with the close. Who saw it is kept in the
        audit trail (X5, X11)."""
        return Number(id, number_of(tx, tx.get(Response, id).id))


def _invitation(tx: Tx, token: str) -> Invitation:
    known = tx.find(Invitation, digest=digest(token))
    if known is None:
        raise rules.invitation_unknown()
    return known


def _filled(operator: uuid.UUID, answers: Sequence[dict[str, Any]]) -> Filled:
    return Filled(operator, [rules.Given(each["question_id"], each["value"], each["text"]) for each in answers])
