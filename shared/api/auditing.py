"""The audit trail, read: who did what in a service, and whether the record of it is whole."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Select, select

from shared.api import fields as f
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.store.audit import Verdict, verify
from shared.store.database import ONE_MOMENT
from shared.store.tables import Audit
from shared.store.tx import Tx

READ_AUDIT = "administration.audit"
"""The permission to read the audit trail, the same in every service; a plugin grants it to its operators' role and to
those who inspect."""
SHOWN = 100
"""Numbers that a verdict names; where more is wrong than that, the first tell where to look."""


class AuditQuery(f.Schema):
    """``to`` itself is not among them."""

    principal = f.String("办理者", "Who", load_default=None, allow_none=True)
    operation = f.String("办理事项", "Operation", load_default=None, allow_none=True)
    target = f.String("对象", "On what", load_default=None, allow_none=True)
    correlation_id = f.String("关联编号", "Correlation id", load_default=None, allow_none=True)
    since = f.Moment("自", "From", data_key="from", load_default=None, allow_none=True)
    until = f.Moment("至（不含）", "To, not including", data_key="to", load_default=None, allow_none=True)


class ChangeOut(f.Schema):
    """A row that was changed. Of a new one there is no before, of one that is gone no after; personal data and secrets
    are only told to have changed (X5)."""

    table = f.String("表", "Table")
    id = f.String("编号", "Id")
    before = f.Raw("改前", "Before", allow_none=True)
    after = f.Raw("改后", "After", allow_none=True)


class AuditOut(f.Schema):
    """Who did what: an account's id, never a name, and of the request no more than its digest (X5)."""

    id = f.Integer("编号", "Id")
    at = f.Moment("办理时间", "Done at")
    principal = f.String("办理者", "Who")
    operation = f.String("办理事项", "Operation")
    target = f.String("对象", "On what", allow_none=True)
    correlation_id = f.String("关联编号", "Correlation id")
    digest = f.String("请求摘要", "Digest of the request")
    address = f.String("来自地址", "From where", allow_none=True)
    changed = f.List("改动", "What it changed", f.Nested("改动", "Change", ChangeOut))
    more_changed = f.Integer("未列出的改动数", "Changes beyond those listed")
    seal_no = f.Integer("封存号", "Number of its seal", allow_none=True)
    sealed = f.Boolean("已封存", "Sealed")


class VerdictOut(f.Schema):
    """Whether the chain of seals holds; of very many wrong numbers the first hundred."""

    holds = f.Boolean("完整", "Whether it holds")
    sealed = f.Integer("已封存条数", "Rows with a seal")
    unsealed = f.Integer("待封存条数", "Rows that wait for their seal")
    broken = f.List("不符的封存号", "Numbers where the chain does not hold", f.Integer("封存号", "Number"))
    missing = f.List("缺失的封存号", "Numbers that are gone", f.Integer("封存号", "Number"))


def audit_rows(*, since: datetime | None = None, until: datetime | None = None, **by: str | None) -> Select[Audit]:
    """The rows from ``since`` up to, not including, ``until`` that have what ``by`` says (column=value) where it says
    anything."""
    query = select(Audit).filter_by(**{column: value for column, value in by.items() if value})
    if since:
        query = query.where(Audit.at >= since)
    if until:
        query = query.where(Audit.at < until)
    return query


class AuditTrail:
    """Operations on the audit trail. None of them changes it (X7)."""

    @operation(
        "GET /audit",
        permission=READ_AUDIT,
        request=AuditQuery,
        response=AuditOut,
        label=("审计记录", "Audit trail"),
        kind="list",
    )
    def list_audit(
        self,
        tx: Tx,
        page: PageRequest,
        principal: str | None,
        operation: str | None,
        target: str | None,
        correlation_id: str | None,
        since: datetime | None,
        until: datetime | None,
    ) -> Page:
        """Who did what, newest first; by ``principal`` ("account:<id>"), ``operation``, ``target``,
        ``correlation_id``, and when."""
        query = audit_rows(
            principal=principal,
            operation=operation,
            target=target,
            correlation_id=correlation_id,
            since=since,
            until=until,
        )
        # Ids follow the order in which it was written down, and need no sorting.
        return tx.page(query, page, key=Audit.id, sorts={"id": Audit.id, "at": Audit.at}, default="-id")

    @operation(
        "GET /audit/verdict",
        permission=READ_AUDIT,
        response=VerdictOut,
        label=("核验审计记录", "Whether the audit trail is whole"),
        kind="figure",
    )
    def get_audit_verdict(self, tx: Tx) -> Verdict:
        """Recomputes the whole chain: which rows were changed or taken away, and how many have no seal yet (X7)."""
        # The rows come in portions, so that others have their turn in between.
        verdict = verify(tx.session.connection(execution_options=ONE_MOMENT))
        return replace(verdict, broken=verdict.broken[:SHOWN], missing=verdict.missing[:SHOWN])
