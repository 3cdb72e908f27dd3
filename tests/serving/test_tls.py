"""TLS from end to end, with an authority made for the test: trusted where it's named, refused where it isn't."""

from __future__ import annotations

import contextlib
import os
import signal
import ssl
import subprocess
import sys

import pytest
import trustme
from navila_client import ClientError, LostServerError, PlannerClient

import navila_sdk as navila
from navila_sdk.errors import ConfigError
from navila_sdk.serving.server import PlannerServer
from tests.serving.conftest import frame

HERE = {"pose": (0.0, 0.0, 0.0), "time_s": 0.0}
COMMAND = [sys.executable, "-c", "from navila_sdk.cli.main import main; main()", "serve"]


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    """Return the files of an authority, and of a server's certificate and key."""
    folder = tmp_path_factory.mktemp("papers")
    authority = trustme.CA()
    server = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    server.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    server.private_key_pem.write_to_path(folder / "key.pem")
    return {name: str(folder / f"{name}.pem") for name in ("ca", "cert", "key")}


@pytest.fixture
def secure(serving, papers):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(papers["cert"], papers["key"])
    return serving(lambda make, given: PlannerServer(make, {}, given, context), scheme="wss")


def test_a_robot_that_trusts_the_authority(secure, papers):
    with PlannerClient(secure.url, cafile=papers["ca"]) as client:
        client.reset("walk")
        assert client.step(frame(3), **HERE).text == "walk 1 3"


def test_the_planner_remote_takes_the_authority(secure, papers):
    planner = navila.load_planner("remote", url=secure.url, cafile=papers["ca"])
    planner.reset("walk")
    assert planner.step(navila.Observation(frame(3))).raw == "walk 1 3"


def test_who_does_not_trust_it_is_told_at_once(secure):
    with pytest.raises(ClientError, match=r"isn't trusted: .*give it as cafile"):
        PlannerClient(secure.url, deadline_s=60.0).reset("walk")


def test_a_certificate_of_another_name(secure, papers):
    with pytest.raises(ClientError, match="isn't trusted"):
        PlannerClient(secure.url.replace("127.0.0.1", "localhost"), cafile=papers["ca"]).reset("walk")


def test_plain_speech_to_a_secure_server(secure, papers):
    with pytest.raises(LostServerError):
        PlannerClient(secure.url.replace("wss", "ws"), deadline_s=0.5).reset("walk")
    with PlannerClient(secure.url, cafile=papers["ca"]) as client:
        client.reset("walk")


def test_files_that_hold_no_certificates(tmp_path):
    (tmp_path / "none.pem").write_text("no certificate")
    for path in (tmp_path / "none.pem", tmp_path / "nowhere.pem"):
        with pytest.raises(ClientError, match="no certificates can be read"):
            PlannerClient("wss://127.0.0.1:1", cafile=path)
        with pytest.raises(ConfigError, match="cafile"):
            navila.load_planner("remote", url="wss://127.0.0.1:1", cafile=str(path))
    with pytest.raises(ValueError, match="not both"):
        PlannerClient("wss://127.0.0.1:1", cafile="ca.pem", tls=ssl.create_default_context())


@contextlib.contextmanager
def command(*options):
    with subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_the_command_serves_and_stops_when_it_is_told_to(papers):
    with command("-p", "random", "--port", "0", "--tls-cert", papers["cert"], "--tls-key", papers["key"]) as process:
        url = process.stdout.readline().split(" at ")[1].split()[0]
        assert url.startswith("wss://127.0.0.1:")
        with PlannerClient(url, cafile=papers["ca"]) as client:
            client.reset("walk")
            assert client.step(frame(), **HERE).sentences
            os.kill(process.pid, signal.SIGTERM)
            assert process.wait(10) == 0
        assert process.stdout.read() == "stopped\n"


@pytest.mark.parametrize(
    ("options", "told"), [(["--tls-cert", "x.pem"], "both"), (["--tls-cert", "x", "--tls-key", "y"], "can't be used")]
)
def test_papers_that_are_not_in_order(options, told):
    with command("-p", "random", "--port", "0", *options) as process:
        assert process.wait(20) == 2
        assert told in process.stderr.read()
