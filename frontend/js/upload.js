// A form[data-upload] sends its file in pieces that survive a lost connection, a restarted server and a reload, and then posts
// the id of the finished upload. Without JavaScript the same form posts the file itself to the same address.
import { Upload as Tus } from "tus-js-client";
import { fingerprint, forget, memory, unfinished } from "./upload_memory.js";
import { Progress, size } from "./upload_progress.js";

const RETRY_MS = [0, 1000, 2000, 4000, 8000, 15000, 30000, 30000, 60000];
const TEXT_MS = 250;
const SPOKEN_MS = 10000;

class Upload {
  constructor(form) {
    this.form = form;
    this.locale = document.documentElement.lang;
    this.input = form.querySelector("input[type=file]");
    this.zone = this.part("zone");
    this.bar = form.querySelector("progress");
    this.listen();
    this.set("idle");
    this.offer();
  }

  part(name) {
    return this.form.querySelector(`[data-upload-part=${name}]`);
  }

  listen() {
    for (const type of ["dragenter", "dragover"]) this.zone.addEventListener(type, (event) => { event.preventDefault(); this.zone.classList.add("over"); });
    for (const type of ["dragleave", "drop"]) this.zone.addEventListener(type, () => this.zone.classList.remove("over"));
    this.zone.addEventListener("drop", (event) => { event.preventDefault(); this.take(event.dataTransfer.files[0]); });
    this.input.addEventListener("change", () => this.take(this.input.files[0]));
    this.form.addEventListener("submit", (event) => { event.preventDefault(); if (!this.input.files.length) this.fail(this.form.dataset.noFile); });
    this.form.addEventListener("click", (event) => {
      const button = event.target.closest("[data-upload-do]");
      if (button) this[button.dataset.uploadDo]();
    });
    addEventListener("online", () => { if (["retrying", "stopped"].includes(this.state)) this.resume(); });
  }

  // Shows what belongs to a state: elements say with data-upload-when in which states they are seen.
  set(state) {
    if (state === this.state) return;
    this.state = state;
    const focused = this.form.contains(document.activeElement) && document.activeElement;
    for (const element of this.form.querySelectorAll("[data-upload-when]")) element.hidden = !element.dataset.uploadWhen.split(" ").includes(state);
    if (focused && focused.closest("[hidden]")) this.shown("[data-upload-do]")?.focus();
    const heading = this.shown("[data-upload-heading]");
    if (heading) this.say(heading.textContent);
  }

  shown(selector) {
    return [...this.form.querySelectorAll(selector)].find((element) => !element.closest("[hidden]"));
  }

  say(text) {
    this.part("live").textContent = text;
    this.spoken = performance.now();
  }

