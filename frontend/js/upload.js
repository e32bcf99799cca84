// A form[data-upload] sends its file with progress. Without JavaScript the same form posts plainly to the same view.
function size(bytes, locale) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const step = Math.min(3, Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(1000)));
  return new Intl.NumberFormat(locale, { style: "unit", unit: units[step], maximumSignificantDigits: 3 }).format(bytes / 1000 ** step);
}

function duration(seconds, locale) {
  const [value, unit] = seconds < 90 ? [Math.ceil(seconds), "second"] : [Math.ceil(seconds / 60), "minute"];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(value);
}

class Upload {
  constructor(form) {
    this.form = form;
    this.zone = form.querySelector(".dropzone");
    this.input = form.querySelector("input[type=file]");
    this.status = form.querySelector("[data-upload-status]");
    this.bar = form.querySelector("progress");
    this.text = form.querySelector("[data-upload-text]");
    this.problem = form.querySelector("[data-upload-error]");
    this.locale = document.documentElement.lang;
    this.dragging();
    this.input.addEventListener("change", () => { if (this.input.files.length && !form.dataset.wait) form.requestSubmit(); });
    form.addEventListener("submit", (event) => { event.preventDefault(); if (this.input.files.length) this.send(); else this.fail(form.dataset.noFile); });
    form.querySelector("[data-upload-cancel]").addEventListener("click", () => this.request?.abort());
  }

  dragging() {
    for (const type of ["dragenter", "dragover"]) this.zone.addEventListener(type, (event) => { event.preventDefault(); this.zone.classList.add("over"); });
    for (const type of ["dragleave", "drop"]) this.zone.addEventListener(type, () => this.zone.classList.remove("over"));
    this.zone.addEventListener("drop", (event) => {
      event.preventDefault();
      if (!event.dataTransfer.files.length) return;
      this.input.files = event.dataTransfer.files;
      this.input.dispatchEvent(new Event("change"));
    });
  }

  send() {
    const request = (this.request = new XMLHttpRequest());
    this.started = performance.now();
    this.problem.hidden = true;
    this.status.hidden = false;
    this.zone.hidden = true;
    request.upload.addEventListener("progress", (event) => this.progress(event));
    request.addEventListener("load", () => this.answer(request));
    request.addEventListener("error", () => this.fail(this.form.dataset.failed));
    request.addEventListener("abort", () => this.fail(this.form.dataset.canceled));
    request.open("POST", this.form.action);
    request.setRequestHeader("Accept", "application/json");
    request.send(new FormData(this.form));
  }

  progress({ loaded, total }) {
    this.bar.max = total;
    this.bar.value = loaded;
    const rate = loaded / ((performance.now() - this.started) / 1000);
    const left = loaded < total ? ` · ${this.form.dataset.left.replace("%s", duration((total - loaded) / rate, this.locale))}` : ` · ${this.form.dataset.storing}`;
    this.text.textContent = `${size(loaded, this.locale)} / ${size(total, this.locale)}${left}`;
  }

  answer(request) {
    let body = {};
    try { body = JSON.parse(request.responseText); } catch { /* a proxy's own page: the general sentence below */ }
    if (body.location) location.assign(body.location);
    else this.fail(body.detail || this.form.dataset.failed);
  }

  fail(sentence) {
    this.status.hidden = true;
    this.zone.hidden = false;
    this.input.value = "";
    this.problem.hidden = false;
    this.problem.textContent = sentence;
  }
}

export function startUploads(root) {
  for (const form of root.querySelectorAll("form[data-upload]:not([data-started])")) {
    form.dataset.started = "1";
    new Upload(form);
  }
}
