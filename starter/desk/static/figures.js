// Draws the figure of the page over time. Without this script the table below it says the same.
"use strict";
addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("drawing");
  if (!place) return;
  const { at, values, label, unit, target, units, since, until } = JSON.parse(place.dataset.drawing);
  const ink = getComputedStyle(place).color;
  const SIZES = [["d", 86400000], ["h", 3600000], ["min", 60000], ["s", 1000]];
  const span = (value) => {
    if (value > 0 && value < 1000) return units.ms.replace("#", Math.round(value));
    let rest = Math.round(value / 1000) * 1000;
    const parts = [];
    for (const [unit, size] of SIZES) {
      const count = Math.floor(rest / size);
      rest -= count * size;
      if (count) parts.push(units[unit].replace("#", count));
    }
    return parts.slice(0, 2).join(" ") || units.s.replace("#", 0);
  };
  const said = (value) => {
    if (value === null || value === undefined) return "–";
    if (unit === "share") return `${(value * 100).toFixed(1)} %`;
    return unit === "span" ? span(value) : String(Math.round(value * 100) / 100);
  };
  // The library knows English dates only.
  const language = document.documentElement.lang;
  const day = new Intl.DateTimeFormat(language, { month: "numeric", day: "numeric" });
  const hour = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const moment = (at) => `${day.format(at * 1000)} ${hour.format(at * 1000)}`;
  const tick = (ticks, step) => ticks.map((one) => (step < 86400 ? moment(one) : day.format(one * 1000)));
  const when = { label: place.dataset.when, value: (_, at) => (at ? moment(at) : "–") };
  const series = [when, { label, stroke: "#0172ad", width: 2, points: { show: true, size: 6 }, value: (_, value) => said(value) }];
  const columns = [at, values];
  if (target !== null) {
    series.push({ label: place.dataset.target, stroke: "#8a5200", dash: [6, 4], points: { show: false }, value: (_, value) => said(value) });
    columns.push(at.map(() => target));
  }
  const axis = { stroke: ink, grid: { stroke: `color-mix(in srgb, ${ink} 15%, transparent)` } };
  const size = () => ({ width: place.clientWidth, height: 260 });
  const drawn = new uPlot(
    { ...size(), series, scales: { x: { range: () => [since, until] }, y: unit === "share" ? { range: [0, 1] } : {} }, axes: [{ ...axis, space: 90, values: (_, ticks, __, ___, step) => tick(ticks, step) }, { ...axis, size: 70, values: (_, ticks) => ticks.map(said) }] },
    columns,
    place,
  );
  addEventListener("resize", () => drawn.setSize(size()));
});
