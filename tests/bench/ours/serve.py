"""``xiehui run`` with the benchmark's services among the installed: ``python -m tests.bench.ours.serve notes``."""

from shared import green

green.patch()

import sys  # noqa: E402  (nothing may be imported before the process is green)

from shared.commands.running import run_on_rabbitmq  # noqa: E402
from tests.bench.ours.notes import join  # noqa: E402

if __name__ == "__main__":
    join()
    run_on_rabbitmq(sys.argv[1:])
