/* Controls, drawing and words of one live cell; `box` and `liveCells` are given. */
const spec = JSON.parse(box.querySelector("script[type]").textContent);
const values = { ...spec.data };

/* ------------------------------------------------------------- numbers as a reader's */

const sign = (text) => text.replace("-", "−");
const fixed = (value) => sign((Math.round(value * 100) / 100 + 0).toFixed(2));
const list = (numbers) => numbers.map(fixed).join(", ");
const raised = (exponent) =>
  [...String(exponent)].map((c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]).join("");
const power = (value) => {
  if (value === 0) return "0";
  if (value >= 0.01 && value < 1000) return sign(value.toPrecision(2));
  const [digits, exponent] = value.toExponential(1).split("e");
  return `${digits} × 10${raised(Number(exponent))}`;
};
const decade = (value) => {
  const exponent = Math.round(Math.log10(value));
  return exponent === 0 ? "1" : exponent === 1 ? "10" : `10${raised(exponent)}`;
};
const halfLife = (keep) => Math.log(0.5) / Math.log(keep);

/* ---------------------------------------- what each kind of cell draws, and its words */

const KINDS = {
  neuron() {
    const { h } = liveCells.neuron(values);
    const series = [
      { name: "input", y: values.x, color: 1, stems: true },
      { name: "state", y: h, color: 0, written: true },
    ];
    return {
      panels: [{ series, first: 1, xlabel: "step" }],
      words: `State after each step: ${list(h)}.`,
    };
  },
  gradient() {
    const { matrices, matrix, ...rest } = values;
    const { norms, bound } = liveCells.gradient({ ...rest, ...matrices[matrix] });
    const series = [
      { name: "bound", y: bound, color: 1, dashed: true },
      { name: "norm", y: norms, color: 0 },
    ];
    const [last, steps] = [norms.at(-1), norms.length - 1];
    const rate = last > 0 ? `, a factor of ${power(last ** (1 / steps))} a step on average` : "";
    return {
      panels: [{ series, first: 0, log: true, xlabel: "steps back", ylabel: "norm of the gradient" }],
      words:
        `After ${steps} steps back the gradient has the norm ${power(last)}${rate}. ` +
        `The bound there is ${power(bound.at(-1))}.`,
    };
  },
  lstm() {
    const { i, f, c, o, h } = liveCells.lstm(values);
    const gates = [
      { name: "input", y: i, color: 2, dashed: true },
      { name: "forget", y: f, color: 1 },
      { name: "output", y: o, color: 3, dotted: true },
    ];
    const states = [
      { name: "input", y: values.x, color: 4, stems: true },
      { name: "output", y: h, color: 0, dashed: true },
      { name: "carry", y: c, color: 5 },
    ];
    const keep = 1 / (1 + Math.exp(-values.b_f));
    return {
      panels: [
        { series: gates, first: 1, low: 0, high: 1, xlabel: "", ylabel: "gates" },
        { series: states, first: 1, xlabel: "step" },
      ],
      words:
        `Carry after each step: ${list(c)}. Output: ${list(h)}. With nothing coming in, ` +
        `the forget gate is ${fixed(keep)} and halves the carry every ${halfLife(keep).toFixed(1)} steps.`,
    };
  },
};

/* ------------------------------------------------------------------------------ drawing */

const svgOf = (name, attributes, text) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
};
const ink = (color) => `var(--dlts-live-${color})`;

