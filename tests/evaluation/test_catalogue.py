"""``navila eval --list``: what there is, how much of it, and what it needs."""

import json
import subprocess

from tests.evaluation.places import NAVILA, walk, written


def listed(folder, *words):
    done = subprocess.run([*NAVILA, "eval", "--list", *words], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_benchmark_with_splits_counts_and_needs_and_the_controls(tmp_path):
    found = json.loads(listed(tmp_path, "--json"))
    entries = {entry["name"]: entry for entry in found["benchmarks"]}
    home = entries["apartments"]
    assert home["splits"][0] == {"name": "val-unseen", "episodes": 600, "unsound": 0, "trouble": ""}
    assert (home["distribution"], home["version"], home["needs"]) == ("navila-sdk", "1", "")
    assert "benchmarks.r2r.data" in entries["r2r"]["needs"]
    assert entries["r2r"]["splits"][0]["name"] == "val_unseen"
    assert set(found["controls"]) == {"no-image", "no-instruction", "random", "forward", "oracle"}


def test_people_get_a_table(tmp_path):
    text = listed(tmp_path)
    for words in ("val-unseen (600)", "val-seen (300)", "vln-ce-isaac", "where is rxr?", "black frames"):
        assert words in text


def test_one_benchmark_is_read_and_its_unsound_records_counted(tmp_path):
    path = written(tmp_path, walk(0), walk(1), walk(2, split="train"))
    data = json.loads(path.read_text())
    data["episodes"][1]["instruction"] = " "
    path.write_text(json.dumps(data))
    text = listed(tmp_path, "walks.json")
    assert "val (2, 1 unsound), train (1)" in text


def test_a_name_nobody_knows_is_an_error(tmp_path):
    words = [*NAVILA, "eval", "--list", "apartment"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "Did you mean 'apartments'?" in done.stderr
