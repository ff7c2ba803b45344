"""Our echo and its caller in one process on the embedded bus, as in ``xiehui run --all --embedded``."""

from shared import green

green.patch()

import sys  # noqa: E402  (nothing may be imported before the process is green)

import eventlet.tpool  # noqa: E402
from callers import Callers  # noqa: E402
from role import obey  # noqa: E402

from shared.bus.client import RpcClient  # noqa: E402
from shared.observe.logs import configure  # noqa: E402
from shared.running import start  # noqa: E402
from shared.settings import from_environment  # noqa: E402
from tests.bench.ours.call import caller  # noqa: E402
from tests.bench.ours.notes import join  # noqa: E402

if __name__ == "__main__":
    configure()
    join()
    settings = from_environment()
    start(settings, ["notes"])
    client = RpcClient(settings.amqp_url)
    obey(Callers(lambda: caller(client), most=1).burst, read=lambda: eventlet.tpool.execute(sys.stdin.readline))
