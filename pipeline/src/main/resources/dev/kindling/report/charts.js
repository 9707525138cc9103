"use strict";
// Draws the charts from the numbers in #data and keeps their cursors on the same step. What a reader
// has chosen is kept in the history's state, so that it is there again when the page is loaded again.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const COLOURS = 8;
  const DASHES = [[], [8, 3], [2, 3], [10, 3, 2, 3]];
  const SHAPES = ["circle", "triangle", "rect", "rectRot"];
  const MOST_POINTS = 40;
  const STRIPE = 6;
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
  // Where lines coincide, the point of the lower one is a ring around that of the upper.
  function pointRadius({ chart, dataset, datasetIndex, dataIndex }) {
    const points = dataset.data;
    const absent = (index) => points[index] === undefined || points[index].y === null;
    if (absent(dataIndex)) {
      return 0;
    }
    const alone = absent(dataIndex - 1) && absent(dataIndex + 1);
    return dataset.few || alone ? 2.5 + 1.5 * together(chart, datasetIndex, [dataIndex]).indexOf(datasetIndex) : 0;
  }

  // The lines that are shown and, at these points of one of them, no further from it than a line is wide.
  function together(chart, datasetIndex, indices) {
    const y = chart.scales.y;
    const own = chart.data.datasets[datasetIndex];
    return chart.data.datasets.flatMap((other, index) => {
      const same = indices.every((at) => {
        const { x, y: value } = own.data[at];
        const there = other.values.get(x);
        return there !== undefined && Math.abs(y.getPixelForValue(there) - y.getPixelForValue(value)) < 1.5;
      });
      return same && other.arm !== null && chart.isDatasetVisible(index) ? [index] : [];
    });
  }

  // Chart.js draws the first line last. Of lines that coincide the lowest is solid, and each of the others
  // has dashes of its own, so that the line is striped in the colours of all.
  function dash({ chart, datasetIndex, p0DataIndex, p1DataIndex }) {
    const lines = together(chart, datasetIndex, [p0DataIndex, p1DataIndex]);
    const place = lines.indexOf(datasetIndex);
    return lines.length < 2 || place === lines.length - 1
      ? undefined
      : { dash: [STRIPE, STRIPE * (lines.length - 1)], offset: -STRIPE * place };
  }

  function dataset(line) {
    const steps = line.steps ?? data.steps[line.arm];
    const layer = line.kind === "layer";
    const hue = () => colour(`colour-${line.colour % COLOURS}`);
    const turn = Math.floor(line.colour / COLOURS);
    const joined = line.kind === "evaluations";
    const points = line.values
      .map((y, index) => ({ x: steps[index], y, low: line.low?.[index], high: line.high?.[index] }))
      .filter(({ y }) => y !== null || !joined);
    return {
      arm: layer ? null : line.arm,
      label: line.label,
      data: points,
      values: new Map(points.filter(({ y }) => y !== null).map(({ x, y }) => [x, y])),
      few: points.filter(({ y }) => y !== null).length <= MOST_POINTS,
      segment: layer ? undefined : { borderDash: (at) => dash(at)?.dash, borderDashOffset: (at) => dash(at)?.offset },
      borderColor: hue,
      backgroundColor: layer ? () => `${hue()}99` : hue,
      borderWidth: layer ? 1 : 2.25,
      borderDash: line.kind === "stand_in" ? [5, 4] : DASHES[turn % DASHES.length],
      pointStyle: SHAPES[line.colour % SHAPES.length],
      pointRadius: layer ? 0 : pointRadius,
      pointHoverRadius: 4,
      fill: layer ? (line.colour === 0 ? "origin" : "-1") : false,
    };
  }

  // The intervals of an arm stand a little beside those of the others.
  const intervals = {
    id: "intervals",
    beforeDatasetsDraw(chart) {
      const { ctx, scales: { x, y } } = chart;
      const shown = chart.data.datasets.filter((of, index) => of.arm !== null && chart.isDatasetVisible(index));
      shown.forEach((of, place) => {
        ctx.save();
        ctx.strokeStyle = of.borderColor();
        ctx.globalAlpha = 0.55;
        ctx.beginPath();
        for (const point of of.data.filter(({ low, high }) => low != null && high != null)) {
          const left = x.getPixelForValue(point.x) + 4 * (place - (shown.length - 1) / 2);
          const [low, high] = [y.getPixelForValue(point.low), y.getPixelForValue(point.high)];
          ctx.moveTo(left, low);
          ctx.lineTo(left, high);
          for (const end of [low, high]) {
            ctx.moveTo(left - 1.5, end);
            ctx.lineTo(left + 1.5, end);
          }
        }
        ctx.stroke();
        ctx.restore();
      });
    },
  };

  function ends(chart) {
    const all = chart.lines.flatMap((line) => [...(line.low ?? []), ...(line.high ?? [])]).filter((end) => end !== null);
    return all.length ? { suggestedMin: Math.min(...all), suggestedMax: Math.max(...all) } : {};
  }

  function draw(canvas) {
    const chart = data.charts[Number(canvas.dataset.chart)];
    const format = FORMATS[chart.unit];
    const stacked = chart.lines.some((line) => line.kind === "layer");
    const axis = { grid: { color: () => colour("line") }, border: { display: false } };
    const ticks = { color: () => colour("faint"), font: { size: 11 }, maxRotation: 0 };
    const title = { display: canvas.closest(".large") !== null, text: "step", color: ticks.color, font: ticks.font };
    return new Chart(canvas, {
      type: "line",
      data: { datasets: chart.lines.map(dataset) },
      plugins: [intervals, crosshair],
      options: {
        animation: false,
        maintainAspectRatio: false,
        parsing: false,
        interaction: { mode: "nearest", axis: "x", intersect: false },
        scales: {
          x: { ...axis, type: "linear", title, ticks: { ...ticks, precision: 0, maxTicksLimit: 8 } },
          y: { ...axis, ...ends(chart), stacked, beginAtZero: stacked || chart.unit === "share", ticks: { ...ticks, maxTicksLimit: 6, callback: format } },
        },
        plugins: {
          legend: { display: stacked, position: "bottom", labels: { color: () => colour("faint"), boxWidth: 10, boxHeight: 10 } },
          tooltip: {
            callbacks: {
              title: (items) => (items.length ? `Step ${items[0].parsed.x}` : ""),
              label: ({ dataset: of, parsed, raw }) =>
                ` ${of.label}: ${format(parsed.y)}${raw.low == null ? "" : ` (${format(raw.low)} … ${format(raw.high)})`}`,
            },
          },
        },
      },
    });
  }

  function toggle(button, shown) {
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

  const buttons = [...document.querySelectorAll(".legend button")];
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  document.querySelectorAll("canvas[data-chart]").forEach((canvas) => charts.push(draw(canvas)));
  for (const button of buttons) {
    button.addEventListener("click", () => {
      toggle(button, button.getAttribute("aria-pressed") === "false");
      const hidden = buttons.filter((of) => of.getAttribute("aria-pressed") === "false").map((of) => of.dataset.arm);
      history.replaceState({ ...history.state, hidden }, "");
    });
    if (history.state?.hidden?.includes(button.dataset.arm)) {
      toggle(button, false);
    }
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
    charts.forEach((chart) => chart.update()));
  if (document.documentElement.dataset.live !== undefined) {
    // Not while somebody types or chooses.
    setInterval(() => document.activeElement?.matches("input, select") || location.reload(), 10000);
  }
})();
