/**
 * Charts: ECharts drawn as SVG from JSON on the page. The table beside each chart is the chart for those who cannot see it.
 * Tooltips are drawn inside the SVG, because HTML ones carry style attributes, which our content policy refuses.
 */

/** @type {Promise<any> | undefined} */
let library;

/** @param {string} address */
function loadCharts(address) {
  library ??= new Promise((resolve, reject) => {
    document.head.append(Object.assign(document.createElement("script"), { src: address, onload: () => resolve(window.echarts), onerror: reject }));
  });
  return library;
}

/** @param {string} name */
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function palette() {
  const dark = document.documentElement.getAttribute("data-bs-theme") === "dark";
  const tones = dark
    ? { info: "#4fb3c4", good: "#5cbf86", warn: "#e39a45", bad: "#e8716a", neutral: "#8ea3ab" }
    : { info: "#0c6a7c", good: "#2e8b57", warn: "#d67a12", bad: "#b3261e", neutral: "#7c9098" };
  return { tones, order: [tones.info, dark ? "#f2b632" : "#c98a08", "#7b5ea7", tones.good, "#b0507a", tones.neutral] };
}

/** @param {any} chart @param {number} size of text in px */
function axes(chart, size) {
  const label = { color: token("--ink-soft"), fontSize: size, fontFamily: token("--font") };
  const line = { lineStyle: { color: token("--line") } };
  const category = { type: "category", data: chart.categories, axisLabel: { ...label, hideOverlap: true }, axisLine: line, axisTick: { show: false } };
  const value = { type: "value", axisLabel: label, splitLine: line, minInterval: 1 };
  return chart.horizontal ? { xAxis: value, yAxis: { ...category, inverse: true } } : { xAxis: category, yAxis: value };
}

/** @param {any} chart @param {number} index @param {any} tones @param {boolean} large */
function series(chart, index, tones, large) {
  const one = chart.series[index];
  const colour = tones[one.tone];
  return {
    name: one.name,
    type: chart.kind === "line" ? "line" : "bar",
    data: one.values,
    stack: chart.kind === "stacked" ? "all" : undefined,
    barMaxWidth: large ? 48 : 32,
    lineStyle: { width: 2.5, type: ["solid", "dashed", "dotted"][index % 3] },
    symbol: ["circle", "rect", "triangle", "diamond"][index % 4],
    symbolSize: 8,
    itemStyle: colour ? { color: colour } : undefined,
  };
}

/**
 * Labels beside the ring, or a legend below it where the canvas is too narrow for them.
 * @param {any} chart @param {any} colours @param {number} size @param {boolean} narrow
 */
function ring(chart, colours, size, narrow) {
  const [one] = chart.series;
  const words = { color: token("--ink"), fontSize: size, fontFamily: token("--font") };
  const value = (/** @type {string} */ name) => `${name} ${one.values[chart.categories.indexOf(name)]}`;
  return {
    legend: narrow ? { bottom: 0, left: "center", formatter: value, textStyle: words, itemGap: 12 } : undefined,
    series: [{
      type: "pie",
      radius: narrow ? ["38%", "60%"] : ["46%", "70%"],
      center: ["50%", narrow ? "36%" : "50%"],
      data: chart.categories.map((name, index) => ({ name, value: one.values[index] })),
      label: { ...words, show: !narrow, formatter: "{b} {c}" },
      labelLine: { show: !narrow },
      itemStyle: { borderColor: token("--surface"), borderWidth: 2 },
    }],
    color: colours.order,
  };
}

/** @param {any} chart @param {{ printing: boolean, width: number }} state */
function optionFor(chart, { printing, width }) {
  const large = document.documentElement.classList.contains("large-type");
  const still = printing || window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const colours = palette();
  const size = large ? 18 : 13;
  const frame = {
    animation: !still,
    textStyle: { fontFamily: token("--font") },
    // Patterns beside colours where colour is lost: on paper and with forced colours.
    aria: { enabled: true, label: { description: chart.description ?? chart.title }, decal: { show: printing || window.matchMedia("(forced-colors: active)").matches } },
    tooltip: { trigger: chart.kind === "ring" ? "item" : "axis", renderMode: "richText", confine: true, textStyle: { fontSize: size } },
  };
  if (chart.option) return { ...frame, ...chart.option };
  if (chart.kind === "ring") return { ...frame, ...ring(chart, colours, size, width < 30 * size) };
  const many = chart.series.length > 1;
  return {
    ...frame,
    ...axes(chart, size),
    color: colours.order,
    grid: { left: 4, right: 16, top: many ? (large ? 52 : 40) : 12, bottom: 4, containLabel: true },
    legend: many ? { top: 0, left: 0, itemGap: 16, textStyle: { color: token("--ink"), fontSize: size } } : undefined,
    series: chart.series.map((_, index) => series(chart, index, colours.tones, large)),
  };
}

/** @param {HTMLElement} figure @param {string} address */
async function startChart(figure, address) {
  figure.dataset.started = "yes";
  const data = document.getElementById(figure.dataset.chart ?? "");
  if (!data) return;
  const chart = JSON.parse(data.textContent ?? "{}");
  const echarts = await loadCharts(address);
  const canvas = figure.querySelector(".kit-chart__canvas");
  const drawing = echarts.init(canvas, null, { renderer: "svg" });
  const draw = (printing = false) => drawing.setOption(optionFor(chart, { printing, width: canvas.clientWidth }), true);
  draw();
  let width = canvas.clientWidth;
  new ResizeObserver(() => {
    if (!figure.isConnected) return drawing.dispose();
    drawing.resize();
    if (width !== canvas.clientWidth) draw();
    width = canvas.clientWidth;
  }).observe(canvas);
  document.addEventListener("juxing:appearance", () => draw());
  window.addEventListener("beforeprint", () => draw(true));
  window.addEventListener("afterprint", () => draw());
}

/** @param {HTMLElement[]} figures @param {DOMStringMap} addresses */
export function startCharts(figures, addresses) {
  for (const figure of figures) {
    startChart(figure, addresses.echarts).catch(() => figure.querySelector("details")?.setAttribute("open", ""));
  }
}
