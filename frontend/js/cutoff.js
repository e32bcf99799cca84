// The cut-off slider: moves the confusion table, the rates, the cost and, by the event "cutoffchange", the marker on the curves.
const language = document.documentElement.lang;
const whole = new Intl.NumberFormat(language);
const plain = new Intl.NumberFormat(language, { maximumSignificantDigits: 3 });
const level = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

function share(part, all) {
  if (!all) return "–";
  const percent = (100 * part) / all;
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: percent >= 9.95 || percent === 0 ? 0 : 1 }).format(percent)} %`;
}

function valuesAt(table, i) {
  const [tp, fp, fn, tn] = ["tp", "fp", "fn", "tn"].map((name) => table[name][i]);
  const all = tp + fp + fn + tn;
  return {
    threshold: level.format(table.thresholds[i]),
    tp: whole.format(tp), fp: whole.format(fp), fn: whole.format(fn), tn: whole.format(tn),
    precision: share(tp, tp + fp), recall: share(tp, tp + fn), specificity: share(tn, tn + fp),
    flagged: share(tp + fp, all), accuracy: share(tp + tn, all),
    cost: table.costs ? plain.format(table.costs[i]) : "",
  };
}

export function startCutoff(root) {
  for (const part of root.querySelectorAll("[data-cutoff]:not([data-started])")) {
    part.dataset.started = "1";
    const table = JSON.parse(document.getElementById(part.dataset.cutoff).textContent);
    const input = part.querySelector("input[type=range]");
    const move = () => {
      const values = valuesAt(table, Number(input.value));
      for (const place of part.querySelectorAll("[data-cutoff-value]")) place.textContent = values[place.dataset.cutoffValue];
      input.setAttribute("aria-valuetext", values.threshold);
      document.dispatchEvent(new CustomEvent("cutoffchange", { detail: { step: Number(input.value) } }));
    };
    input.disabled = false;
    input.addEventListener("input", move);
    part.querySelector("[data-cutoff-cheapest]")?.addEventListener("click", () => {
      input.value = table.costs.indexOf(Math.min(...table.costs));
      move();
    });
  }
}
