"""NaVILA-Bench's protocol over a raw socket: its client's bytes in, its client's answer out, no request kills it."""

from __future__ import annotations

import base64
import io
import json
import socket
import struct

import numpy as np
import pytest
from PIL import Image

from navila_sdk.serving.bench import BenchServer
from tests.vla.conftest import NEEDS, TINY


def picture(value=0, size=(8, 6), kind="JPEG", mode="RGB", **options):
    held = io.BytesIO()
    Image.new(mode, size, (value,) * len(mode) if len(mode) > 1 else value).save(held, kind, **options)
    return base64.b64encode(held.getvalue()).decode()


def ask(port, request, *, raw=None):
    """Do as upstream's client does: eight bytes of length, JSON, and the same back."""
    data = raw if raw is not None else json.dumps(request).encode()
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(struct.pack(">Q", len(data)) + data)
        head = b""
        while len(head) < 8:
            more = line.recv(8 - len(head))
            if not more:
                return None
            head += more
        (length,) = struct.unpack(">Q", head)
        body = b""
        while len(body) < length:
            body += line.recv(length - len(body))
        return json.loads(body)


@pytest.fixture
def bench(serving):
    return serving(BenchServer, hello_s=1.0, max_frame_px=10_000, max_message_bytes=200_000)


def test_eight_pictures_and_a_sentence(bench):
    request = {"images": [picture(20 * i, quality=95) for i in range(8)], "query": "go on"}
    assert ask(bench.port, request) == "go on 8 140"
    assert ask(bench.port, request) == "go on 8 140"


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        ([1, 2], "a request is"),
        ({"images": [], "query": "x"}, "1 to 64 images"),
        ({"images": [picture()] * 65, "query": "x"}, "1 to 64 images"),
        ({"images": [3], "query": "x"}, "as base64 text"),
        ({"images": [picture()]}, "a request is"),
        ({"images": ["%%%"], "query": "x"}, "an image can't be read"),
        ({"images": [base64.b64encode(b"no jpeg").decode()], "query": "x"}, "an image can't be read"),
        ({"images": [picture()[:100]], "query": "x"}, "an image can't be read"),
        ({"images": [picture(size=(400, 300))], "query": "x"}, "at most 10000 pixels"),
        ({"images": [picture()], "query": "boom"}, "RuntimeError"),
    ],
)
def test_requests_that_are_none_are_answered_and_survived(bench, request_, told):
    assert told in ask(bench.port, request_)["error"]
    assert ask(bench.port, {"images": [picture()], "query": "go on"}) == "go on 1 0"


def test_bytes_that_are_no_request(bench):
    assert "isn't JSON" in ask(bench.port, None, raw=b"{")["error"]
    with socket.create_connection(("127.0.0.1", bench.port), timeout=5) as line:
        line.sendall(struct.pack(">Q", 2**40))
        assert b"at most 200000" in line.recv(4096)
    with socket.create_connection(("127.0.0.1", bench.port), timeout=5) as line:
        line.sendall(struct.pack(">Q", 100) + b"half")
        assert b"too slow" in line.recv(4096)
    with socket.create_connection(("127.0.0.1", bench.port), timeout=5) as line:
        line.sendall(b"\x00\x00")
    assert ask(bench.port, {"images": [picture()], "query": "go on"}) == "go on 1 0"


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "L"), ("PNG", "RGBA"), ("JPEG", "CMYK"), ("PNG", "P")], ids=str)
def test_pictures_of_every_kind_are_rgb(bench, kind, mode):
    assert ask(bench.port, {"images": [picture(100, kind=kind, mode=mode)], "query": "go on"}).startswith("go on 1 ")


def test_pictures_are_turned_as_their_camera_says():
    from navila_sdk.serving.bench import _picture

    exif = Image.Exif()
    exif[0x0112] = 6
    assert _picture(picture(size=(8, 6), exif=exif), 10_000).shape == (8, 6, 3)


def test_the_model_answers_upstreams_client(serving, golden, told):
    pytest.importorskip("transformers", reason=NEEDS)
    from navila_sdk.planners.navila import NavilaPlanner, NavilaPlannerOptions
    from navila_sdk.vla.model import NavilaModel

    model = NavilaModel.from_pretrained(TINY)
    options = NavilaPlannerOptions(decode="grammar")
    server = serving(lambda _, settings: BenchServer(lambda: NavilaPlanner(model, options), settings))
    frames = [np.asarray(frame) for frame in golden["full8/frames_uint8"]]
    images = []
    for frame in frames:
        held = io.BytesIO()
        Image.fromarray(frame).save(held, "PNG")
        images.append(base64.b64encode(held.getvalue()).decode())
    instruction = told["full8"]["instruction"]
    assert ask(server.port, {"images": images, "query": instruction}) == model.generate(frames, instruction)


@pytest.fixture(scope="session")
def golden():
    return np.load(TINY / "golden.npz")


@pytest.fixture(scope="session")
def told():
    return json.loads((TINY / "golden_meta.json").read_text())["cases"]
