"""A small model's tokenizer, read by hand, gives what the package tokenizers gives."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from navila_nano.bpe import Bpe

from navila_sdk.errors import CheckpointError
from navila_sdk.vla.prompt import BEGIN, HEADER
from navila_sdk.vla.sentences import TRAINED
from tests.nano.tiny import TINY

PATH = TINY / "tokenizer.json"


@pytest.fixture(scope="module")
def bpe():
    return Bpe(PATH)


@pytest.fixture(scope="module")
def theirs():
    tokenizers = pytest.importorskip("tokenizers", reason="needs tokenizers: pip install 'navila-sdk[vla]'")
    return tokenizers.Tokenizer.from_file(str(PATH))


@given(text=st.text(max_size=60))
def test_any_text_falls_into_the_same_tokens(bpe, theirs, text):
    assert bpe.ids(text) == theirs.encode(text, add_special_tokens=False).ids


@given(
    words=st.lists(st.sampled_from(["red", "box", "Kitchen", "the", "go past", "2nd", "door", ",", "."]), max_size=12)
)
def test_instructions_do_too(bpe, theirs, words):
    text = f"{BEGIN}{' '.join(words)}{HEADER}"
    assert bpe.ids(text) == theirs.encode(text, add_special_tokens=False).ids


def test_capitals_make_no_difference(bpe):
    assert bpe.ids("Kitchen") == bpe.ids("kitchen")
    assert len(bpe.ids("the")) == 1


def test_the_ten_sentences_differ(bpe):
    assert len({tuple(bpe.ids(text)) for text in TRAINED}) == len(TRAINED)


@pytest.mark.parametrize("content", ["", "{}", '{"model": {"vocab": {}}}', "[1]"])
def test_no_tokenizer(tmp_path, content):
    (tmp_path / "tokenizer.json").write_text(content)
    with pytest.raises(CheckpointError, match=r"tokenizer\.json: this tokenizer can't be read"):
        Bpe(tmp_path / "tokenizer.json")


def test_another_kind_of_tokenizer(tmp_path):
    data = json.loads(PATH.read_text())
    data["model"]["type"] = "WordPiece"
    (tmp_path / "tokenizer.json").write_text(json.dumps(data))
    with pytest.raises(CheckpointError, match="expected a byte-level BPE"):
        Bpe(tmp_path / "tokenizer.json")
