"""What must fit together in membership, each part in its room."""

from services.membership.accounts import books as accounts
from services.membership.acknowledgements import books as acknowledgements
from services.membership.activities.gifts import books as gifts
from services.membership.activities.judging import books as judging
from services.membership.activities.planning import books as activities
from services.membership.activities.sign_ups import books as sign_ups
from services.membership.applications import books as applications
from services.membership.billing import books as billing
from services.membership.cases import books as cases
from services.membership.change_requests import books as change_requests
from services.membership.decisions import books as decisions
from services.membership.dues import books as dues
from services.membership.honorary_posts import books as honorary_posts
from services.membership.leaving import books as leaving
from services.membership.notices import books as notices
from services.membership.people import books as people
from services.membership.personal_data import books as personal_data
from services.membership.profiles import books as profiles
from services.membership.reductions import books as reductions
from services.membership.reminders import books as reminders
from services.membership.representatives import books as representatives
from services.membership.rights import books as rights
from services.membership.self_discipline import books as self_discipline
from services.membership.standards import books as standards
from services.membership.statistics import books as statistics
from services.membership.studies import books as studies
from services.membership.surveys import books as surveys
from services.membership.units import books as units
from shared.books.declared import Books

BOOKS = Books(
    checks=(
        *units.CHECKS,
        *applications.CHECKS,
        *change_requests.CHECKS,
        *decisions.CHECKS,
        *leaving.CHECKS,
        *people.CHECKS,
        *representatives.CHECKS,
        *accounts.CHECKS,
        *rights.CHECKS,
        *standards.CHECKS,
        *dues.CHECKS,
        *reductions.CHECKS,
        *reminders.CHECKS,
        *notices.CHECKS,
        *billing.CHECKS,
        *personal_data.CHECKS,
        *profiles.CHECKS,
        *cases.CHECKS,
        *acknowledgements.CHECKS,
        *honorary_posts.CHECKS,
        *activities.CHECKS,
        *sign_ups.CHECKS,
        *judging.CHECKS,
        *gifts.CHECKS,
        *statistics.CHECKS,
        *self_discipline.CHECKS,
        *studies.CHECKS,
        *surveys.CHECKS,
    ),
)
