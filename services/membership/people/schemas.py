"""What comes in and goes out about people."""

from services.membership.people.rules import MAX_LENGTH
from shared.api import fields as f


class PersonIn(f.Schema):
    """Somebody to be registered. The identity number needs the person's separate consent (X10)."""

    name = f.String("姓名", "Name", required=True, max_length=2 * MAX_LENGTH, personal="name")
    identity_number = f.String(
        "身份证号（用于确认同一人，加密保存，只显示后四位）",
        "Identity number (tells people apart; kept encrypted, only the last four shown)",
        load_default=None,
        allow_none=True,
        max_length=30,
        personal="identity-number",
    )
    identity_consent = f.Boolean(
        "本人同意登记身份证号", "The person consents to the identity number being kept", load_default=False
    )


class PersonQuery(f.Schema):
    name = f.String("姓名中含", "Name contains", load_default=None, allow_none=True, max_length=MAX_LENGTH)


class PersonOut(f.Schema):
    id = f.UUID("编号", "Id")
    name = f.String("姓名", "Name")
    identity_last4 = f.String("身份证号后四位", "Last four of the identity number", allow_none=True)
    registered_at = f.Moment("登记时间", "Registered at")
