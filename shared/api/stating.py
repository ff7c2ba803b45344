"""Says beside a field that takes personal data why they are asked for, on what basis and how long kept (X10)."""

from collections.abc import Iterable, Sequence
from typing import Any

from shared import clock
from shared.personal.terms import Terms, classes_of, terms_of
from shared.standards.calendar import business_date
from shared.text import Text


def in_force_now(versions: Sequence[Terms]) -> list[Terms]:
    """Of each class the version in force today; a class whose first version is still to come is left out."""
    today = business_date(clock.now())
    begun = [each for each in versions if each.effective_from <= today]
    return [terms_of(begun, of_class, today) for of_class in classes_of(begun)]


def with_terms(schema: Any, terms: Sequence[Terms]) -> Any:
    """A JSON schema whose ``x-personal-data`` tell, beside the class, its terms in both languages."""
    if isinstance(schema, list):
        return [with_terms(each, terms) for each in schema]
    if not isinstance(schema, dict):
        return schema
    told = {key: with_terms(value, terms) for key, value in schema.items()}
    asked = told.get("x-personal-data")
    if isinstance(asked, list):
        found = [each for entry in asked for each in terms if each.of_class == entry["class"]]
        told["x-personal-data"] = [_as_data(each) for each in found] or asked
        if found:
            told["description"] = " ".join(filter(None, (told.get("description"), *_sentences(found))))
    return told


def _as_data(terms: Terms) -> dict[str, Any]:
    return {
        "class": terms.of_class,
        "label": terms.label._asdict(),
        "version": terms.version,
        "purpose": terms.purpose._asdict(),
        "basis": terms.basis._asdict(),
        "keeping": terms.keeping._asdict(),
        "separate_consent": terms.separate_consent,
    }


def _sentences(found: Iterable[Terms]) -> list[str]:
    return [f"{_sentence(each).zh} / {_sentence(each).en}" for each in found]


def _sentence(terms: Terms) -> Text:
    consent = Text("；须另行同意", "; needs a separate consent") if terms.separate_consent else Text("", "")
    return Text(
        f"{terms.label.zh}——目的：{terms.purpose.zh}；依据：{terms.basis.zh}；保存：{terms.keeping.zh}{consent.zh}。",
        f"{terms.label.en}: for {terms.purpose.en}; basis: {terms.basis.en}; kept: {terms.keeping.en}{consent.en}.",
    )
