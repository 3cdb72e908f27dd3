"""A packed row computes at each of its frames what the prompt that ends there would, and nothing else."""

import numpy as np
import pytest

from navila_sdk.vla.prompt import BEGIN, HEADER

for package in ("torch", "transformers", "tokenizers", "accelerate"):
    pytest.importorskip(package, reason=f"{package} isn't installed: pip install 'navila-sdk[train-vla]'")

import torch  # noqa: E402

from navila_sdk.training.vla.fresh import make_checkpoint  # noqa: E402
from navila_sdk.training.vla.learner import Learner, attending_plainly  # noqa: E402
from navila_sdk.training.vla.rows import RowMaker, batch_of  # noqa: E402
from navila_sdk.training.vla.shape import Shape  # noqa: E402
from navila_sdk.vla.model import NavilaModel  # noqa: E402

ORDERS = {
    "frames first": f"{BEGIN}{{frames}}{{instruction}}{HEADER}",
    "words first": f"{BEGIN}{{instruction}}{{frames}}{HEADER}",
}
INSTRUCTION = "Go past the red sofa, then stop at the blue lamp."
ASKED = [
    [(INSTRUCTION, "The next action is turn left 15 degrees."), ("How far is it still?", "About three metres.")],
    [(INSTRUCTION, "The next action is move forward 75 cm.")],
    [(INSTRUCTION, "The next action is stop."), ("Where is the blue lamp?", "Ahead."), ("How far?", "Near.")],
]


@pytest.fixture(scope="module", params=ORDERS)
def model(request, tmp_path_factory):
    shape = Shape(
        side_px=24, patch_px=6, vision_hidden=32, vision_layers=1, vision_feed=64, hidden=32, layers=2, feed=64,
        head=16, vocabulary=400, prompt=ORDERS[request.param],
    )  # fmt: skip
    lines = [text for turns in ASKED for pair in turns for text in pair]
    return NavilaModel.from_pretrained(make_checkpoint(tmp_path_factory.mktemp("fresh"), shape, lines))


def loss_of(model, rows, pictures):
    with torch.no_grad(), attending_plainly(model.network):
        total, count = Learner(model.network)(**batch_of(rows, pictures))
    return float(total), int(count)


def test_a_packed_row_is_the_sum_of_the_prompts_it_stands_for(model):
    random = np.random.default_rng(3)
    pictures = list(random.standard_normal((6, 3, 24, 24)).astype(np.float32))
    maker, frames = RowMaker(model.tokenizer), [0, 0, 4, 2, 5]
    packed = maker.packed(ASKED, frames)
    plain = [maker.plain(turns, frames[: 3 + number]) for number, turns in enumerate(ASKED)]
    apart = [loss_of(model, [row], pictures) for row in plain]
    wanted, tokens = sum(loss for loss, _ in apart), sum(count for _, count in apart)
    assert loss_of(model, [packed], pictures) == (pytest.approx(wanted, rel=1e-5), tokens)
    # Beside a longer row, with padding.
    other = maker.packed([ASKED[0]] * 5, [1, 2, 3, 4, 5])
    alone, more = loss_of(model, [other], pictures)
    assert loss_of(model, [packed, other], pictures) == (pytest.approx(wanted + alone, rel=1e-5), tokens + more)
    assert len(packed.ids) < sum(len(row.ids) for row in plain)


def test_a_branch_leaves_no_trace_in_what_follows(model):
    random = np.random.default_rng(4)
    pictures = list(random.standard_normal((3, 3, 24, 24)).astype(np.float32))
    maker = RowMaker(model.tokenizer)
    one, other = ([turns, ASKED[1]] for turns in (ASKED[0], ASKED[2]))
    first = [loss_of(model, [maker.plain(turns, [0, 1])], pictures)[0] for turns in (one[0], other[0])]
    both = [loss_of(model, [maker.packed(asked, [0, 1, 2])], pictures)[0] for asked in (one, other)]
    assert both[0] - first[0] == pytest.approx(both[1] - first[1], rel=1e-5)


def test_a_hint_is_read_where_the_answer_begins(model):
    """A head that only copies a state must give the same, be the prompt alone or packed with others, padded or not."""
    from navila_sdk.training.vla.hints import SIZES, Hints
    from navila_sdk.training.vla.samples import IGNORE

    random = np.random.default_rng(6)
    pictures = list(random.standard_normal((4, 3, 24, 24)).astype(np.float32))
    maker, heads = RowMaker(model.tokenizer), Hints(32)
    hints = [[number] * len(SIZES) for number in range(3)]

    def hinted(rows, weight=0.5):
        with torch.no_grad(), attending_plainly(model.network):
            total, _ = Learner(model.network, heads, weight)(**batch_of(rows, pictures))
        return float(total) - loss_of(model, rows, pictures)[0]

    plain = [maker.plain(turns, [0, 1, 2][: n + 1], hints[n]) for n, turns in enumerate(ASKED)]
    wanted = [hinted([row]) for row in plain]
    assert min(wanted) > 0
    packed = maker.packed(ASKED, [0, 1, 2], hints)
    assert hinted([packed]) == pytest.approx(sum(wanted), rel=1e-3)
    assert hinted(plain) == pytest.approx(sum(wanted), rel=1e-3)
    assert hinted([packed], 1.0) == pytest.approx(2 * sum(wanted), rel=1e-3)
    unknown = maker.plain(ASKED[0], [0], [IGNORE] * len(SIZES))
    assert hinted([unknown]) == pytest.approx(0.0, abs=1e-4)
