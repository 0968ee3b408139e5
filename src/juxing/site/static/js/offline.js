/**
 * Forms that work in a stairwell. A form marked data-offline="what it is called" is written to the phone first, then sent;
 * without signal it waits and is sent once signal is back, in order, each with its own idempotency key.
 *
 * The server must treat the key (form field idempotency_key and header Idempotency-Key) as "the same act", answer 2xx or a
 * redirect when it took it, 422 (or a page with [data-form-errors]) when the fields are wrong, and 409 when it came too late.
 */
import { all, discard, keep } from "./offline_store.js";
import { icon, text } from "./text.js";

const account = document.documentElement.dataset.account ?? "";
const longestWait = 5 * 60_000;
const ownFields = new Set(["csrfmiddlewaretoken", "idempotency_key"]);

/** @param {number} status @param {boolean} signInPage */
function stateAfter(status, signInPage) {
  if (signInPage || status === 401) return "sign_in";
  if (status === 408 || status === 425 || status === 429 || status >= 500) return "waiting";
  return status >= 400 ? "refused" : "sent";
}

function csrfToken() {
  const cookie = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie);
  return cookie?.[1] ?? JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
}

/** @param {import("./offline_store.js").Submission} submission */
async function send(submission) {
  const body = new FormData();
  for (const [name, value] of submission.fields) if (name !== "csrfmiddlewaretoken") body.append(name, value);
  const answer = await fetch(submission.url, {
    method: "POST",
    body,
    headers: { "Idempotency-Key": submission.key, "X-CSRFToken": csrfToken(), "X-Juxing-Queue": "yes", Accept: "text/html" },
  });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const signInPage = page.querySelector("[data-sign-in]") !== null;
  const errors = page.querySelector("[data-form-errors]");
  submission.state = errors && answer.ok ? "refused" : stateAfter(answer.status, signInPage);
  submission.problem = errors?.querySelector("li")?.textContent?.trim() ?? page.querySelector("main p")?.textContent?.trim() ?? "";
  submission.tries += 1;
  const asked = Number(answer.headers.get("Retry-After")) * 1000;
  submission.nextTryAt = Date.now() + (asked || Math.min(2 ** submission.tries * 1000, longestWait));
  // Once it has arrived, the phone has no reason to hold a neighbour's door number.
  if (submission.state === "sent") Object.assign(submission, { fields: [], problem: "" });
  return answer;
}

let retry = 0;

/** Sends what waits, one after another, in one tab at a time. */
async function sendWaiting() {
  clearTimeout(retry);
  if (!navigator.onLine) return show();
  const work = async () => {
    for (const submission of await all()) {
      const mine = submission.account === account && ["waiting", "sign_in"].includes(submission.state);
      if (!mine || submission.nextTryAt > Date.now()) continue;
      try {
        await send(submission);
      } catch {
        submission.nextTryAt = Date.now() + 5_000;
      }
      await keep(submission);
      await show();
      if (submission.state === "waiting") break;
    }
  };
  await (navigator.locks ? navigator.locks.request("juxing-queue", work) : work());
  const waiting = (await all()).filter((one) => one.account === account && one.state === "waiting");
  if (waiting.length) retry = setTimeout(sendWaiting, Math.max(2_000, Math.min(...waiting.map((one) => one.nextTryAt)) - Date.now()));
  return show();
}

/** @param {string} words @param {() => void} act */
function button(words, act) {
  const element = Object.assign(document.createElement("button"), { type: "button", textContent: words });
  element.addEventListener("click", act);
  return element;
}

/** @param {import("./offline_store.js").Submission} submission */
function item(submission) {
  const other = submission.account !== account;
  const line = document.createElement("li");
  const state = text(`item_${other ? "other" : submission.state}`);
  const label = other ? "" : `${submission.label}: `;
  line.append(Object.assign(document.createElement("span"), { textContent: [`${label}${state}`, other ? "" : submission.problem].filter(Boolean).join(" · ") }));
  if (!other && submission.state === "refused") {
    line.append(
      button(text("correct"), () => location.assign(`${submission.page}#queued-${submission.key}`)),
      button(text("discard"), async () => {
        if (window.confirm(text("discard_sure"))) await discard(submission.key).then(show);
      }),
    );
  }
  return line;
}

async function show() {
  const box = document.querySelector("[data-offline-status]");
  if (!(box instanceof HTMLElement)) return;
  const queue = await all().catch(() => []);
  const open = queue.filter((one) => one.state !== "sent");
  const recent = queue.filter((one) => one.state === "sent" && Date.now() - one.createdAt < 10 * 60_000);
  box.hidden = navigator.onLine && !open.length && !recent.length;
  box.dataset.state = open.length ? "waiting" : navigator.onLine ? "sent" : "offline";
  const words = [navigator.onLine ? "" : text("offline"), open.length ? text("queued", { count: open.length }) : "", !open.length && recent.length ? text("all_sent") : ""];
  box.querySelector("[data-offline-text]").textContent = words.filter(Boolean).join(" ");
  box.querySelector(".kit-icon")?.replaceWith(icon(navigator.onLine ? (open.length ? "cloud-upload" : "cloud-check") : "wifi-off"));
  box.querySelector("[data-offline-send]").toggleAttribute("hidden", !navigator.onLine || !open.some((one) => one.state !== "refused" && one.account === account));
  box.querySelector("[data-offline-items]").replaceChildren(...open.map(item));
}

