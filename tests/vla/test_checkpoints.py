"""Checkpoints that are missing, damaged or of another kind: an error that names the file and what is wrong."""

from __future__ import annotations

import json

import numpy as np
import pytest

from navila_sdk.errors import CheckpointError
from navila_sdk.vla.config import read_config
from navila_sdk.vla.hub import local_folder
from tests.vla.conftest import NEEDS, TINY


def edit(path, **changes):
    data = json.loads(path.read_text())
    for key, value in changes.items():
        if value is None:
            data.pop(key, None)
        else:
            data[key] = value
    path.write_text(json.dumps(data))


def test_the_config_of_a_sound_checkpoint():
    config = read_config(TINY)
    assert (config.num_frames, config.tokens_per_frame, config.side_px, config.dtype) == (8, 9, 70, "float32")


@pytest.mark.parametrize(
    ("file", "changes", "told"),
    [
        ("config.json", {"num_video_frames": "eight"}, "num_video_frames must be a whole number"),
        ("config.json", {"num_video_frames": None}, "num_video_frames must be"),
        ("config.json", {"image_aspect_ratio": "pad"}, "must be 'resize'; got 'pad'"),
        ("config.json", {"model_dtype": "__import__('os').getcwd()"}, "isn't one of float32"),
        ("config.json", {"mm_vision_select_layer": 3}, "mm_vision_select_layer must be"),
        ("llm/config.json", {"model_type": "mistral"}, "model_type must be 'llama'; got 'mistral'"),
        ("llm/config.json", {"hidden_size": 0}, "hidden_size must be"),
        ("vision_tower/config.json", {"model_type": "clip_vision_model"}, "must be 'siglip_vision_model'"),
        ("vision_tower/config.json", {"image_size": 84}, "size must be 84 x 84"),
        ("vision_tower/preprocessor_config.json", {"image_mean": [0.5]}, "image_mean must be three numbers"),
        ("mm_projector/config.json", {"mm_projector_type": "linear"}, "must be 'mlp_downsample'; got 'linear'"),
    ],
)
def test_configs_that_do_not_fit(folder, file, changes, told):
    edit(folder / file, **changes)
    with pytest.raises(CheckpointError, match=told) as error:
        read_config(folder)
    assert str(folder) in str(error.value)


@pytest.mark.parametrize("file", ["config.json", "llm/config.json", "vision_tower/preprocessor_config.json"])
def test_files_that_are_missing_or_no_json(folder, file):
    (folder / file).write_text("{")
    with pytest.raises(CheckpointError, match="isn't JSON"):
        read_config(folder)
    (folder / file).write_text("[1]")
    with pytest.raises(CheckpointError, match="expected a JSON object"):
        read_config(folder)
    (folder / file).unlink()
    with pytest.raises(CheckpointError, match="no such file"):
        read_config(folder)


@pytest.mark.parametrize("path", ["nowhere/at/all", "no such folder"])
def test_a_path_that_is_neither_folder_nor_hub_id(path):
    with pytest.raises(CheckpointError, match="no such folder"):
        local_folder(path)


def test_no_folder(tmp_path):
    with pytest.raises(CheckpointError, match="no such checkpoint folder"):
        read_config(tmp_path / "none")


def load(folder):
    pytest.importorskip("transformers", reason=NEEDS)
    from navila_sdk.vla.model import NavilaModel

    return NavilaModel.from_pretrained(folder)


def tensors(path):
    torch = pytest.importorskip("safetensors.torch", reason=NEEDS)
    return torch.load_file(path)


def save(values, path):
    torch = pytest.importorskip("safetensors.torch", reason=NEEDS)
    torch.save_file(values, path)


def test_pickled_weights_are_refused_with_the_way_out(folder):
    pytest.importorskip("transformers", reason=NEEDS)
    (folder / "llm" / "model.safetensors").rename(folder / "llm" / "pytorch_model.bin")
    with pytest.raises(CheckpointError, match=r"only pickled weights \(pytorch_model\.bin\).*save_file"):
        load(folder)


