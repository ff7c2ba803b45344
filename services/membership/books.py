"""What must fit together in membership, each part in its room."""

from services.membership.accounts import books as accounts
from services.membership.dues import books as dues
from services.membership.people import books as people
from services.membership.personal_data import books as personal_data
from services.membership.representatives import books as representatives
from services.membership.rights import books as rights
from services.membership.self_discipline import books as self_discipline
from services.membership.statistics import books as statistics
from services.membership.studies import books as studies
from services.membership.units import books as units
from shared.books.declared import Books

BOOKS = Books(
    checks=(
        *units.CHECKS,
        *people.CHECKS,
        *representatives.CHECKS,
        *accounts.CHECKS,
        *rights.CHECKS,
        *dues.CHECKS,
        *personal_data.CHECKS,
        *statistics.CHECKS,
        *self_discipline.CHECKS,
        *studies.CHECKS,
    ),
)
