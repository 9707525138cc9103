"use strict";
// Draws the charts from the numbers in #data and keeps their cursors on the same step.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const COLOURS = 8;
  const DASHES = [[], [8, 3], [2, 3], [10, 3, 2, 3]];
  const SHAPES = ["circle", "triangle", "rect", "rectRot"];
  const MOST_POINTS = 40;
  const charts = [];
  let cursor = null;

  const compact = (value) =>
    value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6)
      ? value.toExponential(2).replace(/\.?0+e/, "e")
      : Number(value.toPrecision(4)).toLocaleString("en");
  const FORMATS = {
    share: (value) => `${compact(100 * value)} %`,
    number: compact,
    seconds: (value) => `${compact(value)} s`,
  };

  const crosshair = {
    id: "crosshair",
    afterDraw(chart) {
      if (cursor === null) {
        return;
      }
      const x = chart.scales.x.getPixelForValue(cursor);
      const { left, right, top, bottom } = chart.chartArea;
      if (x < left || x > right) {
        return;
      }
      const context = chart.ctx;
      context.save();
      context.strokeStyle = colour("faint");
      context.setLineDash([3, 3]);
      context.beginPath();
      context.moveTo(x, top);
      context.lineTo(x, bottom);
      context.stroke();
      context.restore();
    },
    afterEvent(chart, { event }) {
      if (event.type === "mousemove") {
        const nearest = chart.getElementsAtEventForMode(event, "nearest", { axis: "x", intersect: false }, true);
        moveCursor(nearest.length ? chart.data.datasets[nearest[0].datasetIndex].data[nearest[0].index].x : null, chart);
      } else if (event.type === "mouseout") {
        moveCursor(null, chart);
      }
    },
  };

  function moveCursor(step, source) {
    if (step === cursor) {
      return;
    }
    cursor = step;
    for (const chart of charts) {
      if (chart !== source) {
        chart.setActiveElements(step === null ? [] : pointsAt(chart, step));
      }
      chart.render();
    }
  }

  function pointsAt(chart, step) {
    return chart.data.datasets.flatMap((dataset, datasetIndex) => {
      const index = dataset.data.findIndex((point) => point.x === step && point.y !== null);
      return index < 0 || !chart.isDatasetVisible(datasetIndex) ? [] : [{ datasetIndex, index }];
    });
  }

  // Points crowd a long line, but a value between two gaps has no line and must show as a point.
  function pointRadius({ dataset, dataIndex }) {
    const points = dataset.data;
    const absent = (index) => points[index] === undefined || points[index].y === null;
    const alone = !dataset.spanGaps && absent(dataIndex - 1) && absent(dataIndex + 1);
    return dataset.few || alone ? 2.5 + dataset.rim : 0;
  }

  function dataset(line) {
    const steps = data.steps[line.arm];
    const layer = line.kind === "layer";
    const hue = () => colour(`colour-${line.colour % COLOURS}`);
    const turn = Math.floor(line.colour / COLOURS);
    const rim = 1.25 * line.around;
    return {
      arm: layer || line.kind === "measure" ? null : line.arm,
      label: line.label,
      data: line.values.map((y, index) => ({ x: steps[index], y })),
      few: line.values.filter((y) => y !== null).length <= MOST_POINTS,
      spanGaps: line.kind === "evaluations",
      rim,
      borderColor: hue,
      backgroundColor: layer ? () => `${hue()}99` : hue,
      borderWidth: layer ? 1 : 1.75 + 2 * rim,
      borderDash: line.kind === "stand_in" ? [5, 4] : DASHES[turn % DASHES.length],
      pointStyle: SHAPES[line.colour % SHAPES.length],
      pointRadius: layer ? 0 : pointRadius,
      pointHoverRadius: 4,
      fill: layer ? (line.colour === 0 ? "origin" : "-1") : false,
    };
  }

  function draw(canvas) {
    const chart = data.charts[Number(canvas.dataset.chart)];
    const format = FORMATS[chart.unit];
    const stacked = chart.lines.some((line) => line.kind === "layer");
    const named = chart.lines.some((line) => line.kind === "layer" || line.kind === "measure");
    const axis = { grid: { color: () => colour("line") }, border: { display: false } };
    const ticks = { color: () => colour("faint"), font: { size: 11 }, maxRotation: 0 };
    const title = { display: canvas.closest(".large") !== null, text: "step", color: ticks.color, font: ticks.font };
    return new Chart(canvas, {
      type: "line",
      data: { datasets: chart.lines.map(dataset) },
      plugins: [crosshair],
      options: {
        animation: false,
        maintainAspectRatio: false,
        parsing: false,
        interaction: { mode: "nearest", axis: "x", intersect: false },
        scales: {
          x: { ...axis, type: "linear", title, ticks: { ...ticks, precision: 0, maxTicksLimit: 8 } },
          y: { ...axis, stacked, beginAtZero: stacked || chart.unit === "share", ticks: { ...ticks, maxTicksLimit: 6, callback: format } },
        },
        plugins: {
          legend: { display: named, position: "bottom", labels: { color: () => colour("faint"), boxWidth: 10, boxHeight: 10 } },
          tooltip: {
            callbacks: {
              title: (items) => (items.length ? `Step ${items[0].parsed.x}` : ""),
              label: (item) => ` ${item.dataset.label}: ${format(item.parsed.y)}`,
            },
          },
        },
      },
    });
  }

  function toggle(button) {
    const shown = button.getAttribute("aria-pressed") === "false";
    button.setAttribute("aria-pressed", String(shown));
    for (const chart of charts) {
      chart.data.datasets.forEach((line, index) => {
        if (line.arm === Number(button.dataset.arm)) {
          chart.setDatasetVisibility(index, shown);
        }
      });
      chart.update();
    }
  }

  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  document.querySelectorAll("canvas[data-chart]").forEach((canvas) => charts.push(draw(canvas)));
  document.querySelectorAll(".legend button").forEach((button) =>
    button.addEventListener("click", () => toggle(button)));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
    charts.forEach((chart) => chart.update()));
})();
