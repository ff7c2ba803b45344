"""What an operator may set, read once from the environment (prefix ``XIEHUI_``)."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from environs import Env, ValidationError, validate

DEFAULT_RETRY_DELAYS = (5.0, 30.0, 120.0, 600.0)
RATE_CLASSES = ("read", "write", "sign-in", "public")
DEFAULT_MAIL_RETRY_DELAYS = (60.0, 300.0, 1800.0, 7200.0, *(21600.0,) * 15)
"""Four days, as RFC 5321 (4.5.4.1) wants it of whoever sends mail."""
OPTIONAL, SIGNERS = "optional", "signers"
MAIL_OUTBOX = "outbox"


@dataclass(frozen=True)
class Settings:
    """Settings of one process. Times are seconds, sizes are bytes."""

    amqp_url: str = "pyamqp://guest:guest@127.0.0.1:5672//"
    database_url: str = "postgresql+psycopg://{service}@127.0.0.1/{service}"
    """``{service}`` stands for the service's name: every service has a database and a role of its own."""
    database_urls: Mapping[str, str] = field(default_factory=dict)
    """Services whose database is not where the pattern says: name → URL."""
    keys: Path = Path("data/keys")
    public_url: str = ""
    """How people reach the gateway, for QR codes; the listening address where it is not set."""
    host: str = "127.0.0.1"
    port: int = 8000
    health_port: int = 9100
    max_workers: int = 16
    max_body: int = 20 * 1024 * 1024
    rpc_deadline: float = 15.0
    absence: float = 15.0
    """How long requests wait for a service that has no process any more; afterwards callers are told at once. The
    queue is made with it: every process of a service must have the same."""
    retry_delays: tuple[float, ...] = DEFAULT_RETRY_DELAYS
    announce_every: float = 5.0
    poll_every: float = 1.0
    limits: Mapping[str, int] = field(default_factory=dict)
    """Requests a minute that the gateway lets one account or address make, by rate class, where not its default."""
    second_factor: str = OPTIONAL
    """Who cannot do without a second factor when signing in: nobody, or those whose role it is to sign."""
    limit_accounts: int = 5
    """How many times as often as one account all those of one address together may ask."""
    limit_store: str = ""
    """Where gateways count together, such as redis://host:6379/0; each counts by itself where it is not set."""
    cors_origins: tuple[str, ...] = ()
    """Origins, such as https://portal.example, whose pages may read the gateway's answers."""
    trusted_proxies: int = 0
    """How many proxies stand in front of the gateway: so many entries of X-Forwarded-* are believed."""
    state: Path = Path("data/state")
    """Where the gateway keeps the last good manifests."""
    timers: bool = True
    """Whether what is due each day is started by itself; not where tests move the clock."""
    mail: str = MAIL_OUTBOX
    """How mail leaves: smtp://host:port (STARTTLS, or ?tls=none), smtps://host:port, either with ?ca=file; "outbox"
    writes it into ``mail_folder`` instead, one .eml a message."""
    mail_folder: Path = Path("data/outbox")
    mail_from: str = "xiehui@localhost"
    """The address that mail comes from, and ``mail_name`` the name beside it."""
    mail_name: str = ""
    mail_user: str = ""
    mail_password: str = field(default="", repr=False)
    mail_retry_delays: tuple[float, ...] = DEFAULT_MAIL_RETRY_DELAYS
    """After each failed attempt to send a mail; after the last of them it is given up."""

    @property
    def address(self) -> str:
        """Where people reach the gateway."""
        return self.public_url or f"http://{self.host}:{self.port}"

    def database_url_of(self, service: str) -> str:
        # A variable of the environment cannot have the dash that a service's name may have.
        own = self.database_urls.get(service) or self.database_urls.get(service.replace("-", "_"))
        return own or self.database_url.replace("{service}", service)


