// How far an upload is, in words: bytes, speed over the last seconds, time left.
const WINDOW_MS = 8000;

export function size(bytes, locale) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const step = Math.min(3, Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(1000)));
  return new Intl.NumberFormat(locale, { style: "unit", unit: units[step], maximumSignificantDigits: 3 }).format(bytes / 1000 ** step);
}

function duration(seconds, locale) {
  const [value, unit] = seconds < 90 ? [Math.ceil(seconds), "second"] : [Math.ceil(seconds / 60), "minute"];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(value);
}

export class Progress {
  constructor(locale, left) {
    this.locale = locale;
    this.left = left; // "about %s left"
    this.samples = [];
    this.sent = this.total = 0;
  }

  // Notes how many bytes are there. After a break the upload begins anew at what the server has, and so does the speed.
  note(sent, total, now = performance.now()) {
    const last = this.samples.at(-1);
    if (last && sent < last.sent) this.samples = [];
    this.samples.push({ sent, now });
    while (this.samples.length > 2 && now - this.samples[0].now > WINDOW_MS) this.samples.shift();
    this.sent = sent;
    this.total = total;
  }

  pause() {
    this.samples = [];
  }

  get rate() { // bytes a second; 0 while nothing is known
    const first = this.samples[0], last = this.samples.at(-1);
    return last && last.now > first.now ? (1000 * (last.sent - first.sent)) / (last.now - first.now) : 0;
  }

  get text() {
    if (!this.total) return "";
    const parts = [`${size(this.sent, this.locale)} / ${size(this.total, this.locale)}`];
    if (this.rate > 0 && this.sent < this.total) {
      parts.push(`${size(this.rate, this.locale)}/s`, this.left.replace("%s", duration((this.total - this.sent) / this.rate, this.locale)));
    }
    return parts.join(" · ");
  }
}