  take(file) {
    if (!file || !["idle", "offered"].includes(this.state)) return;
    this.part("error").hidden = true;
    if (file.size > Number(this.form.dataset.max)) return this.fail(this.form.dataset.tooLarge);
    this.file = file;
    this.progress = new Progress(this.locale, this.form.dataset.left);
    this.tus = new Tus(file, {
      endpoint: this.form.dataset.endpoint,
      metadata: { filename: file.name, filetype: file.type },
      headers: { "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value },
      urlStorage: memory,
      fingerprint: async () => fingerprint(this.form, file),
      retryDelays: RETRY_MS,
      onShouldRetry: (error) => this.retry(error),
      onProgress: (sent, total) => this.advance(sent, total),
      onError: (error) => this.stop(error),
      onSuccess: () => this.finish(),
    });
    this.look();
  }

  // Was this file on its way before? Then ask, unless the person has just said so.
  async look() {
    const [earlier] = await this.tus.findPreviousUploads();
    if (!earlier) return this.resume();
    this.tus.resumeFromPreviousUpload(earlier);
    if (this.offered?.url === earlier.uploadUrl) return this.resume();
    this.name(this.file.name);
    this.set("asking");
  }

  // On a new page: what was on its way when the last one was left.
  async offer() {
    const found = await unfinished(this.form);
    if (!found || this.state !== "idle") return;
    this.offered = found;
    this.name(found.name);
    this.part("arrived").textContent = `${size(found.offset, this.locale)} / ${size(found.size, this.locale)}`;
    this.part("choose").hidden = found.offset === found.size;
    this.set("offered");
  }

  name(text) {
    for (const element of this.form.querySelectorAll("[data-upload-name]")) element.textContent = text;
  }

  // Everything is there already, or the person has to choose the file again: a page may not keep it.
  choose() {
    if (this.offered.offset === this.offered.size) this.finish(this.offered.url);
    else this.input.click();
  }

  async discard() {
    const { url } = this.offered;
    this.offered = null;
    this.set("idle");
    await this.end(url);
    this.offer();
  }

  async again() {
    await this.end(this.tus.url);
    this.tus.url = null;
    this.resume();
  }

  resume() {
    if (this.finished) return this.finish(this.finished);
    this.tus.abort();
    this.name(this.file.name);
    this.set("sending");
    this.tus.start();
  }

  pause() {
    this.tus.abort();
    this.halt("paused");
  }

  async cancel() {
    const url = this.finished ?? this.tus.url;
    this.tus?.abort();
    this.fail(this.form.dataset.canceled, "note");
    if (url) await this.end(url);
  }

  async end(url) {
    await forget(url);
    const headers = { "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value };
    await Tus.terminate(url, { headers, retryDelays: RETRY_MS }).catch(() => { /* it expires by itself */ });
  }

  // Not connected, or the server is starting again: that passes. Anything else the server has said is final.
  retry(error) {
    const status = error.originalResponse?.getStatus() ?? 0;
    const passes = status === 0 || [408, 409, 423, 429].includes(status) || (status >= 500 && status !== 507);
    if (passes && ["sending", "storing"].includes(this.state)) this.halt("retrying");
    return passes;
  }

  halt(state) {
    this.progress.pause();
    this.part("text").textContent = this.progress.text;
    this.set(state);
  }

  advance(sent, total) {
    this.progress.note(sent, total);
    if (sent === total) this.set("storing"); // the server reads it once more before it answers
    else if (this.state === "retrying") this.set("sending");
    const now = performance.now();
    if (sent < total && now - (this.written ?? 0) < TEXT_MS) return;
    this.written = now;
    this.bar.max = total || 1;
    this.bar.value = sent;
    this.part("text").textContent = this.progress.text;
    if (now - (this.spoken ?? 0) > SPOKEN_MS) this.say(this.progress.text);
  }

  stop(error) {
    const answer = error.originalResponse;
    if (!answer || answer.getStatus() >= 500 && answer.getStatus() !== 507) return this.set("stopped");
    this.fail(read(answer.getBody()).detail || this.form.dataset.failed);
  }

  // Every byte is there: the form goes out with the id in the file's place.
  async finish(url = this.tus.url) {
    this.finished = url;
    this.set("storing");
    const data = new FormData(this.form);
    data.delete("file");
    data.set("upload", url.split("/").at(-1));
    try {
      const answer = await fetch(this.form.action, { method: "POST", body: data, headers: { Accept: "application/json" } });
      const body = read(await answer.text());
      if (answer.status >= 500 && !body.detail) return this.set("stopped");
      await forget(url);
      if (body.location) location.assign(body.location);
      else this.fail(body.detail || this.form.dataset.failed);
    } catch {
      this.set("stopped");
    }
  }

  fail(sentence, look = "note note-stop") {
    const error = this.part("error");
    this.input.value = "";
    this.finished = this.offered = null;
    this.set("idle");
    error.className = look;
    error.hidden = false;
    error.textContent = sentence;
  }
}

// A proxy's own page is no JSON: then nothing is known.
function read(text) {
  try { return JSON.parse(text); } catch { return {}; }
}

export function startUploads(root) {
  for (const form of root.querySelectorAll("form[data-upload]:not([data-started])")) {
    form.dataset.started = "1";
    new Upload(form);
  }
}
