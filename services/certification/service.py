"""The certification service: one mixin a feature."""

from services.certification.batches.operations import Batches
from services.certification.candidates.operations import Candidates
from services.certification.catalogue.operations import CatalogueOfSkills
from services.certification.certificates.operations import Certificates
from services.certification.objections.operations import Objections
from services.certification.personal_data import PersonalData
from services.certification.results.operations import Results
from services.certification.scores.operations import Scores
from shared.chassis import Service


class CertificationService(
    Service, CatalogueOfSkills, Batches, Candidates, Scores, Results, Objections, Certificates, PersonalData
):
    """职业技能等级认定, from batch plan to certificate."""

    name = "certification"
