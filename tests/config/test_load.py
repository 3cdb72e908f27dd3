"""Configuration: layers in their order, each value with its origin, and every problem at once."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from navila_sdk.config import Config, LoadedConfig, flatten, load_config, load_plugin_table, plain
from navila_sdk.errors import ConfigError
from navila_sdk.execution.outcome import ExecutionMode

Load = Callable[..., LoadedConfig]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Loads a config with the given text as ./navila.toml and nothing of this machine's own."""

    def loader(text: str | None = None, **kwargs: Any) -> LoadedConfig:
        if text is not None:
            (tmp_path / "navila.toml").write_text(text)
        env = {"NAVILA_CONFIG_DIR": str(tmp_path / "user"), **kwargs.pop("env", {})}
        return load_config(cwd=tmp_path, env=env, **kwargs)

    return loader


def problems(load: Load, text: str, **kwargs: Any) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        load(text, **kwargs)
    assert all(line in str(caught.value) for line in caught.value.problems)
    return caught.value.problems


def test_defaults_stand_alone(load: Load) -> None:
    loaded = load()
    assert loaded.path is None
    assert loaded.config.planner == "auto"
    assert loaded.config.default_planner == "nano"
    assert loaded.origins["embodiment"] == "defaults"
    assert loaded.origins["executor.patience_s"] == "built in"


def test_every_leaf_has_an_origin(load: Load) -> None:
    loaded = load("[planners.x]\na = { b = 1 }\n")
    assert {path for path, _ in flatten(loaded.config)} == set(loaded.origins)
    assert loaded.origins["planners.x.a.b"].endswith("navila.toml")


def test_the_last_layer_wins(load: Load) -> None:
    text = 'embodiment = "file"\nworld = "file"\nplanner = "file"\nscene = "file"\n'
    env = {"NAVILA_WORLD": "env", "NAVILA_PLANNER": "env", "NAVILA_SCENE": "env"}
    loaded = load(text, env=env, sets=["planner=set", "scene=set"], flags={"scene": "flag", "world": None})
    got = loaded.config
    assert (got.embodiment, got.world, got.planner, got.scene) == ("file", "env", "set", "flag")
    assert loaded.origins["world"] == "NAVILA_WORLD"
    assert loaded.origins["planner"] == "--set planner=set"
    assert loaded.origins["scene"] == "--scene"


def test_tables_merge_key_by_key(load: Load) -> None:
    loaded = load('[executor]\nmode = "timed"\npatience_s = 1\n', sets=["executor.patience_s=9"])
    assert loaded.config.executor.mode is ExecutionMode.TIMED
    assert loaded.config.executor.patience_s == 9.0
    assert isinstance(loaded.config.executor.patience_s, float)


def test_where_the_file_is_looked_for(load: Load, tmp_path: Path) -> None:
    (tmp_path / "user").mkdir()
    (tmp_path / "user" / "navila.toml").write_text('scene = "user"')
    (tmp_path / "given.toml").write_text('scene = "given"')
    assert load().config.scene == "user"
    assert load('scene = "here"').config.scene == "here"
    assert load(path="given.toml").config.scene == "given"
    assert load(path=tmp_path / "given.toml").path == tmp_path / "given.toml"


def test_free_tables_are_kept_as_they_are(load: Load) -> None:
    text = '[planners.far]\nurl = "u"\nlimit = -1\n[planners.far.deep]\nx = [1]\n[worlds.w]\na = nan\n'
    text += '[driver]\nip = "::1"\n'
    config = load(text).config
    assert config.planners == {"far": {"url": "u", "limit": -1, "deep": {"x": [1]}}}
    assert math.isnan(config.worlds["w"]["a"])
    assert config.driver == {"ip": "::1"}


def test_all_problems_at_once_with_path_expectation_and_finding(load: Load) -> None:
    text = """
embodimnt = "x"
planner = 3
seed = -1
[executor]
mode = "anchord"
timeout_factor = nan
patience = 1
[safety]
speed_scale = 2
[navigator]
max_plans = 1.5
[plugins]
disable = "go"
strict = 1
[worlds]
w = 3
"""
    found = problems(load, text)
    expected = [
        "embodimnt: the configuration has no such key; did you mean 'embodiment'?",
        'planner: expected text, found 3 (int); write it in quotes: "3"',
        "seed: expected at least 0",
        "executor.mode: expected one of anchored, timed, found 'anchord' (str); did you mean 'anchored'?",
        "executor.timeout_factor: expected a finite number, found nan (float)",
        "executor.patience: the table [executor] has no such key; did you mean 'patience_s'?",
        "safety.speed_scale: expected at least 0 and at most 1, found 2 (int)",
        "navigator.max_plans: expected a whole number, found 1.5 (float)",
        "plugins.disable: expected a list of text, found 'go' (str)",
        "plugins.strict: expected true or false, found 1 (int)",
        "worlds: expected a table of options under 'w', found 3 (int)",
    ]
    for line in expected:
        assert any(problem.startswith(line) for problem in found), line
    assert len(found) == len(expected)


@pytest.mark.parametrize(
    ("setting", "ok"),
    [
        ("executor.patience_s=0", True),
        ("executor.patience_s=-0.1", False),
        ("executor.patience_s=inf", False),
        ("executor.position_tolerance_m=0", False),
        ("executor.timeout_factor=0.5", False),
        ("safety.speed_scale=0.5", True),
        ("safety.command_timeout_s=0.25", True),
        ("safety.command_timeout_s=0.3", False),
        ("safety.max_tilt_rad=4", False),
        ("navigator.max_plans=0", False),
        ("navigator.declared_latency_s=-1", False),
        ("navigator.planner_timeout_s=true", False),
        ("seed=99999999999999999999", False),
        ("seed=true", False),
        ("out=", False),
        ("executor=3", False),
        ("planners=3", False),
    ],
)
def test_numbers_that_make_no_sense_are_refused(load: Load, setting: str, ok: bool) -> None:
    if ok:
        load(sets=[setting])
    else:
        assert len(problems(load, "", sets=[setting])) == 1


