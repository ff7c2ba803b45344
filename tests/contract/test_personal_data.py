"""Personal data are declared where they are kept and where they are asked for, all over the services (X5, X10, X11)."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import marshmallow as ma
import pytest
from sqlalchemy import Column, MetaData, Table, Text, Uuid

from shared.api.manifest import describe, manifest_of
from shared.api.operations import Operation, operations_of
from shared.api.stating import in_force_now
from shared.personal.declaring import holdings, personal, tied
from shared.personal.operations import KeepsPersonalData
from shared.personal.terms import Terms, classes_of
from shared.plugins import Plugin, plugins
from shared.text import Text as Label

PLUGINS = [pytest.param(plugin, id=plugin.name) for plugin in plugins().values()]
SUSPICIOUS = re.compile(
    r"name|phone|mobile|tel$|mail|identity|id_card|wechat|weixin|qq|payee|payer|bank|card|address|photo|portrait"
    r"|birth|sex|gender|signature_image|contact"
)
IMPERSONAL_COLUMNS = {
    "certification.batches.name": "what a batch is called",
    "governance.bodies.name": "what a body is called",
    "governance.bodies.short_name": "what a body is called",
    "governance.resolutions.body_name": "what a body was called",
    "governance.terms.name": "what a term is called",
    "membership.api_tokens.name": "what its owner calls a machine's token",
    "membership.failed_addresses.address_index": "a blind index of a network's address; forgotten after a day",
    "membership.failed_sign_ins.name_index": "a blind index of whatever was typed; forgotten after a day",
    "membership.representatives.named_at": "when somebody was named",
    "membership.representatives.named_by": "the id of an account",
    "membership.unit_application_documents.filename": "what whoever sent a file calls it",
    "membership.unit_applications.contact_person_id": "the id of a person",
    "membership.unit_applications.name": "the name of a unit",
    "membership.unit_applications.short_name": "the name of a unit",
    "membership.notices.mail_id": "the id of a mail",
    "membership.reminders.mail_id": "the id of a mail",
    "membership.units.name": "the name of a unit",
    "membership.units.short_name": "the name of a unit",
}
"""Columns whose name sounds personal and which are not: why."""
IMPERSONAL_FIELDS = {
    "certification.check_certificate.name": "compared with the holder's name and not kept",
    "certification.plan_batch.name": "what a batch is called",
    **{
        f"membership.{operation}.{field}": "the name of a unit"
        for operation in ("submit_application", "enter_application", "complete_application", "propose_change")
        for field in ("name", "short_name")
    },
    **{
        f"membership.{operation}.contact_consent": "the consent itself"
        for operation in ("submit_application", "enter_application", "change_application_contact")
    },
    "membership.enter_application.contact_person_id": "the id of a person",
    "membership.change_application_contact.contact_person_id": "the id of a person",
    "membership.admit_unit.name": "the name of a unit",
    "membership.admit_unit.short_name": "the name of a unit",
    "membership.change_unit.name": "the name of a unit",
    "membership.change_unit.short_name": "the name of a unit",
    "membership.list_units.name": "part of the name of a unit, to search by",
    "membership.export_roster.name": "part of the name of a unit, to search by",
    "membership.export_roster_csv.name": "part of the name of a unit, to search by",
    "membership.list_people.name": "part of a name, to search by; not kept",
    "membership.make_api_token.name": "what its owner calls a machine's token",
    "membership.register_person.identity_consent": "the consent itself",
    "certification.enrol_candidates.identity_consent": "the consent itself",
    "membership.answer_survey.phone_consent": "the consent itself",
    "membership.enter_survey_response.phone_consent": "the consent itself",
}
"""Fields of requests likewise."""


def undeclared(service: str, models: MetaData) -> Iterator[str]:
    """The columns whose name sounds personal and that say nothing of it."""
    for table in models.sorted_tables:
        declared = holdings(models).get(table.name)
        for column in table.columns:
            if SUSPICIOUS.search(column.name) and not (declared and column.name in declared.columns):
                yield f"{service}.{table.name}.{column.name}"


def undeclared_fields(service: str, operations: Iterable[Operation]) -> Iterator[str]:
    for operation in operations:
        for path, field in _below(operation.schema):
            if SUSPICIOUS.search(path.rpartition(".")[2]) and not field.metadata["personal"]:
                yield f"{service}.{operation.name}.{path}"


def _below(schema: ma.Schema, prefix: str = "") -> Iterator[tuple[str, ma.fields.Field[Any]]]:
    for name, field in schema.fields.items():
        yield prefix + name, field
        inner = field.inner if isinstance(field, ma.fields.List) else field
        if isinstance(inner, ma.fields.Nested):
            yield from _below(inner.schema, f"{prefix}{name}.")


@pytest.mark.rule(id="X11")
@pytest.mark.rule(id="X5")
def test_every_column_that_sounds_personal_is_declared_or_said_not_to_be() -> None:
    found = {each for plugin in plugins().values() for each in undeclared(plugin.name, plugin.models)}
    assert found == set(IMPERSONAL_COLUMNS), "declare it with personal(…), or say above why it is not"


@pytest.mark.rule(id="X10")
def test_every_field_that_sounds_personal_names_its_class_or_is_said_not_to_be() -> None:
    found = {
        each
        for plugin in plugins().values()
        for each in undeclared_fields(plugin.name, operations_of(plugin.service).values())
    }
    assert found == set(IMPERSONAL_FIELDS)


def test_a_phone_nobody_declared_would_be_seen() -> None:
    models = MetaData()
    Table("visitors", models, Column("id", Uuid(), primary_key=True), Column("mobile_phone", Text()))
    assert list(undeclared("x", models)) == ["x.visitors.mobile_phone"]


def test_personal_data_without_a_person_are_an_error_and_a_row_belongs_in_one_way() -> None:
    models = MetaData()
    info = personal("contact", Label("手机", "Mobile"))
    Table("visitors", models, Column("id", Uuid(), primary_key=True), Column("phone", Text(), info=info))
    with pytest.raises(TypeError, match="does not say whose"):
        holdings(models)
    for wrong in ({}, {"person": "a", "index": "b"}, {"parent": "a"}, {"person": "a", "stranger": True}):
        with pytest.raises(TypeError):
            tied(Label("访客", "Visitor"), **wrong)


@pytest.mark.rule(id="X4")
@pytest.mark.rule(id="X10")
@pytest.mark.parametrize("plugin", PLUGINS)
def test_every_class_has_terms_with_purpose_basis_and_keeping_time(plugin: Plugin) -> None:
    kept = {each.of_class for holding in holdings(plugin.models).values() for each in holding.columns.values()}
    assert kept <= set(classes_of(plugin.personal_data))
    for terms in plugin.personal_data:
        assert all([*terms.purpose, *terms.basis, *terms.keeping, *terms.label])
    versions = [terms.version for terms in plugin.personal_data]
    assert len(set(versions)) == len(versions)


@pytest.mark.rule(id="X10")
def test_what_needs_a_consent_of_its_own_is_only_asked_for_together_with_it() -> None:
    asked = 0
    for plugin in plugins().values():
        alone = {terms.of_class for terms in plugin.personal_data if terms.separate_consent}
        for operation in operations_of(plugin.service).values():
            if operation.name == "show_personal_data":
                continue  # finds with it, and keeps none
            fields = dict(_below(operation.schema))
            if any(alone & set(field.metadata["personal"]) for field in fields.values()):
                asked += 1
                assert any("consent" in name for name in fields), operation.name
    assert asked == 7


@pytest.mark.rule(id="X10")
def test_openapi_shows_purpose_basis_and_keeping_time_beside_a_field() -> None:
    plugin = plugins()["membership"]
    registering = next(o for o in manifest_of(plugin)["operations"] if o["name"] == "register_person")
    field = registering["request"]["properties"]["identity_number"]
    (said,) = field["x-personal-data"]
    (terms,) = (each for each in in_force_now(plugin.personal_data) if each.of_class == "identity-number")
    assert said["class"] == "identity-number"
    assert said["separate_consent"] is True
    for key, text in (("purpose", terms.purpose), ("basis", terms.basis), ("keeping", terms.keeping)):
        assert said[key] == text._asdict()
        assert text.zh in field["description"]
        assert text.en in field["description"]
    name = registering["request"]["properties"]["name"]
    assert "x-personal-data" in name
    bare = describe(operations_of(plugin.service)["admit_unit"], plugin.grants)
    assert "x-personal-data" not in str(bare)


@pytest.mark.rule(id="X12")
@pytest.mark.parametrize("plugin", PLUGINS)
def test_whoever_keeps_rows_of_people_shows_and_erases_them(plugin: Plugin) -> None:
    assert not holdings(plugin.models) or issubclass(plugin.service, KeepsPersonalData)


@pytest.mark.rule(id="X12")
def test_whatever_hands_out_names_of_many_papers_of_one_or_the_roster_leaves_an_audit_row() -> None:
    exporting = {
        operation.name
        for plugin in plugins().values()
        for operation in operations_of(plugin.service).values()
        if operation.exports
    }
    assert exporting == {
        "list_candidates",
        "list_certificates",
        "print_certificate",
        "list_people",
        "export_personal_data",
        "export_roster",
        "export_roster_csv",
        "show_application_contact",
        "download_application_document",
        "list_sign_ups",
        "list_entries",
        "print_pass",
        "print_passes",
        "export_attendance",
        "get_survey_contact",
    }


def test_the_page_names_every_declared_column() -> None:
    page = (Path(__file__).parents[2] / "docs/personal-data.md").read_text("utf-8")
    for plugin in plugins().values():
        for holding in holdings(plugin.models).values():
            for column in holding.columns:
                assert f"| `{holding.table.name}` | `{column}` |" in page


def test_terms_are_read_whole() -> None:
    assert all(isinstance(each, Terms) for plugin in plugins().values() for each in plugin.personal_data)
