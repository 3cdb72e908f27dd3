"""A dialect that comes with a package is found by name, like ours."""

import pytest

import navila_sdk as navila


def test_a_packaged_dialect_is_found_by_name(tmp_path, monkeypatch):
    (tmp_path / "shouting.py").write_text(
        "import navila_sdk as navila\n"
        "class Shout:\n"
        "    name = 'shouted'\n"
        "    def parse(self, text):\n"
        "        return (navila.Stop(),) if text == 'HALT' else navila.Unparsed(text, 'no')\n"
        "dialect = Shout()\n"
    )
    info = tmp_path / "shouting-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: shouting\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[navila.dialects]\nshouted = shouting:dialect\n")
    (info / "RECORD").write_text("shouting.py,,\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert navila.parse_action("HALT", dialect="shouted") == navila.Stop()


def test_a_name_nobody_knows_lists_what_is_known():
    with pytest.raises(navila.UnknownNameError, match="navila-vlnce"):
        navila.parse_action("stop", dialect="klingon")


def test_an_unpackaged_dialect_is_found_by_name(tmp_path, monkeypatch):
    (tmp_path / "whispering.py").write_text(
        "import navila_sdk as navila\n"
        "class Whisper:\n"
        "    name = 'whispered'\n"
        "    def parse(self, text):\n"
        "        return (navila.Stop(),)\n"
        "dialect = Whisper()\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("NAVILA_PLUGINS", "whispered=whispering:dialect")
    assert navila.parse_action("psst", dialect="whispered") == navila.Stop()
