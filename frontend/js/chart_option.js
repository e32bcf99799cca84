// Turns a figure's spec into an ECharts option: axes, one series per mark, the marker of the cut-off slider.
import { shown } from "./chart_style.js";

export function optionOf(spec, style, { titled = false } = {}) {
  const top = titled ? 84 : 16;
  return {
    animationDuration: 250,
    animationDurationUpdate: 250,
    textStyle: { fontFamily: style.font, fontSize: 12, color: style.ink },
    title: titled ? titleOf(spec, style) : undefined,
    // The grid is what is left once labels and axis titles have their room.
    grid: { top, right: 20, bottom: 6, left: 6, outerBoundsMode: "same", outerBoundsContain: "all" },
    xAxis: axisOf(spec.x, style, { nameLocation: "middle", nameGap: 28 }),
    yAxis: axisOf(spec.y, style, spec.y.names ? {} : { nameLocation: "middle", nameGap: spec.y.percent ? 46 : 50 }),
    tooltip: tooltipOf(style),
    series: [...spec.marks.map((mark, i) => seriesOf(mark, i, spec, style)), ...labelsOf(spec, style), ...markerOf(spec, style)],
  };
}

function titleOf(spec, style) {
  return {
    text: spec.title, subtext: spec.caption, left: 12, top: 8,
    textStyle: { fontSize: 15, fontWeight: 600, color: style.ink },
    subtextStyle: { fontSize: 12, color: style.muted, width: Math.max(680, style.width - 40), overflow: "break" },
  };
}

function axisOf(axis, style, place) {
  const common = {
    axisLine: { show: true, lineStyle: { color: style.muted } },
    axisTick: { show: false },
    axisLabel: { color: style.muted, fontSize: 12, hideOverlap: true, formatter: (value) => shown(axis, value, true) },
    nameTextStyle: { color: style.muted, fontSize: 12, width: Math.max(160, style.width - 100), overflow: "truncate" },
    splitLine: { show: true, lineStyle: { color: style.line, width: 1 } },
  };
  if (axis.names) {
    return {
      ...common, type: "category", inverse: true, data: axis.names.map((_name, i) => i), splitLine: { show: false },
      axisLine: { show: false },
      axisLabel: { ...common.axisLabel, color: style.ink, interval: 0, width: style.narrow ? 110 : 220, overflow: "truncate", formatter: (value) => axis.names[value] },
    };
  }
  return { ...common, type: "value", name: axis.title, min: axis.low ?? undefined, max: axis.high ?? undefined, scale: axis.low === null, splitNumber: style.narrow ? 3 : 5, ...place };
}

function tooltipOf(style) {
  return {
    trigger: "item", confine: true, backgroundColor: style.ground, borderColor: style.line,
    textStyle: { color: style.ink, fontSize: 13 },
    // A DOM node, not HTML text: names come from the user's file.
    formatter: ({ data }) => Object.assign(document.createElement("div"), { className: "plot-tip", textContent: data?.hover ?? "" }),
  };
}

function hoverOf(mark, i, spec) {
  if (mark.texts) return mark.texts[i];
  const row = mark.data[i];
  if (mark.kind === "bars" && !spec.y.names) return `${shown(spec.x, row[0])} – ${shown(spec.x, row[1])}\n${spec.y.title}: ${shown(spec.y, row[2])}`;
  if (mark.kind === "bars") return `${shown(spec.y, row[0])}\n${spec.x.title}: ${shown(spec.x, row[1])}`;
  return `${mark.name}\n${spec.x.title}: ${shown(spec.x, row[0])}\n${spec.y.title}: ${shown(spec.y, row[1])}`;
}

function seriesOf(mark, i, spec, style) {
  const make = { line, step: line, reference: line, points, band, whiskers, bars }[mark.kind];
  return { id: `mark-${i}`, name: mark.name, z: ORDER[mark.kind], ...make(mark, spec, style, style[mark.color] ?? style.accent) };
}

const ORDER = { band: 1, reference: 2, bars: 3, line: 4, step: 4, whiskers: 5, points: 6 };

