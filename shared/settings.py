"""What an operator may set, read once from the environment (prefix ``XIEHUI_``)."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from environs import Env, validate

DEFAULT_RETRY_DELAYS = (5.0, 30.0, 120.0, 600.0)
RATE_CLASSES = ("read", "write", "sign-in", "public")
OPTIONAL, SIGNERS = "optional", "signers"


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
    state: Path = Path("data/state")
    """Where the gateway keeps the last good manifests."""

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
        state=Path(env.str("STATE", str(base.state))),
    )
