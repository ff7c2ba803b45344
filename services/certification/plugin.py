"""What certification is, for everybody outside of it."""

from pathlib import Path

from services.certification.base import Base
from services.certification.books import BOOKS
from services.certification.commands import sample
from services.certification.events import EVENTS
from services.certification.service import CertificationService
from shared.api.administration import PERMISSION
from shared.api.auditing import READ_AUDIT
from shared.personal.operations import SEE, SWEEP
from shared.personal.terms import load
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
    personal_data=load(Path(__file__).with_name("data") / "personal_data.json"),
    needs=("membership",),
    grants={
        "service:membership": [SEE],
        "administrator": [PERMISSION, READ_AUDIT, SWEEP],
        "inspector": [READ_AUDIT],
        "exam_officer": ["certification.*"],
    },
    commands={"sample": sample},
)