/* The scale of a panel: what places a value, and the ticks. */
const scaleOf = ({ series, log, low, high }) => {
  const shown = series.flatMap(({ y }) => y).filter((v) => Number.isFinite(v));
  if (log) {
    const exponents = shown.filter((v) => v > 0).map(Math.log10);
    const bottom = Math.max(-30, Math.floor(Math.min(-1, ...exponents)));
    const top = Math.min(30, Math.ceil(Math.max(1, ...exponents)));
    const every = Math.ceil((top - bottom) / 5);
    const ticks = [];
    for (let e = Math.ceil(bottom / every) * every; e <= top; e += every) ticks.push(10 ** e);
    const place = (v) => (Math.log10(Math.max(v, 1e-99)) - bottom) / (top - bottom);
    return { ticks, place: (v) => Math.min(1, Math.max(0, place(v))), write: decade };
  }
  const most = Math.max(1, ...shown.map(Math.abs));
  const top = high ?? most, bottom = low ?? -most;
  const place = (v) => (v - bottom) / (top - bottom);
  return { ticks: [bottom, (bottom + top) / 2, top], place, write: (v) => sign(String(+v.toPrecision(2))) };
};

/* Heights for labels at the end of their lines, at least 14 px apart. */
const apart = (heights, top, bottom) => {
  const order = heights.map((y, k) => ({ y, k })).sort((a, b) => a.y - b.y);
  order.forEach((label, k) => (label.y = Math.max(label.y, (order[k - 1]?.y ?? top - 14) + 14)));
  order.reverse().forEach((label, k) => (label.y = Math.min(label.y, (order[k - 1]?.y ?? bottom + 14) - 14)));
  return order.sort((a, b) => a.k - b.k).map(({ y }) => y);
};

const panel = (svg, offset, height, width, chart) => {
  const { series, first } = chart, scale = scaleOf(chart);
  const [left, right, top, bottom] = [chart.log ? 44 : 34, 60, offset + 22, offset + height - 34];
  const n = series[0].y.length;
  const x = (k) => left + ((width - left - right) * (k + 0.5)) / n;
  const y = (v) => bottom - scale.place(v) * (bottom - top);
  const text = (words, at, more) => svg.append(svgOf("text", { x: at[0], y: at[1], ...more }, words));
  for (const tick of scale.ticks) {
    svg.append(svgOf("line", { x1: left, x2: width - right, y1: y(tick), y2: y(tick), class: "grid" }));
    text(scale.write(tick), [left - 6, y(tick) + 4], { "text-anchor": "end" });
  }
  const every = Math.ceil(n / Math.max(1, Math.floor((width - left - right) / 26)));
  for (let k = 0; k < n; k += every) text(first + k, [x(k), bottom + 16], { "text-anchor": "middle" });
  if (chart.xlabel) text(chart.xlabel, [(left + width - right) / 2, bottom + 31], { "text-anchor": "middle" });
  if (chart.ylabel) text(chart.ylabel, [4, offset + 12], {});
  for (const one of series) draw(svg, one, x, y, (width - left - right) / n);
  const ends = apart(series.map((one) => y(one.y.at(-1))), top, bottom);
  series.forEach(({ name, color }, k) =>
    text(name, [width - right + 6, ends[k] + 4], { style: `fill:${ink(color)};font-weight:600` }),
  );
};

const draw = (svg, { y: numbers, color, stems, dashed, dotted, written }, x, y, room) => {
  const style = `stroke:${ink(color)};fill:none;stroke-width:2`;
  if (stems) {
    numbers.forEach((v, k) =>
      svg.append(svgOf("line", { x1: x(k) - 7, x2: x(k) - 7, y1: y(0), y2: y(v), style: style + ";stroke-width:5;opacity:.55" })),
    );
    return;
  }
  const points = numbers.map((v, k) => `${x(k).toFixed(1)},${y(v).toFixed(1)}`).join(" ");
  const dash = dashed ? "7 4" : dotted ? "2 4" : "none";
  svg.append(svgOf("polyline", { points, style, "stroke-dasharray": dash }));
  numbers.forEach((v, k) => {
    if (room > 7) svg.append(svgOf("circle", { cx: x(k), cy: y(v), r: 3.2, style: `fill:${ink(color)}` }));
    const at = { x: x(k), y: y(v) + (v < 0 ? 17 : -8), "text-anchor": "middle", class: "halo" };
    if (written && room > 31) svg.append(svgOf("text", at, fixed(v)));
  });
};

/* ----------------------------------------------------------------------------- controls */

