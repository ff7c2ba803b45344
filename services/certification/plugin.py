"""What certification is, for everybody outside of it."""

from services.certification.base import Base
from services.certification.books import BOOKS
from services.certification.commands import sample
from services.certification.events import EVENTS
from services.certification.service import CertificationService
from shared.api.administration import PERMISSION
from shared.api.auditing import READ_AUDIT
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
    grants={
        "administrator": [PERMISSION, READ_AUDIT],
        "inspector": [READ_AUDIT],
        "exam_officer": ["certification.*"],
    },
    commands={"sample": sample},
)