function line(mark, spec, style, color) {
  const reference = mark.kind === "reference";
  const data = mark.data.map((value, i) => ({ value, hover: hoverOf(mark, i, spec) }));
  return {
    type: "line", data, silent: reference, step: mark.kind === "step" ? "end" : false, symbol: "circle", symbolSize: 5, connectNulls: false,
    showSymbol: true, itemStyle: { color, opacity: 0 }, emphasis: { itemStyle: { opacity: 1 } },
    lineStyle: { color, width: reference ? 1.25 : 2, type: reference ? [5, 4] : "solid" },
  };
}

// Names beside the lines instead of a legend: each is the label of an invisible point, pushed to the side that is free there.
function labelsOf(spec, style) {
  const named = spec.marks.filter((mark) => mark.label_at !== null);
  if (!named.length) return [];
  const data = named.map((mark) => {
    const color = mark.kind === "reference" ? style.muted : (style[mark.color] ?? style.accent);
    const halo = { textBorderColor: style.ground, textBorderWidth: 3 };
    return { value: mark.data[mark.label_at], label: { show: true, formatter: mark.name, position: "right", offset: [0, mark.label_side === "above" ? -12 : 12], color, fontSize: 12, fontWeight: 500, ...halo } };
  });
  return [{ id: "names", type: "scatter", data, symbolSize: 4, silent: true, animation: false, z: 8, itemStyle: { color: "transparent" }, label: { show: true } }];
}

function points(mark, spec, style, color) {
  const many = mark.data.length > 60;
  const data = mark.data.map((value, i) => ({ value, hover: hoverOf(mark, i, spec) }));
  return { type: "scatter", data, symbolSize: many ? 5 : 8, itemStyle: { color, opacity: many ? 0.45 : 1, borderColor: style.ground, borderWidth: many ? 0 : 1 } };
}

function band(mark, _spec, _style, color) {
  const edge = [...mark.data.map(([x, low]) => [x, low]), ...mark.data.toReversed().map(([x, , high]) => [x, high])];
  return {
    type: "custom", silent: true, clip: true, data: [edge[0]],
    renderItem: (_params, api) => ({ type: "polygon", shape: { points: edge.map((point) => api.coord(point)) }, style: { fill: color, opacity: 0.16 } }),
  };
}

function whiskers(mark, spec, _style, color) {
  const across = Boolean(spec.y.names); // intervals lie along x when the categories are on y
  return {
    type: "custom", silent: true, clip: true, data: mark.data,
    encode: across ? { y: 0, x: [1, 2] } : { x: 0, y: [1, 2] },
    renderItem: (_params, api) => {
      const [at, low, high] = [api.value(0), api.value(1), api.value(2)];
      const [x1, y1] = api.coord(across ? [low, at] : [at, low]);
      const [x2, y2] = api.coord(across ? [high, at] : [at, high]);
      return { type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: color, lineWidth: 1.5 } };
    },
  };
}

function bars(mark, spec, _style, color) {
  if (spec.y.names) {
    const data = mark.data.map(([at, length], i) => ({ value: [length, at], hover: hoverOf(mark, i, spec) }));
    return { type: "bar", data, barWidth: "60%", itemStyle: { color, opacity: 0.85, borderRadius: 1 } };
  }
  const data = mark.data.map((value, i) => ({ value, hover: hoverOf(mark, i, spec) }));
  return {
    type: "custom", clip: true, data, encode: { x: [0, 1], y: 2 },
    renderItem: (_params, api) => {
      const [x, y] = api.coord([api.value(0), api.value(2)]);
      const [right, floor] = api.coord([api.value(1), 0]);
      return { type: "rect", shape: { x: x + 0.5, y, width: Math.max(1, right - x - 1), height: floor - y }, style: { fill: color } };
    },
  };
}

function markerOf(spec, style) {
  if (!spec.follow.length) return [];
  const [x, y] = spec.follow[spec.start];
  if (y === null) {
    return [{
      id: "marker", type: "line", data: [], silent: true, z: 9,
      markLine: { symbol: "none", silent: true, animation: false, label: { show: false }, lineStyle: { color: style.ink, type: "solid", width: 1.5 }, data: [{ xAxis: x }] },
    }];
  }
  return [{ id: "marker", type: "scatter", data: x === null ? [] : [[x, y]], silent: true, z: 9, symbolSize: 12, animation: false, itemStyle: { color: style.ground, borderColor: style.ink, borderWidth: 2.5 } }];
}
