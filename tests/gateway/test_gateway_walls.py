import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["gateway.app", "gateway.serving"])
def test_the_front_brings_neither_nameko_nor_eventlet_nor_a_service(module):
    check = (
        f"import {module}, sys\n"
        "names = {name.partition('.')[0] for name in sys.modules}\n"
        "assert not {'nameko', 'eventlet', 'services', 'sqlalchemy', 'gevent'} & names, sorted(names)\n"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_gunicorns_settings_bring_nothing_that_must_be_patched_first():
    check = "import gateway.serving, sys; assert not {'threading', 'socket', 'ssl', 'queue'} & set(sys.modules)"
    done = subprocess.run([sys.executable, "-S", "-c", check], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