/** @param {HTMLFormElement} form @param {string} words @param {string} tone */
function tellBeside(form, words, tone) {
  form.querySelector(":scope > .kit-notice")?.remove();
  const note = Object.assign(document.createElement("div"), { className: `kit-notice kit-notice--${tone}` });
  note.setAttribute("role", "status");
  note.append(icon(tone === "error" ? "alert-octagon" : "circle-check"), Object.assign(document.createElement("p"), { textContent: words }));
  form.prepend(note);
}

/** @param {HTMLFormElement} form The address it is sent to; an empty action means this page. */
const target = (form) => form.action.split("#")[0];

/** @param {HTMLFormElement} form */
const keyField = (form) => {
  const found = form.querySelector("input[name=idempotency_key]");
  if (found instanceof HTMLInputElement) return found;
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: "idempotency_key", value: crypto.randomUUID() });
  form.append(field);
  return field;
};

/** @param {SubmitEvent} event */
async function onSubmit(event) {
  const form = /** @type {HTMLFormElement} */ (event.currentTarget);
  event.preventDefault();
  if (form.dataset.sending || !form.reportValidity()) return;
  form.dataset.sending = "yes";
  const key = keyField(form).value;
  const submission = {
    key, account, label: form.dataset.offline ?? "", url: target(form), page: location.href.split("#")[0], createdAt: Date.now(), state: "waiting",
    fields: [...new FormData(form, event.submitter)], nextTryAt: 0, tries: 0, problem: "",
  };
  try {
    await keep(submission);
    if (form.dataset.replaces) await discard(form.dataset.replaces);
    delete form.dataset.replaces;
  } catch {
    delete form.dataset.sending;
    if (!navigator.onLine) return tellBeside(form, text("not_kept"), "error");
    return HTMLFormElement.prototype.submit.call(form);
  }
  await sendNow(form, submission);
  delete form.dataset.sending;
  show();
}

/** @param {HTMLFormElement} form @param {import("./offline_store.js").Submission} submission */
async function sendNow(form, submission) {
  try {
    const answer = await send(submission);
    await keep(submission);
    if (submission.state === "sent" && answer.redirected) return location.assign(answer.url);
    if (submission.state === "sent") return accepted(form);
    if (submission.state === "refused") return tellBeside(form, submission.problem || text("item_refused"), "error");
  } catch {
    // No signal after all: it is on the phone already.
  }
  accepted(form, text("kept"));
  sendWaiting();
}

/** Empties the form for the next door, under a fresh key. */
function accepted(form, words = text("item_sent")) {
  form.reset();
  form.dispatchEvent(new CustomEvent("juxing:taken", { bubbles: true }));
  keyField(form).value = crypto.randomUUID();
  tellBeside(form, words, "success");
}

/** Brings a refused submission back into its form. Corrected, it is a new act with a new key and takes the old one's place. */
async function restore() {
  const key = /^#queued-(.+)$/.exec(location.hash)?.[1];
  const submission = key && (await all()).find((one) => one.key === key && one.account === account);
  const form = submission && [...document.querySelectorAll("form[data-offline]")].find((one) => target(one) === submission.url);
  if (!(form instanceof HTMLFormElement)) return;
  for (const [name, value] of submission.fields) {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === "checkbox" || field.type === "radio") field.checked ||= field.value === value;
      else if (typeof value === "string" && field.type !== "file" && !ownFields.has(name)) field.value = value;
    }
  }
  form.dataset.replaces = key;
  history.replaceState(null, "", location.pathname + location.search);
  tellBeside(form, submission.problem || text("item_refused"), "error");
}

let listening = false;

/** @param {HTMLFormElement[]} forms */
export async function startOffline(forms) {
  for (const form of forms) {
    form.dataset.started = "yes";
    keyField(form);
    form.addEventListener("submit", onSubmit);
  }
  if (listening) return;
  listening = true;
  window.addEventListener("online", sendWaiting);
  window.addEventListener("offline", show);
  window.addEventListener("hashchange", restore);
  document.addEventListener("visibilitychange", () => !document.hidden && sendWaiting());
  document.querySelector("[data-offline-send]")?.addEventListener("click", async () => {
    for (const one of await all()) if (one.account === account) await keep({ ...one, nextTryAt: 0 });
    sendWaiting();
  });
  await restore().catch(() => undefined);
  await sendWaiting().catch(show);
}
