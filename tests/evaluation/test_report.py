"""The page of an evaluation in a real browser: no errors, no network, it sorts, and every failure has its map."""

import pytest

from navila_sdk.evaluation.report import write_report
from navila_sdk.evaluation.report.page import MAPS_SO_FAR
from navila_sdk.scenes.load import load_scene
from tests.evaluation.places import walk
from tests.evaluation.results import error_row, results, row
from tests.recording.browser import look, needs_chromium

NASTY = 'go </script><script>document.title="owned"</script> & <b>"there"</b>'


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    errand = load_scene("apartment:3").errands[0]
    home = {"scene": "apartment:3", "start": errand.start, "goal_m": errand.goal_m}
    episodes = [walk(0), walk(1, **home), walk(2, instruction=NASTY), walk(3), walk(4)]
    rows = [
        row(episodes[0], True),
        row(episodes[1], False, recording="episodes/walk-1"),
        row(episodes[2], False, outcome="step limit", cause="300 plans are used up"),
        error_row(episodes[3], 1, "WorkerDied", "killed by SIGKILL"),
    ]
    return write_report(results(tmp_path_factory.mktemp("eval") / "out", episodes, rows))


@needs_chromium
def test_it_opens_without_errors_or_network_and_fits(page):
    script = """
    const root = document.documentElement;
    return {ready: root.dataset.ready, fits: root.scrollWidth <= window.innerWidth, title: document.title,
            maps: document.querySelectorAll(".failure svg.map").length,
            within: document.querySelectorAll(".within").length,
            rooms: document.querySelectorAll(".failure svg .room").length,
            episodes: document.querySelectorAll("table.sortable tbody tr").length};
    """
    for width_px in (500, 1280):
        found, problems = look(page, script, width_px)
        assert problems == []
        assert found["ready"] == "true"
        assert found["fits"], found
        assert found["title"] == "walks val: human on go2"
        assert (found["maps"], found["within"], found["episodes"]) == (3, 3, 4)
        assert found["rooms"] == len(load_scene("apartment:3").rooms)


@needs_chromium
def test_a_click_sorts_and_a_link_opens_its_failure(page):
    script = """
    const heads = [...document.querySelectorAll("table.sortable th")];
    const column = heads.findIndex((head) => head.textContent === "NE");
    const read = () => [...document.querySelectorAll("table.sortable tbody tr")]
      .map((row) => Number(row.cells[column].dataset.value));
    heads[column].click(); const up = read();
    heads[column].click(); const down = read();
    location.hash = "#" + document.querySelectorAll("details.failure")[1].id;
    window.dispatchEvent(new HashChangeEvent("hashchange"));
    return {up, down, open: [...document.querySelectorAll("details.failure")].map((one) => one.open)};
    """
    found, problems = look(page, script, 1280)
    assert problems == []
    assert found["up"] == sorted(found["up"])
    assert found["down"] == found["up"][::-1]
    assert found["up"][0] < found["up"][-1]
    assert found["open"] == [False, True, False]


def test_it_says_everything_in_plain_html(page):
    text = page.read_text()
    for words in (
        "SR (%)",
        "25.0 <span",
        "4.6 to 69.9",
        "1 of 5 episodes have no row yet",
        "1 failed to run",
        "killed by SIGKILL",
        "step limit",
        "stopped at the goal",
        "stopped elsewhere",
        "300 plans are used up",
        'href="episodes/walk-1/report.html"',
        "radius 0.30 m",
        "exact DTW",
        "Unitree Go2",
        "degrees wide",
        "navila-sdk 0.1.0",
        "navila-go2",
    ):
        assert words in text, words
    assert "<script>document.title" not in text
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert "https://" not in text


@pytest.mark.parametrize("complete", [True, False])
def test_many_failures_have_maps_up_to_a_number_it_names(complete, tmp_path, monkeypatch):
    monkeypatch.setattr("navila_sdk.evaluation.report.page.MOST_MAPS", 25)
    episodes = [walk(number) for number in range(30)]
    rows = [row(episode, False) for episode in episodes]
    text = write_report(results(tmp_path / "out", episodes, rows if complete else rows[:28])).read_text()
    shown, failed = (25, 30) if complete else (MAPS_SO_FAR, 28)
    assert text.count('class="map"') == shown
    assert f"The last {failed - shown} of {failed} have no map here" in text


def test_a_scene_that_is_gone_costs_its_map_and_no_more(tmp_path):
    episodes = [walk(0, scene="gone.json")]
    text = write_report(results(tmp_path / "out", episodes, [row(episodes[0], False)])).read_text()
    assert "no map:" in text
    assert "gone.json" in text