def test_a_problem_says_where_its_value_came_from(load: Load) -> None:
    (found,) = problems(load, "", env={"NAVILA_SEED": "soon"})
    assert found == "seed: expected a whole number, found 'soon' (str) (from NAVILA_SEED)"


@pytest.mark.parametrize("text", ["seed", "=3", "a..b=1", ".a=1", ""])
def test_a_malformed_set_is_refused(load: Load, text: str) -> None:
    with pytest.raises(ConfigError, match="isn't of the form key=value"):
        load(sets=[text])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-0.5", -0.5),
        ("true", True),
        ('"7"', "7"),
        ("[1, 2]", [1, 2]),
        ("{ a = 1 }", {"a": 1}),
        ("apartment:7", "apartment:7"),
        ("http://host:1/x?a=b", "http://host:1/x?a=b"),
        ("1\nseed = 3", "1\nseed = 3"),
        ("", ""),
    ],
)
def test_a_set_value_is_toml_or_else_text(load: Load, text: str, value: object) -> None:
    assert load(sets=[f"driver.x={text}"]).config.driver == {"x": value}


def test_a_value_can_be_no_table(load: Load) -> None:
    assert "seed.x: seed is the value 3, not a table" in problems(load, "seed = 3", sets=["seed.x=1"])[0]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a = 1\nb = = 2\n", r"navila\.toml:2:5: .*malformed TOML"),
        (b'a = 1\nb = "x', r"navila\.toml:2:7: .*malformed TOML"),
        (b"a = 1\na = 2\n", r"navila\.toml:2:\d+: .*malformed TOML"),
        (b"a = 1\nb = '\xff'\n", r"navila\.toml:2: the config file must be UTF-8 text"),
        (b"a = " + b"[" * 100_000, r"nested too deeply"),
        (b"#" * 1_000_001, r"more bytes than make sense: at most 1000000"),
    ],
)
def test_a_file_that_is_no_toml(load: Load, tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "navila.toml").write_bytes(data)
    with pytest.raises(ConfigError, match=message):
        load()


def test_a_byte_order_mark_does_no_harm(load: Load, tmp_path: Path) -> None:
    (tmp_path / "navila.toml").write_bytes(b"\xef\xbb\xbfseed = 3\n")
    assert load().config.seed == 3


def test_a_file_that_is_not_there_or_no_file(load: Load, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no config file 'gone\.toml'"):
        load(path="gone.toml")
    with pytest.raises(ConfigError, match="can't be read: Is a directory"):
        load(path=tmp_path)


def test_the_plugin_table_alone(tmp_path: Path) -> None:
    file = tmp_path / "navila.toml"
    file.write_text('seed = "not looked at"\n[plugins]\ndisable = ["a"]\nstrict = true\n')
    table = load_plugin_table(cwd=tmp_path, env={})
    assert (table.disable, table.strict, table.path) == (("a",), True, file)
    for text, path in (
        ("plugins = 3", "plugins"),
        ("plugins.disable = 1", "plugins.disable"),
        ("plugins.strict = 1", "plugins.strict"),
    ):
        file.write_text(text)
        with pytest.raises(ConfigError, match=f"{path}: expected"):
            load_plugin_table(cwd=tmp_path, env={})


_text = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1)


@given(
    embodiment=_text,
    seed=st.integers(0, 2**63 - 1),
    patience_s=st.floats(0, 1e6),
    scale=st.floats(0, 1),
    disable=st.lists(_text),
    driver=st.dictionaries(_text, st.integers() | _text | st.booleans() | st.floats(allow_nan=False)),
)
def test_what_is_set_is_what_is_loaded(
    embodiment: str, seed: int, patience_s: float, scale: float, disable: list[str], driver: dict[str, Any]
) -> None:
    flags = {
        "embodiment": embodiment,
        "seed": seed,
        "executor.patience_s": patience_s,
        "safety.speed_scale": scale,
        "plugins.disable": disable,
        "driver": driver,
    }
    config = load_config(cwd=Path("/nowhere"), env={"NAVILA_CONFIG_DIR": "/nowhere"}, flags=flags).config
    assert (config.embodiment, config.seed, config.executor.patience_s) == (embodiment, seed, patience_s)
    assert (config.safety.speed_scale, config.plugins.disable, config.driver) == (scale, tuple(disable), driver)


@given(st.binary(max_size=200))
def test_no_file_content_brings_anything_but_a_config_error(tmp_path_factory: Any, data: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.toml"
    file.write_bytes(data)
    try:
        assert isinstance(load_config(file, env={}).config, Config)
    except ConfigError:
        assert not _is_valid(data)


def _is_valid(data: bytes) -> bool:
    """Whether the bytes are TOML without any key, the only content that can be no problem here."""
    try:
        return not tomllib.loads(data.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        return False


def test_plain_values_go_into_a_file_and_come_back(load: Load, tmp_path: Path) -> None:
    loaded = load("[planners.x]\na = 1\n", sets=["executor.mode=timed", "plugins.disable=['a']"])
    tables = {key: value for key, value in plain(loaded.config).items() if value is not None}
    assert tables["executor"]["mode"] == "timed"
    assert type(tables["executor"]["mode"]) is str
    again = load(flags=tables, env={})
    assert attrs.asdict(again.config) == attrs.asdict(loaded.config)
