"""What membership tells: contracts for whoever listens, each in its room. Ids only, never names, user names or numbers
(X11)."""

from services.membership.accounts import events as accounts
from services.membership.acknowledgements import events as acknowledgements
from services.membership.activities.gifts import events as gifts
from services.membership.activities.judging import events as judging
from services.membership.activities.planning import events as activities
from services.membership.activities.sign_ups import events as sign_ups
from services.membership.applications import events as applications
from services.membership.cases import events as cases
from services.membership.dues import events as dues
from services.membership.honorary_posts import events as honorary_posts
from services.membership.leaving import events as leaving
from services.membership.people import events as people
from services.membership.reductions import events as reductions
from services.membership.representatives import events as representatives
from services.membership.self_discipline import events as self_discipline
from services.membership.statistics import events as statistics
from services.membership.studies import events as studies
from services.membership.surveys import events as surveys
from services.membership.units import events as units
from shared.personal.events import ErasureOrdered, PersonErased

EVENTS = (
    *units.EVENTS,
    *applications.EVENTS,
    *leaving.EVENTS,
    *dues.EVENTS,
    *reductions.EVENTS,
    *people.EVENTS,
    *representatives.EVENTS,
    *accounts.EVENTS,
    *cases.EVENTS,
    *acknowledgements.EVENTS,
    *honorary_posts.EVENTS,
    *activities.EVENTS,
    *sign_ups.EVENTS,
    *judging.EVENTS,
    *gifts.EVENTS,
    *statistics.EVENTS,
    *self_discipline.EVENTS,
    *studies.EVENTS,
    *surveys.EVENTS,
    ErasureOrdered,
    PersonErased,
)
