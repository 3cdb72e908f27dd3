"""The report in a real browser: no errors, no network, readable on a phone, and the scrubber works."""

import pytest

import navila_sdk as navila
from navila_sdk.recording import build_report, read_log
from tests.recording.browser import look, needs_chromium
from tests.recording.episodes import record

NASTY = 'go </script><script>document.title="owned"</script> & <b>"there"</b>'


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report") / "run"
    record(folder, NASTY)
    return build_report([folder], folder / "report.html")


@needs_chromium
@pytest.mark.parametrize("width_px", [390, 1280])
def test_it_fits_the_screen_without_errors_or_network(page, width_px):
    script = """
    const root = document.documentElement;
    return {ready: root.dataset.ready, fits: root.scrollWidth <= window.innerWidth, width: window.innerWidth,
            scroll: root.scrollWidth, title: document.title, heading: document.querySelector("h1").textContent};
    """
    found, problems = look(page, script, max(width_px, 500)) if width_px >= 500 else look_narrow(page, script)
    assert problems == []
    assert found["ready"] == "true"
    assert found["fits"], found
    assert found["title"].startswith("go </script>")
    assert NASTY in found["heading"]


def look_narrow(page, script):
    """A window can't be narrower than 500 px, a frame can: look at the page in a frame of 390 px."""
    inner = page.with_name("inner.html")
    inner.write_text(page.read_text())
    outer = page.with_name("outer.html")
    outer.write_text(
        "<!doctype html><html><head></head><body><iframe width=390 height=800 style='border:0'></iframe></body></html>"
    )
    import json

    wrapped = f"""
    const frame = document.querySelector("iframe");
    const text = {json.dumps(inner.read_text()).replace("<", chr(92) + "u003c")};
    frame.contentDocument.open(); frame.contentDocument.write(text); frame.contentDocument.close();
    const run = new frame.contentWindow.Function({json.dumps(script).replace("<", chr(92) + "u003c")});
    return run();
    """
    return look(outer, wrapped, 800)


@needs_chromium
def test_the_scrubber_moves_robot_cursor_and_pictures(page):
    script = """
    const slider = document.querySelector(".player input");
    const at = (value) => {
      slider.value = value; slider.dispatchEvent(new Event("input"));
      return [".robot", ".cursor"].map((name) => document.querySelector(name).getAttribute("transform"))
        .concat([document.querySelector("img.film").src.length, document.querySelector(".doing").textContent]);
    };
    return [at(slider.min), at(Number(slider.min) + 0.5), at(slider.max)];
    """
    (first, moving, last), problems = look(page, script, 1280)
    assert problems == []
    assert first[0] != moving[0] != last[0]
    assert first[1] != last[1]
    assert moving[3] == "move forward 50 cm"
    assert first[2] > 100


def test_it_says_what_happened_in_plain_html(page):
    text = page.read_text()
    for words in ("stopped", "move forward 50 cm", "turn left 30 degrees", "What the planner saw"):
        assert words in text
    assert "owned</script>" not in text.split('<script type="application/json">')[0]
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert "https://" not in text


def test_several_episodes_share_a_page_with_an_index(tmp_path):
    for name in ("one", "two"):
        record(tmp_path / name, f"errand {name}")
    page = build_report([tmp_path / "one", tmp_path / "two"], tmp_path / "both.html")
    text = page.read_text()
    assert "2 episodes" in text
    assert text.count('<article class="episode"') == 2
    assert 'href="#episode-2"' in text


def test_a_truncated_recording_has_a_report_that_says_so(tmp_path):
    record(tmp_path / "run")
    path = tmp_path / "run" / "episode.mcap"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert read_log(path).truncated
    assert "breaks off" in build_report([path], tmp_path / "cut.html").read_text()


def test_nothing_to_report_and_nowhere_to_write(tmp_path):
    with pytest.raises(navila.RecordingError, match="at least one"):
        build_report([], tmp_path / "page.html")
    record(tmp_path / "run")
    with pytest.raises(navila.OutputError):
        build_report([tmp_path / "run"], tmp_path / "absent" / "page.html")
