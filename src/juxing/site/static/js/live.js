/**
 * Live updates by server-sent events.
 *
 * The page names the stream in <html data-live-url>, the topics in data-live-topics, and, where the stream wants a token,
 * data-live-token-url, which answers {"token": "..."}; a token is asked for again before every connection.
 * Each message is JSON with a "topic"; it becomes the event live:<topic> on the body, which htmx understands:
 * hx-trigger="live:needs from:body". After a gap every topic is sent once, because what was missed is unknown.
 */
import { text } from "./text.js";

const firstWait = 1_000;
const longestWait = 30_000;
const hiddenFor = 5 * 60_000;

/** @type {EventSource | null} */
let stream = null;
let wait = firstWait;
let hadGap = false;
let retry = 0;
let sleep = 0;

const { dataset } = document.documentElement;

/** @param {"connecting" | "on" | "off"} state */
function show(state) {
  for (const sign of document.querySelectorAll("[data-live-status]")) {
    if (sign.getAttribute("data-live-status") === state) continue;
    sign.setAttribute("data-live-status", state);
    const words = sign.querySelector("[data-live-text]");
    const time = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }).format(new Date());
    if (words) words.textContent = text(`live_${state}`, { time });
  }
}

function topics() {
  return (dataset.liveTopics ?? "").split(/\s+/).filter(Boolean);
}

/** @param {string} topic @param {unknown} detail */
function tell(topic, detail) {
  document.body.dispatchEvent(new CustomEvent(`live:${topic}`, { detail, bubbles: true }));
}

async function address() {
  const url = new URL(dataset.liveUrl ?? "", location.href);
  if (topics().length) url.searchParams.set("topics", topics().join(","));
  if (dataset.liveTokenUrl) {
    const answer = await fetch(dataset.liveTokenUrl, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    url.searchParams.set("token", (await answer.json()).token);
  }
  return url;
}

function later() {
  stream?.close();
  stream = null;
  hadGap = true;
  show("off");
  clearTimeout(retry);
  // Spread out, so that a restarted server is not met by every screen of the district in the same second.
  retry = setTimeout(connect, wait * (0.5 + Math.random()));
  wait = Math.min(wait * 2, longestWait);
}

async function connect() {
  clearTimeout(retry);
  if (stream) return;
  try {
    stream = new EventSource(await address(), { withCredentials: !dataset.liveTokenUrl });
  } catch {
    later();
    return;
  }
  stream.onopen = () => {
    wait = firstWait;
    show("on");
    if (hadGap) topics().forEach((topic) => tell(topic, { missed: true }));
    hadGap = false;
  };
  stream.onmessage = (event) => receive(event.data);
  for (const topic of topics()) stream.addEventListener(topic, (event) => receive(event.data, topic));
  stream.onerror = later;
}

/** @param {string} message @param {string} [topic] */
function receive(message, topic) {
  try {
    const detail = JSON.parse(message);
    if (topic ?? detail.topic) tell(topic ?? detail.topic, detail);
  } catch {
    // A keep-alive or a half-sent message carries nothing to show.
  }
}

/** Opens the stream, and lets it rest while nobody looks. */
export function startLive() {
  document.addEventListener("visibilitychange", () => {
    clearTimeout(sleep);
    if (document.hidden) {
      sleep = setTimeout(() => {
        stream?.close();
        stream = null;
        clearTimeout(retry);
        hadGap = true;
      }, hiddenFor);
    } else {
      connect();
    }
  });
  window.addEventListener("online", connect);
  connect();
}
