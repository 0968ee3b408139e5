/**
 * Keeps the phone pages usable without signal. Served at /service_worker.js, so that it may look after the whole site.
 *
 * Files (css, scripts, pictures) are answered from the phone and refreshed behind. Pages that say data-keep are kept for
 * 12 hours, per account, and only used when the network does not answer. Nothing else is kept, no answer to a POST ever is,
 * and signing out forgets every page, because they name people.
 */
const fileStore = "juxing-files-1";
const pageStore = "juxing-pages-1";
const keepPagesFor = 12 * 3_600_000;
const patience = 4_000;
const offlinePage = "/offline/";
// Kept answers vary by cookie and language; what is kept is already this reader's own.
const anyReader = { ignoreVary: true };

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(fileStore).then((store) => store.add(offlinePage)).catch(() => undefined).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const current = [fileStore, pageStore];
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith("juxing-") && !current.includes(name)).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

/** The page as kept carries when it was kept and for whom. */
async function keepPage(address, account) {
  const answer = await fetch(address, { credentials: "same-origin", headers: { "X-Juxing-Queue": "keep" } });
  if (!answer.ok || answer.redirected) return;
  const headers = new Headers(answer.headers);
  headers.set("X-Juxing-Kept-At", String(Date.now()));
  headers.set("X-Juxing-Account", account);
  await (await caches.open(pageStore)).put(address, new Response(await answer.blob(), { status: 200, headers }));
}

/** Keeps files and, of scripts, what they import: a page would not start without. What fails now is tried with the next page. */
async function keepFiles(store, addresses, seen = new Set()) {
  await Promise.allSettled(addresses.filter((address) => !seen.has(address) && seen.add(address)).map(async (address) => {
    if (!(await store.match(address, anyReader))) await store.add(address);
    if (!new URL(address).pathname.endsWith(".js")) return;
    const script = await (await store.match(address, anyReader)).text();
    const imports = script.matchAll(/^import\b[^"'\n]*["'](\.{1,2}\/[^"']+)["']/gm);
    await keepFiles(store, Array.from(imports, ([, path]) => new URL(path, address).href), seen);
  }));
}

self.addEventListener("message", (event) => {
  const { kind, files, page, account } = event.data;
  if (kind === "forget") event.waitUntil(caches.delete(pageStore));
  if (kind !== "keep") return;
  event.waitUntil((async () => {
    const store = await caches.open(fileStore);
    await keepFiles(store, files.filter(Boolean).map((file) => new URL(file, location.href).href));
    const pages = await caches.open(pageStore);
    for (const request of await pages.keys()) {
      const kept = await pages.match(request, anyReader);
      if (kept?.headers.get("X-Juxing-Account") !== account) await pages.delete(request);
    }
    if (page) await keepPage(page, account).catch(() => undefined);
  })());
});

async function fileAnswer(event) {
  const store = await caches.open(fileStore);
  const kept = await store.match(event.request, anyReader);
  const fresh = fetch(event.request).then((answer) => {
    if (answer.ok) store.put(event.request, answer.clone());
    return answer;
  });
  if (!kept) return fresh;
  event.waitUntil(fresh.catch(() => undefined));
  return kept;
}

async function pageAnswer(request) {
  const network = fetch(request);
  const kept = await (await caches.open(pageStore)).match(request, anyReader);
  const usable = kept && Date.now() - Number(kept.headers.get("X-Juxing-Kept-At")) < keepPagesFor ? kept : null;
  try {
    if (!usable) return await network;
    return await Promise.race([network, new Promise((_, reject) => setTimeout(reject, patience))]);
  } catch {
    return usable ?? (await caches.match(offlinePage, anyReader)) ?? Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(fileAnswer(event));
  else if (request.mode === "navigate") event.respondWith(pageAnswer(request));
});
