"""What membership tells: contracts for whoever listens, each in its room. Ids only, never names, user names or numbers
(X11)."""

from services.membership.accounts import events as accounts
from services.membership.dues import events as dues
from services.membership.people import events as people
from services.membership.representatives import events as representatives
from services.membership.surveys import events as surveys
from services.membership.units import events as units
from shared.personal.events import ErasureOrdered, PersonErased

EVENTS = (
    *units.EVENTS,
    *dues.EVENTS,
    *people.EVENTS,
    *representatives.EVENTS,
    *accounts.EVENTS,
    *surveys.EVENTS,
    ErasureOrdered,
    PersonErased,
)
