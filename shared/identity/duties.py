"""Separation of duties 职责分离 (X8): who has a part in a thing does not decide on it.

What ties people to a thing is said as bonds: it is their own, it is their unit's, they acted on it before. One check
compares them with whoever asks::

    @operation("POST /expenditures/{id}/signatures", …, apart=Act.SIGNS)
    def sign_expenditure(self, tx, id, note):
        record = tx.change(Expenditure, id)
        tx.keep_apart(own(EXPENDITURE, record.claim.own, code="own-claim"))

Pure: rules may build bonds and check them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, Self
from uuid import UUID

from shared.errors import Refused
from shared.text import Text

RULE = "X8"


class Act(StrEnum):
    """What somebody does with a thing, as a sentence says it of them: "Nobody signs …"."""

    APPROVES = "approves"
    SIGNS = "signs"
    AUDITS = "audits"
    SCORES = "scores"
    JUDGES = "judges"
    REVIEWS = "reviews"
    ENTERS = "enters"
    HANDLES = "handles"
    PAYS = "pays"

    @property
    def label(self) -> Text:
        return _ACTS[self]


_ACTS = {
    Act.APPROVES: Text("核定", "approve"),
    Act.SIGNS: Text("签批", "sign"),
    Act.AUDITS: Text("稽核", "audit"),
    Act.SCORES: Text("评分", "score"),
    Act.JUDGES: Text("裁定", "judge"),
    Act.REVIEWS: Text("审核", "review"),
    Act.ENTERS: Text("登记", "enter"),
    Act.HANDLES: Text("办理", "handle"),
    Act.PAYS: Text("支付", "pay"),
}


class Tie(StrEnum):
    """What ties somebody to a thing."""

    OWN = "own"
    OWN_UNIT = "own-unit"
    ACTED = "acted-before"


class Principal(Protocol):
    """Who asks, as a token says it."""

    @property
    def person(self) -> str | None: ...
    @property
    def account(self) -> str | None: ...
    @property
    def units(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever acts: the person and the account they are, the units they represent.

    Ids are compared as text here, so that one that came as text is never taken for another's.
    """

    selves: frozenset[str]
    units: frozenset[str] = frozenset()

    @classmethod
    def of(cls, *selves: UUID | str | None, units: Iterable[UUID | str | None] = ()) -> Self:
        """``selves`` are the ids of the person and the account; None is somebody unknown, or no unit."""
        return cls(_texts(selves), _texts(units))

    @classmethod
    def behind(cls, principal: Principal) -> Self:
        return cls.of(principal.person, principal.account, units=principal.units)


@dataclass(frozen=True, slots=True)
class Bond:
    """Ties ``ids`` to ``thing``: people, accounts, or units where the tie is their unit.

    ``did`` is in which capacity they acted on it before, as "who …" goes on. ``code`` is the refusal's, ``clause`` a
    rule narrower than X8 that says so as well, ``field`` the input that makes it theirs.
    """

    tie: Tie
    thing: Text
    ids: frozenset[str]
    code: str
    did: Text | None = None
    clause: str | None = None
    field: str | None = None

    def holds(self, caller: Caller) -> bool:
        """Whether it ties ``caller``."""
        return not self.ids.isdisjoint(caller.units if self.tie is Tie.OWN_UNIT else caller.selves)

    def refusal(self, act: Act) -> Refused:
        """The refusal of ``act`` to those it ties: what is refused, to whom, by which clauses."""
        zh, en = self._sentence(act)
        if self.clause is not None:
            zh, en = f"{zh}（{self.clause}、{RULE}）", f"{en} ({self.clause}, {RULE})"
        return Refused(self.clause or RULE, zh, en, code=self.code, field=self.field)

    def _sentence(self, act: Act) -> Text:
        thing, verb = self.thing, act.label
        if self.did is not None:
            return Text(
                f"{self.did.zh}的人不得{verb.zh}{thing.zh}",
                f"Whoever {self.did.en} does not {verb.en} the {thing.en}",
            )
        if self.tie is Tie.OWN_UNIT:
            return Text(f"不得{verb.zh}本单位的{thing.zh}", f"Nobody {act} the {thing.en} of their own unit")
        return Text(f"不得{verb.zh}本人的{thing.zh}", f"Nobody {act} {thing.en} of their own")


def own(
    thing: Text, ids: Iterable[UUID | str | None], *, code: str = Tie.OWN, clause: str | None = None, field: str = ""
) -> Bond:
    """It is the people's or accounts' own; None among ``ids`` is nobody."""
    return Bond(Tie.OWN, thing, _texts(ids), code, clause=clause, field=field or None)


def own_unit(
    thing: Text, ids: Iterable[UUID | str | None], *, code: str = Tie.OWN_UNIT, clause: str | None = None
) -> Bond:
    """It is these units'; None among ``ids`` is no unit."""
    return Bond(Tie.OWN_UNIT, thing, _texts(ids), code, clause=clause)


def acted(
    thing: Text, did: Text, ids: Iterable[UUID | str | None], *, code: str = Tie.ACTED, clause: str | None = None
) -> Bond:
    """These people did something with it before, such as Text("登记过成绩", "entered scores")."""
    return Bond(Tie.ACTED, thing, _texts(ids), code, did, clause)


def keep_apart(act: Act, caller: Caller, bonds: Iterable[Bond]) -> None:
    """Refuse ``act`` to a ``caller`` whom a bond ties (X8, or the clause of the bond); the first that does speaks."""
    for bond in bonds:
        if bond.holds(caller):
            raise bond.refusal(act)


def _texts(ids: Iterable[UUID | str | None]) -> frozenset[str]:
    return frozenset(str(each) for each in ids if each is not None)
