"""What is done with a case, confidential or not: each step changes the case and is entered in its record (M7, X7)."""

import uuid

from services.membership.cases import rules
from services.membership.cases.models import Case, ConfidentialCase
from services.membership.cases.rules import Outcome, State, Step
from services.membership.data import case_terms
from shared.effective import in_force
from shared.store.tx import Tx

AnyCase = Case | ConfidentialCase


def terms_today(tx: Tx) -> rules.CaseTerms:
    return in_force(case_terms(), tx.today, rules.TERMS)


def enter(tx: Tx, case: AnyCase, step: Step, text: str | None = None, about: uuid.UUID | None = None) -> None:
    """Enter a step in the record of ``case``."""
    tx.flush()
    tx.add(
        case.entry(
            case_id=case.id,
            step=step,
            author_id=uuid.UUID(tx.principal.person) if tx.principal.person else None,
            author=tx.principal.name,
            text=text or None,
            about_id=about,
            written_at=tx.now,
        )
    )


def say(tx: Tx, case: AnyCase, text: str) -> None:
    """Enter a message."""
    rules.check_open(State(case.state))
    enter(tx, case, Step.MESSAGE, rules.words(text))


def assign(tx: Tx, case: AnyCase, person: uuid.UUID, text: str = "") -> None:
    """Put the case in the hands of ``person``."""
    case.state = rules.assigned(State(case.state), case.assigned_to, person)
    case.assigned_to = person
    enter(tx, case, Step.ASSIGNMENT, text.strip(), person)


def reply(tx: Tx, case: AnyCase, text: str) -> None:
    """Reply to the unit, as whoever has the case in hand."""
    case.state = rules.replied(State(case.state), case.assigned_to, tx.principal.person)
    enter(tx, case, Step.REPLY, rules.words(text))


def close(tx: Tx, case: AnyCase, outcome: str, text: str) -> None:
    """End the case."""
    case.state = rules.closed(State(case.state), Outcome(outcome))
    case.outcome, case.closed_at = outcome, tx.now
    enter(tx, case, Step.CLOSING, rules.words(text))


def reopen(tx: Tx, case: AnyCase, reason: str) -> None:
    """Open the case again, with a new last day for an answer by the terms of today (X4)."""
    terms = terms_today(tx)
    case.state = rules.reopened(State(case.state), case.assigned_to)
    case.outcome, case.closed_at = None, None
    case.due_on, case.terms = terms.due_on(case.kind, tx.today), terms.version
    enter(tx, case, Step.REOPENING, rules.words(reason, "reason"))
