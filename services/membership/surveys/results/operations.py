"""Results of a survey 调查结果, once it is closed (M8)."""

import uuid

from services.membership.surveys.plans.models import Survey
from services.membership.surveys.plans.rules import State
from services.membership.surveys.results import rules
from services.membership.surveys.results.counting import results_of
from services.membership.surveys.results.schemas import FiguresOut
from shared.api.operations import operation
from shared.store.tx import Tx


class SurveyResults:
    """What the responses say, counted."""

    @operation(
        "GET /surveys/{id}/results",
        permission="membership.survey.read",
        response=FiguresOut,
        label=("调查结果", "Results of a survey"),
        kind="detail",
    )
    def get_survey_results(self, tx: Tx, id: uuid.UUID) -> rules.Figures:
        """Index, rate, sections and questions, by operator, of a survey that is closed; never less than five (M8)."""
        survey = tx.get(Survey, id)
        rules.check_countable(survey.stage is State.CLOSED)
        return results_of(tx.session, survey)
