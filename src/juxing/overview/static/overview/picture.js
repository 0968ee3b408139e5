/**
 * Keeps the operating picture current. Many small changes become one request: at the earliest 0.7 s after a change (the kept counts
 * follow within that time) and at most every 3 s. While the stream of changes is off, the page asks every 15 s by itself;
 * and once a minute in any case, because waiting times grow without anything happening.
 */
const settle = 700;
const atMostEvery = 3_000;
const mapAtMostEvery = 10_000;
const pollEvery = 15_000;
const minute = 60_000;

/** @param {string} name */
const tell = (name) => document.body.dispatchEvent(new CustomEvent(name, { bubbles: true }));

/** @param {number} least @param {() => void} act */
function spaced(least, act) {
  let last = 0;
  let waiting = 0;
  return () => {
    if (waiting) return;
    waiting = setTimeout(() => {
      waiting = 0;
      last = Date.now();
      act();
    }, Math.max(settle, last + least - Date.now()));
  };
}

const refresh = spaced(atMostEvery, () => tell("picture:change"));
const redraw = spaced(mapAtMostEvery, () => tell("live:picture"));

for (const topic of (document.documentElement.dataset.liveTopics ?? "").split(/\s+/).filter(Boolean)) {
  document.body.addEventListener(`live:${topic}`, () => {
    refresh();
    redraw();
  });
}

const isLive = () => document.querySelector("[data-live-status]")?.getAttribute("data-live-status") === "on";

setInterval(() => {
  if (!document.hidden && !isLive()) {
    refresh();
    redraw();
  }
}, pollEvery);
setInterval(() => {
  if (document.hidden) return;
  refresh();
  redraw();
  tell("picture:trends");
}, minute);

// Someone who reads the figures below a chart keeps them open.
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { target } = /** @type {CustomEvent} */ (event).detail;
  if (target.matches?.("[data-keep-open]") && target.querySelector("details[open]")) event.detail.shouldSwap = false;
});

// A wall screen is dark whatever the reader's own desk is set to.
if (document.body.classList.contains("wall")) {
  document.documentElement.setAttribute("data-bs-theme", "dark");
  document.dispatchEvent(new CustomEvent("juxing:appearance"));
}

const clock = document.querySelector("[data-clock]");
if (clock) {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false });
  setInterval(() => { clock.textContent = format.format(new Date()); }, 5_000);
}
