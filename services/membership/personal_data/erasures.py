"""Erasures 删除令: ordered here for all services, complete once each has told what it did (X11)."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from services.membership.people.models import Person
from services.membership.personal_data import rules
from services.membership.personal_data.gathering import gather, keepers
from services.membership.personal_data.models import Erasure, ErasureAnswer
from services.membership.personal_data.schemas import ErasureIn, ErasureOut
from shared.api.operations import operation
from shared.bus.listening import on_event
from shared.identity.duties import Act
from shared.personal.events import ErasedHeard, ErasureOrdered, KeptOut
from shared.personal.rules import Ground
from shared.store.tx import Tx

ERASE = "membership.personal_data.erase"
"""The permission to order that what is held on a person and past its time goes."""


class Erasures:
    """What is to go, and what came of it."""

    @operation(
        "POST /people/{id}/erasures",
        permission=ERASE,
        request=ErasureIn,
        response=ErasureOut,
        label=("删除此人保存期满的信息", "Erase what is past its time on a person"),
        kind="create",
        apart=Act.HANDLES,
    )
    def order_erasure(self, tx: Tx, id: uuid.UUID, classes: Sequence[str], reason: str) -> Erasure:
        """Has every service erase what it holds on a person of these classes and is past its time there. Nothing else
        goes; each tells what it keeps, by which terms and until when (X11)."""
        tx.keep_apart(rules.about(id))
        gather(tx, tx.get(Person, id))
        return order_erasure_of(tx, id, classes, Ground.RETENTION, reason=reason)

    @operation(
        "GET /erasures/{id}",
        permission=ERASE,
        response=ErasureOut,
        label=("删除令详情", "An erasure"),
        kind="detail",
    )
    def get_erasure(self, tx: Tx, id: uuid.UUID) -> Erasure:
        """An erasure, what each service did and kept, and whom it still waits for (X11)."""
        return tx.get(Erasure, id)

    @on_event("membership", "person.erased.v1", ErasedHeard)
    def hear_of_erasure_here(self, tx: Tx, **said: Any) -> None:
        """Notes what this service itself erased (X11)."""
        _note(tx, **said)

    @on_event("governance", "person.erased.v1", ErasedHeard)
    def hear_of_erasure_in_governance(self, tx: Tx, **said: Any) -> None:
        """Notes what governance erased (X11)."""
        _note(tx, **said)

    @on_event("finance", "person.erased.v1", ErasedHeard)
    def hear_of_erasure_in_finance(self, tx: Tx, **said: Any) -> None:
        """Notes what finance erased (X11)."""
        _note(tx, **said)

    @on_event("certification", "person.erased.v1", ErasedHeard)
    def hear_of_erasure_in_certification(self, tx: Tx, **said: Any) -> None:
        """Notes what certification erased (X11)."""
        _note(tx, **said)

    @on_event("publishing", "person.erased.v1", ErasedHeard)
    def hear_of_erasure_in_publishing(self, tx: Tx, **said: Any) -> None:
        """Notes what publishing erased (X11)."""
        _note(tx, **said)


def order_erasure_of(
    tx: Tx,
    person_id: uuid.UUID,
    classes: Sequence[str],
    ground: Ground,
    *,
    reason: str,
    request_id: uuid.UUID | None = None,
) -> Erasure:
    """An erasure, told to every service; which rows are the person's was settled by :func:`gather` before."""
    erasure = tx.add(
        Erasure(
            person_id=person_id,
            request_id=request_id,
            classes=sorted(set(classes)),
            ground=ground,
            reason=reason,
            services=keepers(),
            ordered_at=tx.now,
            ordered_by=tx.principal.name,
            answers=[],
        )
    )
    tx.flush()
    person = tx.get(Person, person_id)
    tx.emit(ErasureOrdered.of(person, erasure_id=erasure.id, classes=erasure.classes, ground=ground.value))
    return erasure


def _note(tx: Tx, erasure_id: uuid.UUID, rows: int, kept: Sequence[Mapping[str, Any]]) -> None:
    """Note what a service did; with the last, the erasure is complete and the request behind it answered (X11, X12)."""
    service = str(tx.principal.service)
    erasure = tx.lock(Erasure, erasure_id)
    if service not in {answer.service for answer in erasure.answers}:
        as_json = [KeptOut().dump(each) for each in kept]
        erasure.answers.append(ErasureAnswer(service=service, rows=rows, kept=as_json, answered_at=tx.now))
    answered = [answer.service for answer in erasure.answers]
    if erasure.completed_at is None and rules.all_answered(erasure.services, answered):
        erasure.completed_at = tx.now
        if erasure.request is not None:
            erasure.request.state, erasure.request.answered_at = rules.State.ANSWERED, tx.now
