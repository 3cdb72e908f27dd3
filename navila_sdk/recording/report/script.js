"use strict";
for (const episode of document.querySelectorAll(".episode")) {
  const data = JSON.parse(episode.querySelector("script[type='application/json']").textContent);
  const find = (name) => episode.querySelector(name);
  const slider = find(".player input"), button = find(".player button"), speed = find(".player select");
  const clock = find(".player output"), robot = find(".robot"), cursor = find(".cursor");
  const film = find("img.film"), camera = find("img.camera"), caption = find(".doing");
  const rows = [...episode.querySelectorAll("tr[data-from]")];
  const last = (list, time) => {
    let low = 0, high = list.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (list[middle][0] <= time) low = middle; else high = middle - 1;
    }
    return list[low];
  };
  const picture = (encoded) => `data:image/${encoded.startsWith("iVBOR") ? "png" : "jpeg"};base64,${encoded}`;
  const show = (time) => {
    clock.textContent = time.toFixed(1) + " s";
    const tick = last(data.ticks, time);
    if (tick) robot.setAttribute("transform", `translate(${tick[1]} ${tick[2]}) rotate(${tick[3]})`);
    if (cursor) cursor.setAttribute("transform", `translate(${data.left + (time - data.start) * data.scale} 0)`);
    if (film && data.film.length) film.src = picture(last(data.film, time)[1]);
    if (camera && data.camera.length) camera.src = picture(last(data.camera, time)[1]);
    let doing = "";
    for (const row of rows) {
      const now = time >= Number(row.dataset.from) && time < Number(row.dataset.to);
      row.classList.toggle("now", now);
      if (now) doing = row.dataset.action;
    }
    if (caption) caption.textContent = doing || "standing";
  };
  let playing = false, before = 0;
  const step = (now) => {
    if (!playing) return;
    const time = Math.min(Number(slider.value) + ((now - before) / 1000) * Number(speed.value), Number(slider.max));
    before = now;
    slider.value = time;
    show(time);
    if (time >= Number(slider.max)) toggle(); else requestAnimationFrame(step);
  };
  const toggle = () => {
    playing = !playing;
    button.textContent = playing ? "Pause" : "Play";
    if (!playing) return;
    if (Number(slider.value) >= Number(slider.max)) slider.value = slider.min;
    before = performance.now();
    requestAnimationFrame(step);
  };
  button.addEventListener("click", toggle);
  slider.addEventListener("input", () => show(Number(slider.value)));
  show(Number(slider.value));
}
document.documentElement.dataset.ready = "true";