def from_environment() -> Settings:
    """The settings of this process; a variable that cannot be read names itself in the error."""
    env = Env(prefix="XIEHUI_")
    base = Settings()
    named = {
        name.removeprefix("XIEHUI_DATABASE_URL_").lower(): url
        for name, url in os.environ.items()
        if name.startswith("XIEHUI_DATABASE_URL_")
    }
    limits = {name: env.int(f"LIMIT_{name.upper().replace('-', '_')}", None) for name in RATE_CLASSES}
    delays = env.list("RETRY_DELAYS", default=[str(d) for d in base.retry_delays])
    return Settings(
        amqp_url=env.str("AMQP_URL", base.amqp_url),
        database_url=env.str("DATABASE_URL", base.database_url),
        database_urls=named,
        keys=Path(env.str("KEYS", str(base.keys))),
        public_url=env.str("PUBLIC_URL", base.public_url).rstrip("/"),
        host=env.str("HOST", base.host),
        port=env.int("PORT", base.port),
        health_port=env.int("HEALTH_PORT", base.health_port),
        max_workers=env.int("MAX_WORKERS", base.max_workers),
        max_body=env.int("MAX_BODY", base.max_body),
        rpc_deadline=env.float("RPC_DEADLINE", base.rpc_deadline),
        absence=env.float("ABSENCE", base.absence),
        retry_delays=tuple(float(d) for d in delays),
        announce_every=env.float("ANNOUNCE_EVERY", base.announce_every),
        poll_every=env.float("POLL_EVERY", base.poll_every),
        limits={name: limit for name, limit in limits.items() if limit is not None},
        second_factor=env.str("SECOND_FACTOR", base.second_factor, validate=validate.OneOf([OPTIONAL, SIGNERS])),
        limit_accounts=env.int("LIMIT_ACCOUNTS", base.limit_accounts, validate=at_least(1)),
        limit_store=env.str("LIMIT_STORE", base.limit_store),
        cors_origins=tuple(env.list("CORS_ORIGINS", default=[], validate=each_an_origin)),
        trusted_proxies=env.int("TRUSTED_PROXIES", base.trusted_proxies, validate=at_least(0)),
        state=Path(env.str("STATE", str(base.state))),
        mail=env.str("MAIL", "", validate=a_way_for_mail) or base.mail,
        mail_folder=Path(env.str("MAIL_FOLDER", str(base.mail_folder))),
        mail_from=env.str("MAIL_FROM", base.mail_from, validate=an_address),
        mail_name=env.str("MAIL_NAME", base.mail_name),
        mail_user=env.str("MAIL_USER", base.mail_user),
        mail_password=_secret(env, "MAIL_PASSWORD"),
    )


def _secret(env: Env, name: str) -> str:
    """A secret from the file that ``<name>_FILE`` names, as containers are given them, or from ``<name>`` itself."""
    file = env.str(f"{name}_FILE", "")
    return Path(file).read_text("utf-8").strip() if file else env.str(name, "")


def an_address(value: str) -> None:
    """Bare, such as dues@association.example: the name beside it has a setting of its own."""
    if not re.fullmatch(r"[\w.!#$%&'*+/=?^`{|}~-]+@[a-z0-9.-]+", value, re.ASCII):
        raise ValidationError(f"{value!r} is no address such as dues@association.example")


def a_way_for_mail(value: str) -> None:
    """ "outbox", or the URL of a server; credentials have settings of their own, since URLs are shown and logged."""
    if value in ("", MAIL_OUTBOX):
        return
    try:
        url = urlsplit(value)
        fits = url.scheme in ("smtp", "smtps") and bool(url.hostname) and url.port != 0 and url.username is None
    except ValueError:
        fits = False
    options = parse_qs(url.query, keep_blank_values=True) if fits else {}
    if not fits or not options.keys() <= {"tls", "ca"} or options.get("tls", ["starttls"])[-1] not in _MAIL_TLS:
        raise ValidationError('it is neither "outbox" nor smtp://host:port?tls=starttls|none or smtps://host:port')


_MAIL_TLS = ("starttls", "none")
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:.]+\](:[0-9]{1,5})?")


def at_least(least: int) -> Callable[[int], None]:
    """A check of a setting that is a number."""

    def check(value: int) -> None:
        if value < least:
            raise ValidationError(f"{value} is less than {least}")

    return check


def each_an_origin(values: Sequence[str]) -> None:
    """Exact origins only, as browsers send them: no "*", which would let every page read what a token opens."""
    for value in values:
        if not _ORIGIN.fullmatch(value):
            raise ValidationError(f"{value!r} is no origin such as https://portal.example")
