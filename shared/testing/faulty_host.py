"""``python -m shared.testing.faulty_host``: :mod:`shared.testing.host`, which can be told where to die."""

from shared.testing.host import Host, main  # makes the process green before anything else

from shared.testing.faults import Fuse  # isort: skip


class FaultyHost(Host):
    """A host with a fuse, laid before its services start."""

    fuse = Fuse()

    def arm(self, fault: str, passes: int) -> None:
        self.fuse.arm(fault, passes)


if __name__ == "__main__":
    main(FaultyHost)
