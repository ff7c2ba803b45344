"""The words of certification as schemas show them: each code, or name, with both its labels.

Every version of the catalogue counts, since what was certified by an earlier one is still shown.
"""

from services.certification.batches.rules import STATE_NAMES
from services.certification.certificates.rules import Validity
from services.certification.data import CATALOGUES
from services.certification.examinations.rules import PART_NAMES
from services.certification.results.rules import Ruling
from shared.standards.identity_number import Sex
from shared.text import Text

STATES = {state.value: name for state, name in STATE_NAMES.items()}
PARTS = {part.value: name for part, name in PART_NAMES.items()}
OCCUPATIONS = {each.code: each.name for catalogue in CATALOGUES for each in catalogue.occupations}
WORK_TYPES = {
    branch.code: branch.name for catalogue in CATALOGUES for each in catalogue.occupations for branch in each.work_types
}
LEVELS = {each.number: each.name for catalogue in CATALOGUES for each in catalogue.levels}
SEXES = {Sex.MALE.value: Text("男", "Male"), Sex.FEMALE.value: Text("女", "Female")}
RESULTS = {"passed": Text("合格", "Passed"), "failed": Text("不合格", "Not passed")}
RULINGS = {Ruling.UPHELD.value: Text("成立", "Upheld"), Ruling.DISMISSED.value: Text("不成立", "Dismissed")}
VALIDITIES = {Validity.VALID.value: Text("有效", "Valid"), Validity.REVOKED.value: Text("已注销", "Revoked")}

# The public reads names, not codes.
OCCUPATION_NAMES = {name.zh: name for name in OCCUPATIONS.values()}
WORK_TYPE_NAMES = {name.zh: name for name in WORK_TYPES.values()}
LEVEL_NAMES = {name.zh: name for name in LEVELS.values()}