def test_weights_that_are_not_there(folder):
    pytest.importorskip("transformers", reason=NEEDS)
    (folder / "mm_projector" / "model.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"holds no model\.safetensors"):
        load(folder)


def test_a_download_cut_short(folder):
    pytest.importorskip("transformers", reason=NEEDS)
    path = folder / "vision_tower" / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(CheckpointError, match="no whole safetensors file"):
        load(folder)


def test_every_tensor_that_does_not_fit_is_named(folder):
    path = folder / "llm" / "model.safetensors"
    values = tensors(path)
    values["model.norm.weight"] = values["model.norm.weight"][:10].clone()
    del values["model.layers.1.mlp.up_proj.weight"]
    save(values, path)
    with pytest.raises(CheckpointError) as error:
        load(folder)
    assert "missing: model.layers.1.mlp.up_proj.weight [160, 64]" in str(error.value)
    assert "model.norm.weight is [10], expected [64]" in str(error.value)


def test_weights_that_are_no_numbers(folder):
    path = folder / "mm_projector" / "model.safetensors"
    values = tensors(path)
    values["layers.2.weight"][0, 0] = np.nan
    save(values, path)
    with pytest.raises(CheckpointError, match=r"layers\.2\.weight holds NaN"):
        load(folder)


def shard(folder):
    """Split the language model into two files."""
    path = folder / "llm" / "model.safetensors"
    values = tensors(path)
    names = sorted(values)
    files = {"model-00001-of-00002.safetensors": names[::2], "model-00002-of-00002.safetensors": names[1::2]}
    for file, part in files.items():
        save({name: values[name] for name in part}, folder / "llm" / file)
    path.unlink()
    index = {"weight_map": {name: file for file, part in files.items() for name in part}}
    (folder / "llm" / "model.safetensors.index.json").write_text(json.dumps(index))
    return index


def test_shards_are_one_model(folder, model, golden, told):
    shard(folder)
    frames, instruction = list(golden["short2/frames_uint8"]), told["short2"]["instruction"]
    assert np.array_equal(load(folder).logits(frames, instruction), model.logits(frames, instruction))


def test_shards_that_are_not_whole(folder):
    index = shard(folder)
    (folder / "llm" / "model-00002-of-00002.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"1 shards are missing: model-00002"):
        load(folder)
    path = folder / "llm" / "model.safetensors.index.json"
    for bad, told in (({}, "no weight_map"), ({"weight_map": {"lm_head.weight": "../x.safetensors"}}, "outside its")):
        path.write_text(json.dumps(bad))
        with pytest.raises(CheckpointError, match=told):
            load(folder)
    assert index


def test_a_vocabulary_larger_than_the_config_says(folder, model):
    path = folder / "llm" / "model.safetensors"
    values = tensors(path)
    torch = pytest.importorskip("torch", reason=NEEDS)
    for name in ("model.embed_tokens.weight", "lm_head.weight"):
        values[name] = torch.cat([values[name], torch.zeros(3, 64)])
    save(values, path)
    assert load(folder).network.llm.lm_head.weight.shape == (508, 64)


@pytest.mark.parametrize(("option", "told"), [({"dtype": "float8"}, "float8"), ({"device": "warp"}, "device 'warp'")])
def test_dtypes_and_devices_that_are_none(option, told):
    pytest.importorskip("transformers", reason=NEEDS)
    from navila_sdk.vla.model import NavilaModel

    with pytest.raises(CheckpointError, match=told):
        NavilaModel.from_pretrained(TINY, **option)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_the_bytes_say_nearly_the_same(model, golden, told, dtype):
    from navila_sdk.vla.model import NavilaModel

    frames, instruction = list(golden["short2/frames_uint8"]), told["short2"]["instruction"]
    half = NavilaModel.from_pretrained(TINY, dtype).logits(frames, instruction)
    assert np.abs(half - model.logits(frames, instruction)).max() < 0.6


def test_a_tokenizer_that_cannot_be_read(folder):
    pytest.importorskip("tokenizers", reason=NEEDS)
    from navila_sdk.vla.tokens import PromptTokenizer

    path = folder / "llm" / "tokenizer.json"
    path.write_text("{}")
    with pytest.raises(CheckpointError, match="can't be read"):
        PromptTokenizer(path)
    path.unlink()
    with pytest.raises(CheckpointError, match="no such file"):
        PromptTokenizer(path)
