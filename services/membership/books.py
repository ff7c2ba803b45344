"""What must fit together in membership, each part in its room."""

from services.membership.accounts import books as accounts
from services.membership.dues import books as dues
from services.membership.people import books as people
from services.membership.personal_data import books as personal_data
from services.membership.representatives import books as representatives
from services.membership.rights import books as rights
from services.membership.surveys import books as surveys
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
        *surveys.CHECKS,
    ),
)
