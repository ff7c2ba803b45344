"""Who may do what with surveys (M8)."""

from shared.identity.reach import Grants

GRANTS: Grants = {
    "clerk": [
        "membership.survey.*",
        "membership.survey_report.draft",
        "membership.survey_report.read",
        "membership.survey_report.deliver",
        "membership.published_survey.read",
    ],
    "correspondent": ["membership.published_survey.read"],
    "representative": ["membership.published_survey.read"],
    "officer": [
        "membership.survey.read",
        "membership.survey_report.read",
        "membership.survey_report.audit",
        "membership.survey_report.publish",
        "membership.published_survey.read",
    ],
}
