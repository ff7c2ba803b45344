"""A response 答卷: what may be answered, which responses are valid, who may be asked (M8, X8, X10)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from services.membership.surveys.questionnaires.rules import Kind, Question
from services.membership.surveys.rules import SurveyTerms
from shared.errors import Refused
from shared.identity.duties import Bond, own_unit
from shared.text import Text

LONGEST_TEXT = 1000
MOST_INVITATIONS = 5000
"""At a time: the answer holds them all."""

_MOBILE_OR_LANDLINE = re.compile(r"(\+86)?1[0-9]{10}|0[0-9]{2,3}-?[0-9]{7,8}", re.ASCII)
_WHOLE = re.compile(r"[0-9]{1,4}", re.ASCII)
_WORDS = {"是": 1, "yes": 1, "否": 0, "no": 0}


class Channel(StrEnum):
    """How people are asked and answer."""

    ONLINE = "online"
    PAPER = "paper"
    TELEPHONE = "telephone"

    @property
    def label(self) -> Text:
        return _CHANNELS[self]


_CHANNELS = {
    Channel.ONLINE: Text("网上", "Online"),
    Channel.PAPER: Text("纸质", "On paper"),
    Channel.TELEPHONE: Text("电话", "By telephone"),
}
BY_CLERK = (Channel.PAPER, Channel.TELEPHONE)
"""The channels whose responses a clerk enters; one answers online by oneself."""


class State(StrEnum):
    VALID = "valid"
    INCOMPLETE = "incomplete"
    VOID = "void"

    @property
    def label(self) -> Text:
        return _STATES[self]


_STATES = {
    State.VALID: Text("有效", "Valid"),
    State.INCOMPLETE: Text("答题不足，不计入", "Too little answered, not counted"),
    State.VOID: Text("作废", "Void"),
}


@dataclass(frozen=True)
class Given:
    """An answer as it comes in: a number for scales, yes (1) and no (0) and options (from 1), or a text."""

    question: UUID
    value: int | None = None
    text: str | None = None


def whose_responses(operators: Iterable[UUID]) -> Bond:
    """Who does not enter responses (X8): whoever represents an operator that the survey is about."""
    return own_unit(Text("调查答卷", "survey responses"), operators, code="own-unit-survey")


def check_operator(operator: UUID, among: Sequence[UUID]) -> None:
    """Refuse a response on somebody the survey is not about (M8)."""
    if operator not in among:
        raise _refused("本调查不涉及这一企业", "The survey is not about this operator", "operator", "operator_id")


def check_answers(asked: Mapping[UUID, Question], given: Sequence[Given], terms: SurveyTerms) -> None:
    """Refuse answers to what is not asked in this survey, to a question twice, off the scale, or none at all (M8)."""
    if not given:
        raise _refused("至少回答一题", "Answer at least one question", "no-answers", "answers")
    seen: set[UUID] = set()
    for place, answer in enumerate(given):
        question = asked.get(answer.question)
        if question is None:
            raise _refused(
                "本调查没有这一题", "This survey has no such question", "question", f"answers.{place}.question_id"
            )
        if answer.question in seen:
            raise _refused(
                "同一题答了两次", "A question is answered once", "answered-twice", f"answers.{place}.question_id"
            )
        seen.add(answer.question)
        check_answer(question, answer, terms, f"answers.{place}")


def check_answer(question: Question, answer: Given, terms: SurveyTerms, field: str) -> None:
    """Refuse an answer that its question does not take (M8)."""
    if question.kind is Kind.TEXT:
        if answer.value is not None or not answer.text or len(answer.text) > LONGEST_TEXT:
            raise _refused(
                f"此题须以文字作答，不超过{LONGEST_TEXT}字",
                f"This question takes a text of at most {LONGEST_TEXT} characters",
                "answer",
                f"{field}.text",
            )
        return
    least, most = _ends(question, terms)
    if answer.text is not None or answer.value is None or not least <= answer.value <= most:
        raise _refused(
            f"此题须答{least}至{most}的整数",
            f"This question takes a whole number from {least} to {most}",
            "answer",
            f"{field}.value",
        )


def from_cell(question: Question, id: UUID, text: str, terms: SurveyTerms) -> Given:
    """The answer that a cell of a sheet holds: a number, 是 or 否, an option or its number, a text. Refused where the
    question does not take it (M8); the refusal quotes nothing."""
    typed = text.strip()
    if question.kind is Kind.TEXT:
        answer = Given(id, text=typed)
    elif _WHOLE.fullmatch(typed):
        answer = Given(id, value=int(typed))
    elif question.kind is Kind.YES_NO:
        answer = Given(id, value=_WORDS.get(typed.casefold()))
    elif question.kind is Kind.CHOICE and typed in question.options:
        answer = Given(id, value=question.options.index(typed) + 1)
    else:
        answer = Given(id)
    check_answer(question, answer, terms, "answers")
    return answer


def state_of(asked: Mapping[UUID, Question], given: Sequence[Given], terms: SurveyTerms) -> State:
    """Whether enough of the questions that count were answered; the part itself is enough (X1)."""
    counting = {id for id, question in asked.items() if question.weight}
    answered = sum(answer.question in counting for answer in given)
    return State.VALID if Fraction(answered, len(counting)) >= terms.least_answered else State.INCOMPLETE


def check_invited(responses: int, invited: int) -> None:
    """Refuse more responses by a channel than people were asked by it: the rate would say nothing (M8)."""
    if responses > invited:
        raise _refused(
            f"该方式只发放了{invited}份问卷", f"Only {invited} were asked in this way", "more-than-invited", "channel"
        )


def check_phone(phone: str | None, consent: bool) -> None:
    """Refuse a telephone number without the respondent's separate consent, or one that is none (X10)."""
    if phone is None:
        return
    if not consent:
        raise Refused(
            "X10",
            "留存电话须另行取得受访者同意",
            "A telephone number is kept only with the respondent's separate consent",
            code="consent-needed",
            field="phone_consent",
        )
    if not _MOBILE_OR_LANDLINE.fullmatch(phone):
        raise _refused("电话号码有误", "This is no telephone number", "phone", "phone")


def check_void(state: State, reason: str) -> None:
    """Refuse to void a response twice, or without a reason (X7)."""
    if state is State.VOID:
        raise Refused("X7", "答卷已作废", "The response is void already", code="survey-response-void")
    if not reason.strip():
        raise Refused("X7", "作废须写明理由", "Say why it is void", code="survey-void-reason", field="reason")


def invitation_unknown() -> Refused:
    """What somebody is told whose invitation nobody gave."""
    return _refused("邀请码无效", "Nobody gave this invitation", "invitation", "token")


def check_unused(used: bool) -> None:
    """Refuse a second response to one invitation (M8)."""
    if used:
        raise _refused("此邀请码已答过", "This invitation has been answered", "invitation-used", "token")


def _ends(question: Question, terms: SurveyTerms) -> tuple[int, int]:
    if question.kind is Kind.CHOICE:
        return 1, len(question.options)
    scale = terms.scales[question.kind]
    return min(scale), max(scale)


def _refused(zh: str, en: str, code: str, field: str) -> Refused:
    return Refused("M8", zh, en, code=f"survey-{code}", field=field)
