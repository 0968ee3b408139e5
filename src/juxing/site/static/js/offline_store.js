/** The queue of unsent forms in IndexedDB. Sent ones keep only their label and result, for a day. */

/**
 * @typedef {{ key: string, account: string, label: string, url: string, page: string, createdAt: number,
 *   state: "waiting" | "sent" | "refused" | "sign_in", fields: [string, FormDataEntryValue][], nextTryAt: number,
 *   tries: number, problem: string }} Submission
 */

const keepSentFor = 24 * 3_600_000;

/** @type {Promise<IDBDatabase> | undefined} */
let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("juxing", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("submissions", { keyPath: "key" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => {
      opened = undefined;
      reject(request.error);
    };
  });
  return opened;
}

/** @template T @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest<T>} act @returns {Promise<T>} */
async function within(mode, act) {
  const transaction = (await open()).transaction("submissions", mode, { durability: "strict" });
  const request = act(transaction.objectStore("submissions"));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

/** @param {Submission} submission Resolves when it is on the disk. */
export const keep = (submission) => within("readwrite", (store) => store.put(submission));

/** @param {string} key */
export const discard = (key) => within("readwrite", (store) => store.delete(key));

/** @returns {Promise<Submission[]>} oldest first */
export async function all() {
  const submissions = await within("readonly", (store) => store.getAll());
  const old = submissions.filter((one) => one.state === "sent" && Date.now() - one.createdAt > keepSentFor);
  await Promise.all(old.map((one) => discard(one.key)));
  return submissions.filter((one) => !old.includes(one)).sort((a, b) => a.createdAt - b.createdAt);
}
