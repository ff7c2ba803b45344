"""What comes in and goes out about applications for membership."""

from services.membership.applications.rules import CONTACT_CLASS, Kind, State
from services.membership.people.rules import MAX_LENGTH
from services.membership.units.rules import NAME_LENGTH
from services.membership.units.schemas import PLACES, TIERS
from shared.api import fields as f

STATES = {state.value: state.label for state in State}
KINDS = {kind.value: kind.label for kind in Kind}


class ContactIn(f.Schema):
    """Whom to call about an application, asked for to settle it and for nothing else, with that person's consent
    (X10)."""

    contact_name = f.String(
        "联系人姓名", "Name of the contact", required=True, max_length=2 * MAX_LENGTH, personal=CONTACT_CLASS
    )
    contact_phone = f.String(
        "联系电话（加密保存，只显示后四位）",
        "Phone of the contact (kept encrypted, only the last four shown)",
        required=True,
        max_length=30,
        personal=CONTACT_CLASS,
    )
    contact_consent = f.Boolean("联系人本人同意", "The contact consents", load_default=False)


class KnownContactIn(ContactIn):
    contact_person_id = f.UUID(
        "联系人（已登记人员）", "The contact, where that is a person on file", load_default=None, allow_none=True
    )


class ApplicationIn(ContactIn):
    """A unit that wants to become a member. Documents must not hold identity papers."""

    name = f.String("单位名称", "Name", required=True, max_length=NAME_LENGTH)
    short_name = f.String("简称", "Short name", load_default=None, allow_none=True, max_length=NAME_LENGTH)
    credit_code = f.String("统一社会信用代码", "Unified social credit code", required=True, max_length=18)
    tier = f.Choice("申请的会员层级", "Tier wanted", TIERS, required=True)
    place = f.Choice("所在地", "Place", PLACES, required=True)
    form = f.Upload("入会申请书（盖章扫描件）", "The written application, stamped", load_default=None)
    licence = f.Upload("营业执照或登记证书", "The business licence or certificate", load_default=None)


class EnteredApplicationIn(ApplicationIn, KnownContactIn):
    """The same, as a clerk enters it for the unit."""


class CompletionIn(f.Schema):
    """What is put right; what is not named stays."""

    name = f.String("单位名称", "Name", max_length=NAME_LENGTH)
    short_name = f.String("简称", "Short name", allow_none=True, max_length=NAME_LENGTH)
    credit_code = f.String("统一社会信用代码", "Unified social credit code", max_length=18)
    tier = f.Choice("申请的会员层级", "Tier wanted", TIERS)
    place = f.Choice("所在地", "Place", PLACES)


class DocumentIn(f.Schema):
    """A PDF, JPEG or PNG file."""

    kind = f.Choice("材料种类", "Kind of document", KINDS, required=True)
    file = f.Upload("文件", "File", required=True)


class NoteIn(f.Schema):
    note = f.String("须补正的内容", "What is to be completed", required=True, min_length=1)


class ReasonIn(f.Schema):
    reason = f.String("理由", "Reason", required=True, min_length=1)


class ApplicationQuery(f.Schema):
    state = f.Choice("状态", "State", STATES, load_default=None, allow_none=True)
    credit_code = f.String(
        "统一社会信用代码", "Unified social credit code", load_default=None, allow_none=True, max_length=18
    )


class PublicApplicationOut(f.Schema):
    """All that anybody with its id may learn of an application."""

    id = f.UUID("申请编号", "Id")
    state = f.Choice("状态", "State", STATES)
    received_at = f.Moment("收件时间", "Received at")


class ApplicationLine(PublicApplicationOut):
    """An application in a list."""

    name = f.String("单位名称", "Name")
    short_name = f.String("简称", "Short name", allow_none=True)
    credit_code = f.String("统一社会信用代码", "Unified social credit code")
    tier = f.Choice("申请的会员层级", "Tier wanted", TIERS)
    place = f.Choice("所在地", "Place", PLACES, allow_none=True)
    decided_on = f.Date("决定日期", "Decided on", allow_none=True)
    unit_id = f.UUID("会员单位", "The unit it became", allow_none=True)


class StepOut(f.Schema):
    state = f.Choice("状态", "State", STATES)
    note = f.String("说明", "Note", allow_none=True)
    taken_at = f.Moment("时间", "At")
    taken_by = f.UUID("经办人", "By", allow_none=True)


class DocumentOut(f.Schema):
    id = f.UUID("编号", "Id")
    kind = f.Choice("材料种类", "Kind of document", KINDS)
    filename = f.String("文件名", "File name")
    media_type = f.String("文件类型", "Media type")
    size = f.Integer("字节数", "Bytes")
    added_at = f.Moment("收到时间", "Added at")


class ApplicationOut(ApplicationLine):
    """An application with its documents and every step it took; of the phone number the last four."""

    contact_last4 = f.String("联系电话后四位", "Last four of the phone number", allow_none=True)
    contact_person_id = f.UUID("联系人（人员）", "The contact among the people on file", allow_none=True)
    terms = f.String("入会规定版本", "Version of the terms of admission", allow_none=True)
    resolution_id = f.UUID("决议", "Resolution", allow_none=True)
    documents = f.List("材料", "Documents", f.Nested("材料", "Document", DocumentOut))
    steps = f.List("办理过程", "Steps", f.Nested("步骤", "Step", StepOut))


class ContactOut(f.Schema):
    """Whom to call about an application; null once erased (X11)."""

    contact_name = f.String("联系人姓名", "Name of the contact", allow_none=True)
    contact_phone = f.String("联系电话", "Phone of the contact", allow_none=True)
