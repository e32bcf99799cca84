// Draws every <figure data-chart> from the JSON beside it (automl_portal/ui/figure.py). The table of the same numbers is in
// the page already, so nothing is lost where this file does not run.
import { optionOf } from "./chart_option.js";
import { styleOf } from "./chart_style.js";

const drawn = new Map(); // plot element -> { chart, text, spec }

export function startCharts(root) {
  if (!window.echarts) return;
  for (const figure of root.querySelectorAll("figure[data-chart]")) draw(figure);
  for (const [plot, { chart }] of drawn) {
    if (plot.isConnected) continue;
    sizes.unobserve(plot);
    chart.dispose();
    drawn.delete(plot);
  }
}

const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) drawn.get(target)?.chart.resize();
});

function draw(figure) {
  const plot = figure.querySelector(".plot");
  const text = document.getElementById(figure.dataset.source)?.textContent;
  const before = drawn.get(plot);
  if (!text || before?.text === text) return;
  const spec = JSON.parse(text);
  const chart = before?.chart ?? window.echarts.init(plot, null, { renderer: "svg" });
  drawn.set(plot, { chart, text, spec });
  chart.setOption(optionOf(spec, styleOf(plot)), { notMerge: true });
  if (!before) {
    sizes.observe(plot);
    figure.addEventListener("click", (event) => save(event, figure, plot));
  }
}

document.addEventListener("themechange", () => {
  for (const [plot, { chart, spec }] of drawn) chart.setOption(optionOf(spec, styleOf(plot)), { notMerge: true });
});

// The cut-off slider moves a marker along the curves that follow it.
document.addEventListener("cutoffchange", ({ detail }) => {
  for (const [plot, entry] of drawn) {
    if (!entry.spec.follow.length) continue;
    entry.spec.start = detail.step;
    entry.chart.setOption(optionOf(entry.spec, styleOf(plot)), { lazyUpdate: true });
  }
});

function save(event, figure, plot) {
  const kind = event.target.closest("[data-save]")?.dataset.save;
  if (!kind) return;
  // Drawn anew off the page, with title and caption, so that the picture can stand alone in a report.
  const { spec } = drawn.get(plot);
  const box = document.createElement("div");
  const size = { width: Math.max(720, plot.clientWidth), height: plot.clientHeight + 90 };
  const chart = window.echarts.init(box, null, { renderer: kind === "svg" ? "svg" : "canvas", ...size });
  const style = styleOf(plot);
  chart.setOption({ ...optionOf(spec, style, { titled: true }), animation: false, backgroundColor: style.ground });
  const link = document.createElement("a");
  link.download = `${spec.title.toLowerCase().replaceAll(/\s+/g, "-")}.${kind}`;
  link.href = chart.getDataURL({ type: kind, pixelRatio: 2, backgroundColor: style.ground });
  link.click();
  chart.dispose();
}
