"""Makes this process green: nameko's workers are eventlet's threads. Called first, before anything else is imported."""

import os
import warnings


def hush() -> None:
    """eventlet says at every import that it is in maintenance mode; docs/adr tells why it is here all the same."""
    warnings.filterwarnings("ignore", message="(?s).*Eventlet is deprecated.*")


def patch() -> None:
    """Patch the standard library for eventlet, and let psycopg wait in a way that eventlet can see."""
    hush()
    os.environ["PSYCOPG_WAIT_FUNC"] = "wait_selector"
    import eventlet

    eventlet.monkey_patch()
