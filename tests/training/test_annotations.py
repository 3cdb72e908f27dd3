"""NaVILA's annotation files: strictly read, counted, rebalanced, written as they were."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navila_sdk.errors import DataError
from navila_sdk.training.vla.annotations import (
    OTHER,
    Record,
    class_report,
    read_annotations,
    rebalanced,
    upstream_instruction,
    write_annotations,
)
from navila_sdk.vla.sentences import TRAINED

GOOD = {"video_id": "7-0", "q": "Walk on.", "a": TRAINED[2], "frames": ["a/frame_0.jpg", "a/frame_1.jpg"]}
texts = st.text(min_size=1).filter(str.strip)
records = st.builds(
    Record, st.text(), texts, texts, st.lists(st.sampled_from(["a.jpg", "b/c.png"]), min_size=1).map(tuple)
)


@given(st.lists(records, min_size=1, max_size=5))
def test_what_is_written_is_read(tmp_path_factory, many):
    path = tmp_path_factory.mktemp("a") / "annotations.json"
    write_annotations(many, path)
    assert read_annotations(path) == many


def test_a_list_and_a_record_a_line_are_the_same(tmp_path):
    (tmp_path / "list.json").write_text(json.dumps([GOOD, GOOD]))
    (tmp_path / "lines.jsonl").write_text(json.dumps(GOOD) + "\n\n" + json.dumps(GOOD) + "\n")
    assert read_annotations(tmp_path / "list.json") == read_annotations(tmp_path / "lines.jsonl")
    assert read_annotations(tmp_path / "list.json")[0].label == "move forward 75 cm"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[", "isn't JSON"),
        ("[]", "no records"),
        ("[3]", r"\[0\]: a record is an object"),
        (json.dumps([GOOD, {**GOOD, "a": ""}]), r"\[1\]: a must be text"),
        (json.dumps([{**GOOD, "q": None}]), r"\[0\]: q must be text"),
        (json.dumps([{**GOOD, "frames": []}]), "frames must be a list"),
        (json.dumps([{**GOOD, "frames": ["../secret"]}]), "below their folder"),
        (json.dumps([{**GOOD, "frames": ["/etc/passwd"]}]), "below their folder"),
        (json.dumps([{}] * 30), "and 18 more"),
    ],
)
def test_files_that_are_none(tmp_path, text, told):
    path = tmp_path / "annotations.json"
    path.write_text(text)
    with pytest.raises(DataError, match=told):
        read_annotations(path)


def test_no_file(tmp_path):
    with pytest.raises(DataError, match="can't be read"):
        read_annotations(tmp_path / "none.json")


def test_classes_are_counted_and_rebalanced():
    many = [Record("", "q", TRAINED[number], ("f",)) for number in (0, 0, 0, 9)] + [Record("", "q", "Hm.", ("f",))]
    assert class_report(many) == {"move forward 25 cm": 3, "stop": 1, OTHER: 1}
    assert class_report(rebalanced(many, {"stop": 3, OTHER: 0})) == {"move forward 25 cm": 3, "stop": 3}
    with pytest.raises(DataError, match="can't rebalance 'fly'"):
        rebalanced(many, {"fly": 2})


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("walk PAST the Sofa. then stop .", "Walk past the sofa. Then stop."),
        ("go\nleft", "Go left"),
        ("Exit. the door", "Exit. The door"),
    ],
)
def test_upstreams_normalisation(text, made):
    assert upstream_instruction(text) == made
