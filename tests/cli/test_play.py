"""`chainrule play`: what it prints, and how it ends."""

import signal
import subprocess
import sys
import urllib.request

import pytest

pytest.importorskip("uvicorn")


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, -15)])
def test_it_serves_the_address_it_prints_and_ends_without_a_complaint(number, code):
    command = [sys.executable, "-m", "chainrule.cli", "play", "--no-browser"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        address = process.stdout.readline().strip()
        with urllib.request.urlopen(address.split("#")[0], timeout=20) as page:
            assert b"chainrule" in page.read()
        process.send_signal(number)
        assert process.wait(20) == code
        assert process.stderr.read() == ""
