"""Files that only their owner may read, written whole or not at all."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write_private(path: Path, content: Mapping[str, Any]) -> None:
    """Put ``content`` at ``path`` as JSON. Whoever owned the file before owns it afterwards, also where root writes."""
    temporary = path.with_suffix(".new")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        if path.exists() and (before := path.stat()).st_uid != os.geteuid():
            os.fchown(file.fileno(), before.st_uid, before.st_gid)
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
