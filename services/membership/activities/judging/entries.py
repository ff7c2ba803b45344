"""Entries 参评作品: submitted, shown, withdrawn (M9)."""

import uuid

from sqlalchemy import select

from services.membership.activities.judging import rules
from services.membership.activities.judging.models import Entry
from services.membership.activities.judging.schemas import EntryIn, EntryOut, EntryQuery
from services.membership.activities.planning.models import Activity
from services.membership.activities.sign_ups.places import PARTICIPANT, check_person
from services.membership.activities.sign_ups.rules import check_consent, check_open
from services.membership.data import activity_kinds, personal_data_terms
from services.membership.people.rules import display_name
from services.membership.units.models import Unit
from services.membership.units.rules import check_member
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.personal.terms import terms_of
from shared.store.tx import Tx


class Entries:
    """What is entered to be judged."""

    @operation(
        "POST /activities/{id}/entries",
        permission="membership.entry.submit",
        request=EntryIn,
        response=EntryOut,
        label=("提交参评作品", "Submit an entry"),
        kind="create",
    )
    def submit_entry(
        self,
        tx: Tx,
        id: uuid.UUID,
        unit_id: uuid.UUID | None,
        title: str,
        body: str,
        author: str,
        person_id: uuid.UUID | None,
        consent: bool,
    ) -> Entry:
        """Submits an entry while the activity is open; a unit's people for that unit, the secretariat also for
        somebody of none (M9, X10)."""
        if unit_id is not None:
            check_member(tx.get(Unit, unit_id).left_on, tx.today)
        activity = tx.get(Activity, id)
        rules.check_judged(activity_kinds()[activity.kind].judged)
        check_open(activity.stands, activity.sign_up_until, tx.today)
        check_consent(consent)
        check_person(tx, person_id)
        return tx.add(
            Entry(
                activity_id=activity.id,
                unit_id=unit_id,
                title=title.strip(),
                body=body,
                author=display_name(author),
                person_id=person_id,
                consented_to=terms_of(personal_data_terms(), PARTICIPANT, tx.today).version,
                submitted_at=tx.now,
                submitted_by=tx.principal.name,
            )
        )

    @operation(
        "GET /entries",
        permission="membership.entry.read",
        request=EntryQuery,
        response=EntryOut,
        label=("参评作品", "Entries"),
        kind="list",
        exports=True,
    )
    def list_entries(self, tx: Tx, page: PageRequest, activity_id: uuid.UUID | None) -> Page:
        """Entries, the latest first; of one activity."""
        query = select(Entry)
        if activity_id is not None:
            query = query.where(Entry.activity_id == activity_id)
        return tx.page(query, page, key=Entry.id, sorts={"submitted": Entry.submitted_at}, default="-submitted")

    @operation(
        "GET /entries/{id}",
        permission="membership.entry.read",
        response=EntryOut,
        label=("参评作品详情", "An entry"),
        kind="detail",
    )
    def get_entry(self, tx: Tx, id: uuid.UUID) -> Entry:
        """An entry."""
        return tx.get(Entry, id)

    @operation(
        "POST /entries/{id}/withdrawal",
        permission="membership.entry.submit",
        response=EntryOut,
        label=("撤回参评作品", "Withdraw an entry"),
        kind="action",
    )
    def withdraw_entry(self, tx: Tx, id: uuid.UUID) -> Entry:
        """Withdraws an entry while the activity is open; it stays on file (M9, X7)."""
        entry = tx.change(Entry, id)
        activity = tx.get(Activity, entry.activity_id)
        check_open(activity.stands, activity.sign_up_until, tx.today)
        entry.withdrawn_at = entry.withdrawn_at or tx.now
        return entry
