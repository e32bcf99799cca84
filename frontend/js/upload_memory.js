// The uploads that this browser began and has not finished, by the form they belong to. tus keeps them in localStorage.
import { defaultOptions } from "tus-js-client";

const store = defaultOptions.urlStorage;

// tus notes when an upload began to the second; two that began within one would lose their order.
export const memory = {
  findAllUploads: () => store.findAllUploads(),
  findUploadsByFingerprint: (text) => store.findUploadsByFingerprint(text),
  removeUpload: (key) => store.removeUpload(key),
  addUpload: (text, upload) => store.addUpload(text, { ...upload, creationTime: new Date().toISOString() }),
};

// The same file, chosen for the same form, gives the same text after a reload.
export function fingerprint(form, file) {
  return [prefix(form), file.name, file.size, file.lastModified].join("|");
}

function prefix(form) {
  return `upload|${new URL(form.action).pathname}`;
}

export async function forget(url) {
  const known = await store.findAllUploads();
  for (const entry of known.filter((each) => each.uploadUrl === url)) await store.removeUpload(entry.urlStorageKey);
}

// The newest unfinished upload of a form that the server still has: {url, name, size, offset}, or null. Forgets those that are gone.
export async function unfinished(form) {
  const known = (await store.findAllUploads()).filter((each) => each.uploadUrl && each.urlStorageKey.startsWith(`tus::${prefix(form)}|`));
  known.sort((one, other) => new Date(other.creationTime) - new Date(one.creationTime));
  for (const entry of known) {
    const offset = await offsetOf(entry.uploadUrl);
    if (offset !== null) return { url: entry.uploadUrl, name: entry.metadata.filename, size: entry.size, offset };
  }
  return null;
}

async function offsetOf(url) {
  try {
    const answer = await fetch(url, { method: "HEAD", headers: { "Tus-Resumable": "1.0.0" } });
    if (answer.ok) return Number(answer.headers.get("Upload-Offset"));
    if (answer.status === 404 || answer.status === 410) await forget(url);
  } catch { /* not connected: it is offered again on the next page */ }
  return null;
}
