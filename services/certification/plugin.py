"""What certification is, for everybody outside of it."""

from services.certification.base import Base
from services.certification.books import BOOKS
from services.certification.commands import sample
from services.certification.data import PERSONAL_DATA
from services.certification.events import EVENTS
from services.certification.rights import GRANTS
from services.certification.service import CertificationService
from shared.plugins import Plugin
from shared.text import Text

PLUGIN = Plugin(
    name="certification",
    label=Text("职业技能等级认定", "Certification"),
    package="services.certification",
    service=CertificationService,
    models=Base.metadata,
    events=EVENTS,
    books=BOOKS,
    grants=GRANTS,
    personal_data=PERSONAL_DATA,
    needs=("membership",),
    commands={"sample": sample},
)
