"""A real browser for tests: Debian's Chromium, without a window."""

import shutil
import subprocess
from functools import cache
from pathlib import Path


@cache
def program() -> str | None:
    """Where Chromium lies, None where there is none."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def chromium(*arguments: str, profile: Path, timeout: float = 60) -> str:
    """What headless Chromium prints when run with these arguments and a profile of its own.

    Chromium gives a page 5 s of its own time to settle, which costs none of ours.
    """
    command = [
        program() or "chromium",
        *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
        *(f"--user-data-dir={profile}", "--virtual-time-budget=5000", "--no-proxy-server"),
        *arguments,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"chromium ended with {done.returncode}: {done.stderr[-1000:]}")
    return done.stdout
