"""What keeps the embedded server from starting, said in both languages.

These meet an operator at a terminal and never a client over HTTP, hence no status and no Problem.
"""

from pathlib import Path

from shared.text import Text


class EmbeddedPostgresError(RuntimeError):
    """The root. ``message`` is for people, ``str()`` gives its English half."""

    def __init__(self, message: Text) -> None:
        super().__init__(message.en)
        self.message = message


class AlreadyRunning(EmbeddedPostgresError):
    """Somebody else owns the data directory. ``pid`` is the owner's, None where it could not be told."""

    def __init__(self, data_dir: Path, pid: int | None) -> None:
        holder = Text(
            "另一进程" if pid is None else f"进程 {pid} ",
            "another process" if pid is None else f"process {pid}",
        )
        super().__init__(
            Text(
                f"数据目录 {data_dir} 正由{holder.zh}使用。请先停止它，或另选数据目录。",
                f"The data directory {data_dir} is in use by {holder.en}. Stop it first or choose another.",
            )
        )
        self.data_dir = data_dir
        self.pid = pid


class StartFailed(EmbeddedPostgresError):
    """The server did not come up. ``log`` is what it wrote meanwhile, "" where it wrote nothing."""

    def __init__(self, zh: str, en: str, *, log: str = "") -> None:
        tail = f"\n{log}" if log else ""
        super().__init__(Text(zh + tail, en + tail))
        self.log = log
