"""The people of the demonstration: the administrator opens an account for each, and each chooses a password."""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from demo.client import AnswerNotKept, Client, until


@dataclass(frozen=True)
class Office:
    """Everybody who acts, signed in. ``public`` is anybody, not signed in."""

    public: Client
    administrator: Client
    exam_officer: Client
    assessor: Client
    exam_supervisor: Client
    editor: Client
    correspondent: Client
    colleague: Client
    accountant: Client
    correspondent_person: str
    clerk: Client
    cashier: Client
    president: Client
    secretary_general: Client
    deputy: Client
    deputy_person: str
    unit: str
    tellers: dict[str, str]

    def close(self) -> None:
        """Let everybody's connections go."""
        for each in vars(self).values():
            if isinstance(each, Client):
                each.close()

    def events(self, service: str, kind: str) -> list[Any]:
        """The events of a kind that a service told, the newest first."""
        return self.administrator.all(f"/v1/{service}/events", type=kind)

    def tell_again(self, service: str, event: dict[str, Any]) -> None:
        """Have an event told once more, and wait until it was: on the embedded bus that means handled."""
        self.administrator.post(f"/v1/{service}/events/{event['id']}/redelivery")
        until(
            lambda: any(e["id"] == event["id"] and e["sent_at"] for e in self.events(service, event["type"])),
            f"event {event['id']} told again",
        )


def first_sign_in(public: Client, username: str, one_time_secret: str) -> Client:
    """Exchange a one-time secret for a password of one's own, and sign in with that."""
    newcomer = public.signed_in(username, one_time_secret)
    password = secrets.token_urlsafe(18)
    # Where the answer got lost on the way, the password is the new one all the same.
    with suppress(AnswerNotKept):
        newcomer.put("/v1/membership/accounts/me/password", {"old_password": one_time_secret, "new_password": password})
    newcomer.close()
    return public.signed_in(username, password)


def open_office(address: str, one_time_secret: str) -> Office:
    """Sign the administrator in, and give everybody a person, an account and, where they represent one, a unit."""
    public = Client(address)
    administrator = first_sign_in(public, "admin", one_time_secret)
    unit = administrator.all("/v1/membership/units")[0]["id"]

    def employ(username: str, person: str, *roles: str) -> Client:
        wanted = {"username": username, "person_id": person, "roles": list(roles)}
        try:
            account = administrator.post("/v1/membership/accounts", wanted)
        except AnswerNotKept:
            # The account is there, and nobody knows its secret: the administrator gives another one.
            opened = administrator.all("/v1/membership/accounts")
            own = next(account["id"] for account in opened if account["username"] == username)
            account = administrator.anew(f"/v1/membership/accounts/{own}/one-time-secret")
        return first_sign_in(public, username, account["one_time_secret"])

    def newcomer(name: str) -> str:
        return str(administrator.post("/v1/membership/people", {"name": name})["id"])

    def known(name: str) -> str:
        """Somebody whom the founding document names."""
        return str(next(p["id"] for p in administrator.all("/v1/membership/people", name=name) if p["name"] == name))

    author, colleague = newcomer("信息员甲"), newcomer("信息员乙")
    for person in (author, colleague):
        administrator.post(f"/v1/membership/units/{unit}/representatives", {"person_id": person})
    clerk, scrutineer = newcomer("办事员甲"), newcomer("监票人甲")
    deputy = newcomer("副秘书长甲")
    # Whoever holds a post, or will, has the rights that come with it and no others.
    return Office(
        public=public,
        administrator=administrator,
        exam_officer=employ("exam-officer", newcomer("考务甲"), "exam_officer"),
        assessor=employ("assessor", newcomer("考评甲"), "assessor"),
        exam_supervisor=employ("exam-supervisor", newcomer("督导甲"), "exam_supervisor"),
        editor=employ("editor", newcomer("编辑甲"), "editor"),
        correspondent=employ("correspondent", author, "correspondent"),
        colleague=employ("colleague", colleague, "correspondent"),
        accountant=employ("accountant", newcomer("会计甲"), "accountant"),
        correspondent_person=author,
        clerk=employ("clerk", clerk, "clerk"),
        cashier=employ("cashier", newcomer("出纳甲"), "cashier"),
        president=employ("president", known("左德志")),
        secretary_general=employ("secretary-general", known("薛亥申")),
        deputy=employ("deputy", deputy),
        deputy_person=deputy,
        unit=unit,
        tellers={"scrutineer": scrutineer, "counter": clerk},
    )
