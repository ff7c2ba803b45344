"""The books of cases, acknowledgements and honorary posts find what does not fit (M6, M7, M10)."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.membership.acknowledgements import books as acknowledgements
from services.membership.acknowledgements import events as acknowledgement_events
from services.membership.cases import books as cases
from services.membership.cases import events as case_events
from services.membership.honorary_posts import books as honorary_posts
from services.membership.honorary_posts import events as honorary_events
from services.membership.plugin import PLUGIN
from services.membership.units.rules import check_character
from shared.books.look import Look
from shared.store.base import new_id
from shared.testing.association import Answer, Association, Person
from shared.testing.services import START

CHECKS = (
    *cases.CHECKS,
    acknowledgements.services_were_told_once,
    honorary_posts.honorary_posts_were_told_once,
)
EVENTS = (*case_events.EVENTS, *acknowledgement_events.EVENTS, honorary_events.HonoraryPostConferred)
CASE = {"kind": "rights", "title": "维权", "text": "请协助"}


@pytest.fixture(scope="module")
def told(association: Association) -> Association:
    """Something of all of it, told."""
    association.set_clock("2060-04-01T09:00:00+08:00")
    administrator = association.person("administrator")

    def do(operation: str, as_: Person, **given: Any) -> Answer:
        answer = association.call("membership", operation, as_=as_, **given)
        assert answer.problem is None, answer.problem
        return answer

    clerk = association.person("clerk", person=do("register_person", administrator, name="田间")["id"])
    first17 = f"91140000M{int(new_id()) % 10**8:08d}"
    given = {"name": "汾河", "credit_code": first17 + check_character(first17), "tier": "director"}
    unit = do("admit_unit", clerk, **given)["id"]
    somebody = association.person("representative", unit=unit)
    id = do("open_case", somebody, **CASE)["id"]
    do("assign_case", clerk, id=id, person_id=clerk.person)
    do("close_case", clerk, id=id, outcome="withdrawn", text="撤回")
    do("reopen_case", somebody, id=id, reason="再议")
    do("open_confidential_case", clerk, unit_id=unit, **CASE)
    paper = do("enter_paper", clerk, subject_id=str(new_id()), title="通知")["id"]
    do("serve_paper", clerk, id=paper, audience="units", unit_ids=[unit])
    (served,) = do("list_acknowledgements", somebody)["items"]
    do("acknowledge_paper", somebody, id=served["id"])
    association.set_clock(START)
    return association


@pytest.fixture
def session(told: Association) -> Iterator[Session]:
    with Session(told.database("membership")) as session:
        yield session
        session.rollback()


def faults(session: Session) -> list[Any]:
    look = Look(PLUGIN, {"membership": session})
    return list(itertools.chain.from_iterable(check(look) for check in CHECKS))


def test_all_fits(session: Session) -> None:
    assert faults(session) == []


@pytest.mark.parametrize("schema", EVENTS, ids=lambda schema: schema.type())
def test_an_event_taken_away_is_found(session: Session, schema: Any) -> None:
    one = "SELECT max(position) FROM chassis.outbox WHERE type = :type"
    taken = session.execute(text(f"DELETE FROM chassis.outbox WHERE position = ({one})"), {"type": schema.type()})
    assert taken.rowcount == 1  # type: ignore[attr-defined]
    assert faults(session)


@pytest.mark.rule(id="M7")
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE service_cases SET state = 'closed' WHERE state <> 'closed'",
        "UPDATE confidential_cases SET state = 'replied'",
        "UPDATE confidential_cases SET people = people || gen_random_uuid()",
        "UPDATE confidential_cases SET people = people[1:1]",
        "DELETE FROM confidential_case_entries",
        "UPDATE acknowledgements SET state = 'read' WHERE state = 'acknowledged'",
    ],
)
def test_a_row_that_was_changed_by_hand_is_found(session: Session, change: str) -> None:
    assert session.execute(text(change)).rowcount  # type: ignore[attr-defined]
    assert faults(session)


@pytest.mark.rule(id="M7")
def test_an_event_about_a_confidential_case_would_be_found(session: Session) -> None:
    session.execute(
        text(
            "UPDATE chassis.outbox SET body = jsonb_set(body::jsonb, '{case_id}', to_jsonb(secret.id::text))::text "
            "FROM (SELECT id FROM confidential_cases LIMIT 1) AS secret "
            "WHERE position = (SELECT max(position) FROM chassis.outbox WHERE type = 'case.opened.v1')"
        )
    )
    assert any("Nothing else knows of it" in fault.what.en for fault in faults(session))