const make = (name, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
};
const quiet = (element) => {
  element.setAttribute("data-lm-suppress-shortcuts", "true"); // JupyterLab's own keys
  return element;
};

const sliderOf = ({ name, label, low, high, step }) => {
  const range = { type: "range", min: low, max: high, step, value: values[name], ariaLabel: label };
  const input = quiet(make("input", range));
  const output = make("output", { ariaLive: "off" });
  const told = () => {
    values[name] = input.valueAsNumber;
    output.textContent = input.ariaValueText = step < 1 ? fixed(values[name]) : String(values[name]);
  };
  told();
  input.addEventListener("input", () => (told(), show()));
  return make("label", { className: "dlts-live-row" }, make("span", { textContent: label }), input, output);
};

const choiceOf = ({ name, label, options }) => {
  const select = quiet(make("select", { ariaLabel: label }));
  for (const option of options) select.append(new Option(option, option, false, option === values[name]));
  select.addEventListener("change", () => ((values[name] = select.value), show()));
  return make("label", { className: "dlts-live-row" }, make("span", { textContent: label }), select);
};

/* Inputs by step: a press goes from 0 to 1 to −1 and back to 0. */
const sequenceOf = () => {
  const n = values.x.length;
  const patterns = {
    "one pulse": (k) => (k === 0 ? 1 : 0),
    constant: () => 1,
    alternating: (k) => (k % 2 ? -1 : 1),
    none: () => 0,
  };
  const buttons = values.x.map((_, k) => {
    const button = quiet(make("button", { type: "button" }));
    button.addEventListener("click", () => {
      values.x[k] = values.x[k] > 0 ? -1 : values.x[k] < 0 ? 0 : 1;
      tell();
      show();
    });
    return button;
  });
  const tell = () =>
    buttons.forEach((button, k) => {
      button.textContent = sign(String(values.x[k]));
      button.ariaLabel = `input at step ${k + 1}: ${button.textContent}`;
    });
  const presets = Object.entries(patterns).map(([name, f]) => {
    const preset = quiet(make("button", { type: "button", textContent: name, className: "wide" }));
    preset.addEventListener("click", () => {
      values.x = Array.from({ length: n }, (_, k) => f(k));
      tell();
      show();
    });
    return preset;
  });
  tell();
  const group = (label, parts) => {
    const row = make("div", { className: "dlts-live-row", ariaLabel: label }, make("span", { textContent: label }));
    row.setAttribute("role", "group");
    row.append(make("div", { className: "dlts-live-steps" }, ...parts));
    return row;
  };
  return [group("inputs, step by step", buttons), group("all inputs at once", presets)];
};

/* ----------------------------------------------------------------------------- the cell */

const svg = svgOf("svg", { role: "img" });
const words = make("p", { className: "dlts-live-words", ariaLive: "polite" });
const show = () => {
  const { panels, words: said } = KINDS[spec.kind]();
  const width = Math.max(280, Math.min(700, svg.parentNode.clientWidth || 640));
  const tall = panels.length > 1 ? 190 : 240;
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${width} ${tall * panels.length}`);
  svg.setAttribute("width", width);
  svg.setAttribute("aria-label", `${spec.alt}. ${said}`);
  panels.forEach((chart, k) => panel(svg, k * tall, tall, width, chart));
  if (words.textContent !== said) words.textContent = said;
};
const controls = make("div", {}, ...spec.choices.map(choiceOf), ...spec.sliders.map(sliderOf));
if (values.x) controls.append(...sequenceOf());
if (spec.more.length) {
  const summary = quiet(make("summary", { textContent: "weights" }));
  controls.append(make("details", {}, summary, ...spec.more.map(sliderOf)));
}
box.querySelector(".dlts-live-still").replaceWith(svg, words, controls);
show();
let shown = svg.parentNode.clientWidth;
new ResizeObserver(([{ target }]) => {
  if (target.clientWidth !== shown) show();
  shown = target.clientWidth;
}).observe(svg.parentNode);
