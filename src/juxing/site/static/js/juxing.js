/**
 * Starts what a page needs: menus and switches always; map, chart, live updates and the offline queue only where used.
 * Parts that htmx brings in later are started too.
 */
import { text } from "./text.js";

const addresses = /** @type {HTMLElement} */ (document.getElementById("juxing-start")).dataset;

/** @param {HTMLElement} root */
async function startParts(root) {
  const within = (/** @type {string} */ selector) => [
    ...(root.matches?.(selector) ? [root] : []),
    ...root.querySelectorAll(selector),
  ];
  const maps = within("[data-map]:not([data-started])");
  if (maps.length) (await import(addresses.map)).startMaps(maps, addresses);
  const charts = within("[data-chart]:not([data-started])");
  if (charts.length) (await import(addresses.chart)).startCharts(charts, addresses);
  const offline = within("form[data-offline]:not([data-started])");
  if (offline.length || (root === document.body && document.querySelector("[data-offline-status]"))) {
    (await import(addresses.offline)).startOffline(offline);
  }
}

/**
 * A choice kept on this device in a cookie, so that the server can draw the page right at once.
 * @param {string} selector @param {string} cookie @param {(on: boolean) => void} apply
 */
function rememberedSwitch(selector, cookie, apply) {
  const isOn = () => document.cookie.split("; ").includes(`${cookie}=1`);
  const show = () => {
    for (const button of document.querySelectorAll(selector)) button.setAttribute("aria-pressed", String(isOn()));
  };
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || !event.target.closest(selector)) return;
    document.cookie = `${cookie}=${isOn() ? 0 : 1}; path=/; max-age=31536000; samesite=lax`;
    apply(isOn());
    show();
    document.dispatchEvent(new CustomEvent("juxing:appearance"));
  });
  show();
}

rememberedSwitch("[data-large-type]", "large_type", (on) => document.documentElement.classList.toggle("large-type", on));
rememberedSwitch("[data-dark]", "dark_screen", (on) => {
  if (on) document.documentElement.setAttribute("data-bs-theme", "dark");
  else document.documentElement.removeAttribute("data-bs-theme");
});

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(target)) menu.removeAttribute("open");
  }
  const opener = target.closest?.("[data-open-dialog]");
  const dialog = opener && document.getElementById(opener.getAttribute("data-open-dialog") ?? "");
  if (dialog instanceof HTMLDialogElement) dialog.showModal();
  if (target.closest?.("[data-print]")) window.print();
  if (target.closest?.("[data-back]")) history.back();
});

document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "Escape") {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      menu.removeAttribute("open");
      menu.querySelector("summary")?.focus();
    }
  } else if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const wanted = document.querySelector(`[data-shortcut="${CSS.escape(event.key)}"]`);
    if (wanted instanceof HTMLElement) {
      event.preventDefault();
      wanted.focus();
    }
  }
});

/** @param {string} message */
function toast(message) {
  const box = document.createElement("div");
  box.className = "kit-toast";
  box.append(Object.assign(document.createElement("p"), { textContent: message }));
  document.getElementById("toasts")?.replaceChildren(box);
}

document.addEventListener("htmx:responseError", (event) => {
  const page = new DOMParser().parseFromString(/** @type {CustomEvent} */ (event).detail.xhr.responseText, "text/html");
  toast(page.querySelector("[data-refusal] .kit-notice p")?.textContent ?? text("request_failed"));
});
document.addEventListener("htmx:sendError", () => toast(text("request_failed")));
document.addEventListener("htmx:load", (event) => startParts(/** @type {CustomEvent} */ (event).detail.elt));

document.querySelector("[data-form-errors]")?.focus();

const keeper = document.querySelector('meta[name="juxing-service-worker"]');
if (keeper && "serviceWorker" in navigator) {
  navigator.serviceWorker.register(keeper.getAttribute("content") ?? "").then(async () => {
    const worker = (await navigator.serviceWorker.ready).active;
    const files = [...document.querySelectorAll("link[rel=stylesheet], script[src], link[rel=icon]")];
    const modules = ["map", "chart", "live", "offline"].map((name) => addresses[name]);
    worker?.postMessage({
      kind: "keep",
      account: document.documentElement.dataset.account ?? "",
      page: keeper.hasAttribute("data-keep") ? location.href : null,
      files: [...files.map((file) => file.getAttribute("src") ?? file.getAttribute("href")), ...modules],
    });
  }, () => undefined);
}

document.addEventListener("submit", (event) => {
  if (event.target instanceof Element && event.target.matches("[data-sign-out]")) {
    navigator.serviceWorker?.controller?.postMessage({ kind: "forget" });
  }
});

await startParts(document.body);
if (document.documentElement.dataset.liveUrl) (await import(addresses.live)).startLive();
