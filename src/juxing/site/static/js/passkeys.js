/**
 * Passkeys: a button with data-passkey="make" or "prove", data-begin and data-finish (addresses), data-label (a field's id).
 * The server speaks JSON with binary parts in base64url; the browser wants bytes.
 */
import { text } from "./text.js";

/** @param {string} written */
const toBytes = (written) =>
  Uint8Array.from(atob(written.replace(/-/g, "+").replace(/_/g, "/")), (character) => character.charCodeAt(0));

/** @param {ArrayBuffer} bytes */
const toText = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** @param {any[]} listed */
const withBytes = (listed) => (listed ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));

/**
 * @param {string} address
 * @param {unknown} sent
 */
async function ask(address, sent) {
  const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
  const answer = await fetch(address, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json" },
    body: JSON.stringify(sent),
  });
  const heard = await answer.json();
  if (!answer.ok) throw new Error(heard.message ?? text("request_failed"));
  return heard;
}

/** @param {any} asked */
async function made(asked) {
  const { publicKey } = asked;
  const key = await navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      user: { ...publicKey.user, id: toBytes(publicKey.user.id) },
      excludeCredentials: withBytes(publicKey.excludeCredentials),
    },
  });
  const { clientDataJSON, attestationObject } = key.response;
  return answerOf(key, { clientDataJSON: toText(clientDataJSON), attestationObject: toText(attestationObject) });
}

/** @param {any} asked */
async function proved(asked) {
  const { publicKey } = asked;
  const key = await navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      allowCredentials: withBytes(publicKey.allowCredentials),
    },
  });
  const { clientDataJSON, authenticatorData, signature, userHandle } = key.response;
  return answerOf(key, {
    clientDataJSON: toText(clientDataJSON),
    authenticatorData: toText(authenticatorData),
    signature: toText(signature),
    ...(userHandle ? { userHandle: toText(userHandle) } : {}),
  });
}

/**
 * @param {any} key
 * @param {Record<string, string>} response
 */
const answerOf = (key, response) => ({
  id: key.id,
  rawId: toText(key.rawId),
  type: key.type,
  response,
  clientExtensionResults: key.getClientExtensionResults(),
});

for (const button of document.querySelectorAll("[data-passkey]")) {
  button.addEventListener("click", async () => {
    const status = document.querySelector("[data-passkey-status]");
    button.disabled = true;
    if (status) status.textContent = "";
    try {
      const asked = await ask(button.dataset.begin, {});
      if (asked.next) {
        location.assign(asked.next);
        return;
      }
      const answer = button.dataset.passkey === "make" ? await made(asked) : await proved(asked);
      const label = document.getElementById(button.dataset.label ?? "");
      const { next } = await ask(button.dataset.finish, { answer, label: label?.value ?? "" });
      location.assign(next);
    } catch (problem) {
      const stopped = problem instanceof DOMException;
      if (status) status.textContent = stopped ? text("passkey_stopped") : problem.message;
      button.disabled = false;
    }
  });
}
