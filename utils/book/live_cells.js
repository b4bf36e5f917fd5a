/* The arithmetic of the live cells and nothing else: it runs in a page and in node.
   A test holds its numbers to the NumPy cells of utils.scratch. */
const liveCells = (() => {
  "use strict";
  const sigmoid = (z) => 1 / (1 + Math.exp(-z));
  const ACTIVATIONS = {
    linear: { f: (z) => z, slope: () => 1, steepest: 1 },
    relu: { f: (z) => Math.max(0, z), slope: (z) => (z > 0 ? 1 : 0), steepest: 1 },
    sigmoid: {
      f: sigmoid,
      slope: (z) => sigmoid(z) * (1 - sigmoid(z)),
      steepest: 1 / 4,
    },
    tanh: { f: Math.tanh, slope: (z) => 1 - Math.tanh(z) ** 2, steepest: 1 },
  };
  const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
  const norm = (vector) => Math.sqrt(sum(vector.map((v) => v * v)));

  /* h_t = f(w x_t + u h_(t-1) + b) for every step, from a state of 0. */
  const neuron = ({ w, u, b, x, activation }) => {
    const { f } = ACTIVATIONS[activation];
    let state = 0;
    return { h: x.map((x_t) => (state = f(w * x_t + u * state + b))) };
  };

  /* Norm of dC/dh after 0, 1, 2, ... steps back, for h_t = f(h_(t-1) U + inputs_t) with
     U = scale * matrix, from a gradient of norm 1 with equal entries at the last step;
     `bound` multiplies the largest singular value of U by the steepest slope of f. */
  const gradient = ({ matrix, sigma, inputs, scale, steps, activation }) => {
    const { f, slope, steepest } = ACTIVATIONS[activation];
    const units = matrix.map((_, unit) => unit);
    const U = matrix.map((row) => row.map((entry) => scale * entry));
    const sums = [];
    let h = units.map(() => 0);
    for (const input of inputs.slice(0, steps)) {
      sums.push(units.map((j) => input[j] + sum(units.map((i) => h[i] * U[i][j]))));
      h = sums.at(-1).map(f);
    }
    let d = units.map(() => 1 / Math.sqrt(units.length));
    const norms = [norm(d)];
    for (const z of sums.reverse()) {
      const d_z = d.map((d_j, j) => d_j * slope(z[j]));
      d = units.map((i) => sum(units.map((j) => d_z[j] * U[i][j])));
      norms.push(norm(d));
    }
    return { norms, bound: norms.map((_, k) => (scale * sigma * steepest) ** k) };
  };

  /* An LSTM of one unit: gates i, f, o, candidate g, carry c and output h of every step,
     from a carry and an output of 0. */
  const lstm = (p) => {
    const steps = { i: [], f: [], g: [], c: [], o: [], h: [] };
    let [h, c] = [0, 0];
    for (const x_t of p.x) {
      const z = (gate) => p["w_" + gate] * x_t + p["u_" + gate] * h + p["b_" + gate];
      const [i, f, o] = ["i", "f", "o"].map((gate) => sigmoid(z(gate)));
      const g = Math.tanh(z("g"));
      c = f * c + i * g;
      h = o * Math.tanh(c);
      Object.entries({ i, f, g, c, o, h }).forEach(([key, v]) => steps[key].push(v));
    }
    return steps;
  };

  return { neuron, gradient, lstm };
})();
