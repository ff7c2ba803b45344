"""``python -m shared.testing.run run teller``: ``xiehui run teller``, with the services of tests."""

from shared import green

green.patch()

from shared.cli import main  # noqa: E402  (nothing may be imported before the process is green)
from shared.testing.echo import join  # noqa: E402

if __name__ == "__main__":
    join()
    main()
