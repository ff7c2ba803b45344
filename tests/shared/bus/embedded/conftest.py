from collections.abc import Iterator

import pytest

from shared.testing.embedded_bus import EmbeddedBus


@pytest.fixture
def bus() -> Iterator[EmbeddedBus]:
    bus = EmbeddedBus()
    yield bus
    bus.close()
