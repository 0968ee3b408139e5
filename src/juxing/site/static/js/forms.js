/**
 * What every form of ours does: sends once (data-guard), keeps what was typed (data-draft="name"), warns before losing it.
 * What the offline queue has taken (juxing:taken) is no draft any more.
 * A draft is kept for this browser tab only and goes when the form has been sent, because drafts name people.
 */
import { text } from "./text.js";

const unsaved = new Set();

/** @param {string} name */
const draftKey = (name) => `juxing.draft.${document.documentElement.dataset.account ?? ""}.${location.pathname}.${name}`;

/** @param {HTMLFormElement} form */
function fieldsOf(form) {
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !/csrf|password|idempotency/i.test(name));
}

/**
 * A sent draft goes only when a next page proves that it arrived: after a failure, going back brings it again.
 * @param {string} key
 */
function markSent(key) {
  const kept = sessionStorage.getItem(key);
  sessionStorage.removeItem(key);
  if (kept) sessionStorage.setItem(`${key}.sent`, kept);
}

function settleSentDrafts() {
  for (const key of Object.keys(sessionStorage)) {
    if (!key.startsWith("juxing.draft.") || !key.endsWith(".sent")) continue;
    const arrived = !key.includes(`.${location.pathname}.`) || document.querySelector(".kit-notice--success");
    if (!arrived) sessionStorage.setItem(key.slice(0, -".sent".length), sessionStorage.getItem(key) ?? "");
    sessionStorage.removeItem(key);
  }
}

/** @param {HTMLFormElement} form */
function restoreDraft(form) {
  const kept = sessionStorage.getItem(draftKey(form.dataset.draft ?? ""));
  if (!kept || form.querySelector("[data-form-errors]")) return;
  let changed = false;
  for (const [name, value] of JSON.parse(kept)) {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === "checkbox" || field.type === "radio") {
        changed ||= field.value === value && !field.checked;
        field.checked ||= field.value === value;
      } else if (field.type !== "hidden" && field.type !== "file" && !field.value && value) {
        field.value = value;
        changed = true;
      }
    }
  }
  if (!changed) return;
  const note = Object.assign(document.createElement("p"), { className: "kit-muted", textContent: text("draft_restored") });
  note.setAttribute("role", "status");
  form.prepend(note);
}

document.addEventListener("input", (event) => {
  const form = event.target instanceof Element && event.target.closest("form[data-draft]");
  if (!(form instanceof HTMLFormElement)) return;
  unsaved.add(form);
  try {
    sessionStorage.setItem(draftKey(form.dataset.draft ?? ""), JSON.stringify(fieldsOf(form)));
  } catch {
    /* A full or refused storage must not stop typing; the warning on leaving still works. */
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.matches("[data-guard]") || event.defaultPrevented) return;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "yes";
  unsaved.delete(form);
  if (form.dataset.draft) markSent(draftKey(form.dataset.draft));
  const button = /** @type {SubmitEvent} */ (event).submitter;
  if (button) button.setAttribute("aria-disabled", "true");
  // A page restored from the back-forward cache, or an answer that never came, must not leave a dead button.
  setTimeout(() => release(form), 15_000);
});

/** @param {HTMLFormElement} form */
export function release(form) {
  delete form.dataset.sending;
  for (const button of form.querySelectorAll('[aria-disabled="true"]')) button.removeAttribute("aria-disabled");
}

window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sending]").forEach(release);
});
window.addEventListener("beforeunload", (event) => {
  if ([...unsaved].some((form) => form.isConnected)) event.preventDefault();
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target instanceof Element && event.target.closest("form[data-guard]");
  if (!(form instanceof HTMLFormElement)) return;
  release(form);
  if (!(/** @type {CustomEvent} */ (event).detail.successful)) return;
  unsaved.delete(form);
  if (form.dataset.draft) sessionStorage.removeItem(draftKey(form.dataset.draft));
});

document.addEventListener("juxing:taken", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  unsaved.delete(form);
  if (form.dataset.draft) sessionStorage.removeItem(draftKey(form.dataset.draft));
});

settleSentDrafts();
document.querySelectorAll("form[data-draft]").forEach(restoreDraft);
