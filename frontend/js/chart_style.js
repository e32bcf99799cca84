// Colours and type of a plot, read from the page's tokens, so that light and dark come from one place.
const NAMES = {
  ink: "--color-base-content", muted: "--muted", line: "--color-base-300", ground: "--color-base-100",
  accent: "--color-primary", mark: "--mark", "cat-1": "--cat-1", "cat-2": "--cat-2", "cat-3": "--cat-3",
};

export function styleOf(element) {
  const computed = getComputedStyle(element);
  const colors = Object.fromEntries(Object.entries(NAMES).map(([name, token]) => [name, computed.getPropertyValue(token).trim()]));
  return { ...colors, font: computed.fontFamily, narrow: element.clientWidth < 420, width: element.clientWidth };
}

const language = document.documentElement.lang;
const plain = new Intl.NumberFormat(language, { maximumSignificantDigits: 3 });
const short = new Intl.NumberFormat(language, { maximumSignificantDigits: 3, notation: "compact" });
const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });

export function shown(axis, value, compact = false) {
  if (value === null || value === undefined) return "–";
  if (axis.names) return axis.names[value] ?? "";
  if (axis.time) return new Date(value * 1000).toISOString().slice(0, 10);
  if (axis.percent) return percent.format(value);
  return (compact && Math.abs(value) >= 10000 ? short : plain).format(value);
}
