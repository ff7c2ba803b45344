"""What membership tells: contracts for whoever listens, each in its room. Ids only, never names, user names or numbers
(X11)."""

from services.membership.accounts import events as accounts
from services.membership.dues import events as dues
from services.membership.people import events as people
from services.membership.representatives import events as representatives
from services.membership.self_discipline import events as self_discipline
from services.membership.statistics import events as statistics
from services.membership.studies import events as studies
from services.membership.units import events as units
from shared.personal.events import ErasureOrdered, PersonErased

EVENTS = (
    *units.EVENTS,
    *dues.EVENTS,
    *people.EVENTS,
    *representatives.EVENTS,
    *accounts.EVENTS,
    *statistics.EVENTS,
    *self_discipline.EVENTS,
    *studies.EVENTS,
    ErasureOrdered,
    PersonErased,
)
