"""A page in real headless Chromium, with a script of the test's own added to a copy."""

import shutil
import subprocess
import tempfile

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium found; install the Debian package chromium to check pages in a browser"
)
FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync --hide-scrollbars --virtual-time-budget=4000""".split()  # noqa: SIM905
_BEFORE = """<script>
window.problems = [];
window.addEventListener("error", (event) => problems.push(String(event.message || event.target.src)), true);
new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
  if (!entry.name.startsWith("data:") && !entry.name.startsWith("file:")) problems.push("fetched " + entry.name);
})).observe({type: "resource", buffered: true});
</script>"""
_AFTER = """<script>
window.addEventListener("load", () => {{
  let found;
  try {{ found = (() => {{ {script} }})(); }} catch (error) {{ problems.push("test: " + error); }}
  const result = document.createElement("pre");
  result.id = "found";
  result.textContent = JSON.stringify({{found, problems}});
  document.body.append(result);
}});
</script>"""


def look(page, script, width_px, height_px=900):
    """Return what ``script`` returns on the page, and the page's problems."""
    import html
    import json
    import re

    copy = page.with_name("looked-at.html")
    text = page.read_text().replace("<head>", "<head>" + _BEFORE, 1)
    copy.write_text(text.replace("</body>", _AFTER.format(script=script) + "</body>", 1))
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            [
                CHROMIUM,
                *FLAGS,
                f"--user-data-dir={profile}",
                f"--window-size={width_px},{height_px}",
                "--dump-dom",
                copy.as_uri(),
            ],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    match = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.DOTALL)
    assert match, done.stderr[-2000:]
    result = json.loads(html.unescape(match.group(1)))
    return result.get("found"), result["problems"]
