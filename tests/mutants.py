"""Break the code on purpose, one line at a time, and see that a test goes red.

``python -m tests.mutants`` tries every mutant, ``python -m tests.mutants judge`` those
whose name has that word.  Each is tried on a copy of the code; the exit status is 1 if
one survives.  `make test` holds only that each text still stands in the code, once.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("utils", "grading", "tests", "solutions")  # the rest is linked to
CODE = ("utils", "grading")


@dataclass(frozen=True)
class Mutant:
    """A line of the code, what to put in its place, and the tests that must go red.

    The line is looked for in all of the code, wherever its module lies; the tests are
    file names of `tests/`, followed by a choice for ``-k`` where all would be too many.
    """

    name: str
    old: str
    new: str
    tests: str
    only: str = ""


MUTANTS = (
    # --- networks in NumPy
    Mutant(
        "backpropagation: sign of the error below",
        "return self.delta @ self.W.T\n\n    def keep_gradients",
        "return -self.delta @ self.W.T\n\n    def keep_gradients",
        "test_scratch_layers.py test_scratch_networks.py",
    ),
    Mutant(
        "backpropagation: the bias forgets to add up",
        "self.db = rows.sum(axis=0)",
        "self.db = rows.mean(axis=0)",
        "test_scratch_layers.py test_scratch_networks.py",
    ),
    Mutant(
        "losses: sign of cross-entropy's slope",
        "return -y / np.maximum(a, TINY) / _rows(a)",
        "return y / np.maximum(a, TINY) / _rows(a)",
        "test_scratch_networks.py",
    ),
    Mutant(
        "optimizers: Adam's second moment keeps the wrong share",
        "v[...] = self.beta_2 * v + (1 - self.beta_2) * g**2",
        "v[...] = self.beta_2 * v + (1 - self.beta_1) * g**2",
        "test_scratch_optimizers.py",
    ),
    Mutant(
        "optimizers: Nesterov looks no step ahead",
        "return self.momentum * v + lr * g if self.nesterov else v",
        "return v if self.nesterov else self.momentum * v + lr * g",
        "test_scratch_optimizers.py",
    ),
    Mutant(
        "recurrent layers: steps wait for threads",
        "with quiet, one_thread():",
        "with quiet:",
        "test_scratch_blas.py",
    ),
    Mutant(
        "gradient check: each number is forgiven more, the more there are",
        "rounding * np.sqrt(a.size)",
        "rounding * a.size",
        "test_scratch_networks.py",
        "rounding",
    ),
    Mutant(
        "gradient check: arrays of other shapes are compared",
        "[np.shape(g) for g in a], [np.shape(g) for g in b]",
        "[np.size(g) for g in a], [np.size(g) for g in b]",
        "test_scratch_networks.py",
        "bad_input",
    ),
    # --- delayed recall
    Mutant(
        "stack: no gradient is clipped",
        "np.minimum(1, self.clip / np.maximum(norms, 1e-30))",
        "np.ones_like(norms)",
        "test_stacked.py",
        "keras",
    ),
    Mutant(
        "recall: the ratio is upside down",
        "float(norms[0] / norms[-1])",
        "float(norms[-1] / norms[0])",
        "test_recall.py",
        "ratio",
    ),
    # --- from the table to windows
    Mutant(
        "data: the hourly rows start one too late",
        "return table.iloc[::ROWS_PER_HOUR]",
        "return table.iloc[1::ROWS_PER_HOUR]",
        "test_jena.py",
        "official",
    ),
    Mutant(
        "cleaning: of a repeated time the last row is kept",
        'duplicated(keep="first")',
        'duplicated(keep="last")',
        "test_cleaning.py",
        "keeps_its_first",
    ),
    Mutant(
        "cleaning: a run longer than the limit by one is filled",
        "last - first > limit",
        "last - first > limit + 1",
        "test_cleaning.py",
        "limit",
    ),
    Mutant(
        "windows: the last window is forgotten",
        "starts = np.arange(self.start, last + 1, self.stride)",
        "starts = np.arange(self.start, last, self.stride)",
        "test_windows.py",
    ),
    Mutant(
        "windows: a span is one row too long",
        "return (self.length - 1) * self.sampling + 1",
        "return self.length * self.sampling",
        "test_windows.py",
    ),
    Mutant(
        "windows: the nearest horizon decides what is purged",
        "furthest = int(horizons.max())",
        "furthest = int(horizons.min())",
        "test_windows.py",
    ),
    Mutant(
        "windows: a window may cross a gap with its last target",
        "runs[starts + self._reach - 1]",
        "runs[starts + self._reach - 2]",
        "test_windows.py",
    ),
    Mutant(
        "windows: targets at every step are counted from the last",
        "steps = self.offsets if self.every_step else self.offsets[-1]",
        "steps = self.offsets[::-1] if self.every_step else self.offsets[-1]",
        "test_windows.py",
    ),
    Mutant(
        "windows: a step may forecast its own row",
        "late = np.argwhere(first <= known)",
        "late = np.argwhere(first < known)",
        "test_windows.py",
    ),
    Mutant(
        "windows: an equal horizon may follow",
        "if late <= early:",
        "if late < early:",
        "test_windows.py",
    ),
    Mutant(
        "synthetic: both waves have the slow one's offset",
        "offsets = np.stack([o1, o2], axis=1)",
        "offsets = np.stack([o1, o1], axis=1)",
        "test_synthetic.py",
    ),
    Mutant(
        "synthetic: spread steps stop short of one unit of time",
        "return np.linspace(0, 1, n_steps)",
        "return np.linspace(0, 1, n_steps, endpoint=False)",
        "test_synthetic.py",
    ),
    Mutant(
        "metrics: the pinball loss punishes the wrong side",
        "np.maximum(level * errors, (level - 1) * errors)",
        "np.maximum((1 - level) * errors, -level * errors)",
        "test_metrics.py",
    ),
    Mutant(
        "metrics: errors by step run over the forecasts",
        "zip(truth.T, forecast.T, strict=True)",
        "zip(truth, forecast, strict=True)",
        "test_metrics.py",
    ),
    Mutant(
        "windows: the validation part begins a row late",
        "second = first + int(validation * n_rows + 1e-9)",
        "second = first + int(validation * n_rows + 1e-9) + 1",
        "test_windows.py",
    ),
    Mutant(
        "features: a mean looks one hour further back",
        "spans = sliding_window_view(values[:, k], hour)[rows - hour + 1]",
        "spans = sliding_window_view(values[:, k], hour)[rows - hour]",
        "test_features.py",
    ),
    Mutant(
        "features: a mean of hours reaches across a gap",
        "_look_back(table, rows, columns, max(hours) - 1, segments)",
        "_look_back(table, rows, columns, max(hours) - 2, segments)",
        "test_features.py",
    ),
    Mutant(
        "sea: a whole number of NumPy is refused",
        "isinstance(n_months, int | np.integer)",
        "isinstance(n_months, int)",
        "test_sea.py",
    ),
    Mutant(
        "sea: the anomalies lose their name",
        'return anomaly.rename("anomaly")',
        "return anomaly",
        "test_sea.py",
    ),
    # --- forecasts and what is said of them
    Mutant(
        "metrics: skill is turned round",
        "return 1 - error / reference",
        "return 1 - reference / error",
        "test_metrics.py",
    ),
    Mutant(
        "metrics: the season of MASE is off by one",
        "scale = mae(past[season:], past[:-season])",
        "scale = mae(past[1:], past[:-1])",
        "test_metrics.py",
    ),
    Mutant(
        "baselines: the seasonal forecast is a step late",
        "return values[..., -season + (steps - 1) % season]",
        "return values[..., -season + steps % season]",
        "test_baselines.py",
    ),
    Mutant(
        "intervals: the rank forgets the forecast itself",
        "rank = int(np.ceil(level * (len(y) + 1) - 1e-9))",
        "rank = int(np.ceil(level * len(y) - 1e-9))",
        "test_intervals.py",
    ),
    Mutant(
        "training: a later epoch with the same loss is kept",
        "losses[-1] < min(losses[:-1])",
        "losses[-1] <= min(losses[:-1])",
        "test_training.py test_loop.py",
        "best_epoch",
    ),
    Mutant(
        "ledger: equal medians pass for an order",
        "if not np.all(np.diff(medians) > 0):",
        "if not np.all(np.diff(medians) >= 0):",
        "test_ledger.py",
    ),
    Mutant(
        "ledger: a claim is settled with fewer seeds",
        "return claim.seeds in counts and counts <= {claim.seeds} | fixed",
        "return counts <= {claim.seeds, 1}",
        "test_ledger.py",
    ),
    Mutant(
        "leaderboard: a candidate gets all rows in one call",
        "CALLS = 7  # a call",
        "CALLS = 1  # a call",
        "test_leaderboard.py",
        "looks_targets_up or holds_the_target",
    ),
    Mutant(
        "preregistration: the log forgets the interval",
        "intervals=ends, why=why)",
        "intervals=None, why=why)",
        "test_preregistration.py",
        "fingerprint",
    ),
    Mutant(
        "preregistration: a large negative number is kept",
        "if np.abs(row).max() >= LARGEST:",
        "if row.max() >= LARGEST:",
        "test_preregistration.py",
        "sealed",
    ),
    Mutant(
        "preregistration: infinite settings are kept",
        "json.dumps(settings, allow_nan=False)",
        "json.dumps(settings)",
        "test_preregistration.py",
        "plan_that_is_none",
    ),
    Mutant(
        "preregistration: a range that is just enough gets one more",
        "confidence - 1e-12",
        "confidence",
        "test_preregistration.py",
        "just_reached",
    ),
    # --- grading
    Mutant(
        "judge: a lesser verdict replaces a graver one",
        "STATUSES.index(status) > STATUSES.index(self.status)",
        "STATUSES.index(status) < STATUSES.index(self.status)",
        "test_judge.py",
        "gravest",
    ),
    Mutant(
        "judge: the first of two equally grave verdicts is lost",
        "STATUSES.index(status) > STATUSES.index(self.status)",
        "STATUSES.index(status) >= STATUSES.index(self.status)",
        "test_judge.py",
        "gravest",
    ),
    Mutant(
        "judge: what follows an endless loop gets less than the least",
        "self._patience = max(self._patience / 2, _LEAST)",
        "self._patience = min(self._patience / 2, _LEAST)",
        "test_judge.py",
        "endless",
    ),
    Mutant(
        "judge: a test that must fail is believed when it passes",
        'if canary.get("evalue") != words[0] or not told:',
        'if canary.get("evalue") == words[0] or not told:',
        "grading/test_models.py",
        "canaries or in_the_cage",
    ),
    Mutant(
        "repair: a check that is just alike enough is not found",
        "if scores and max(scores) >= _SURE:",
        "if scores and max(scores) > _SURE:",
        "test_repair.py",
    ),
    Mutant(
        "repair: a given cell that is just alike enough is not found",
        "_likeness(piece, best) >= _ALIKE",
        "_likeness(piece, best) > _ALIKE",
        "test_repair.py",
    ),
    Mutant(
        "repair: of several versions the first counts",
        "return (whole or readable or written)[-1]",
        "return (whole or readable or written)[0]",
        "test_repair.py",
    ),
    Mutant(
        "repair: a cell by place may lie behind the next one",
        "if p.part and p.part.place < place)",
        "if p.part and p.part.place > place)",
        "test_repair.py",
    ),
    Mutant(
        "statistics: full marks are those above the best",
        "full = sum(score >= best for score, best in points)",
        "full = sum(score > best for score, best in points)",
        "test_statistics.py",
    ),
    Mutant(
        "similarity: a pair at the threshold is left out",
        "if share >= least and shared >= evidence:",
        "if share > least and shared >= evidence:",
        "test_similarity.py",
    ),
    Mutant(
        "submissions: a folder may hold one entry too many",
        "if len(found) > MOST_ENTRIES:",
        "if len(found) > MOST_ENTRIES + 1:",
        "test_submissions.py",
    ),
    Mutant(
        "data: a zone may begin like a name",
        "_ZONE.fullmatch(name)",
        "_ZONE.match(name)",
        "test_data_codec.py",
    ),
    Mutant(
        "data: a zone with rules is taken for a distance from UTC",
        "if zone is not None and type(zone) is not datetime.timezone:",
        "if False:",
        "test_data_codec.py",
    ),
    Mutant(
        "data: a table travels with a column that has to stay",
        "return None if None in columns else",
        "return",
        "test_data_codec.py",
    ),
    Mutant(
        "data: a table becomes a series",
        "if type(old) is type(new):\n        old.__init__(new)",
        "if True:\n        old.__init__(new)",
        "test_data_codec.py",
    ),
    Mutant(
        "data: a zone keeps the UTC before its hours",
        're.sub(r"^UTC(?=[+-])", "", str(zone))',
        "str(zone)",
        "test_data_codec.py",
    ),
    Mutant(
        "data: names of a tuple may be code",
        "return known and _are_names(names) and",
        "return known and",
        "test_data_codec.py",
    ),
    Mutant(
        "cluster: no shard follows the first ones",
        "send(*itertools.islice(shards, 1))",
        "send(*itertools.islice(shards, 0))",
        "test_cluster.py",
        "graded_elsewhere",
    ),
    Mutant(
        "cluster: one lost worker convicts a submission",
        "for _ in range(_TRIES):",
        "for _ in range(1):",
        "test_cluster.py",
        "by_chance",
    ),
)


def sources(root=ROOT):
    """Return the text of every module of the code, by its path."""
    paths = (path for folder in CODE for path in root.glob(f"{folder}/**/*.py"))
    return {path: path.read_text("utf-8") for path in paths}


def place(mutant, texts):
    """Return the one module in which a mutant's line stands, once."""
    found = [
        path for path, text in texts.items() for _ in range(text.count(mutant.old))
    ]
    if len(found) != 1:
        raise LookupError(f"{mutant.name}: its line stands in {len(found)} places")
    return found[0]


def aimed_at(mutant, root):
    """Return the files of the tests that must go red."""
    paths = [
        path for name in mutant.tests.split() for path in root.glob(f"tests/**/{name}")
    ]
    if not paths:
        raise LookupError(f"{mutant.name}: there is no {mutant.tests}")
    return paths


def copy_to(folder):
    """Copy the code to a folder, and link to the rest."""
    left_out = shutil.ignore_patterns("__pycache__")
    for path in ROOT.iterdir():
        if path.name in COPIED:
            shutil.copytree(path, folder / path.name, ignore=left_out)
        elif path.name != ".git":
            (folder / path.name).symlink_to(path)


def survives(mutant, root):
    """Say whether the tests stay green on a mutant, in a copy of the code."""
    path = place(mutant, sources(root))
    whole = path.read_text("utf-8")
    path.write_text(whole.replace(mutant.old, mutant.new), "utf-8")
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0"]
    command += ["-p", "no:cacheprovider", *aimed_at(mutant, root)]
    command += ["-k", mutant.only] if mutant.only else []
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    path.write_text(whole, "utf-8")
    if done.returncode not in (0, 1):
        raise LookupError(f"{mutant.name}: no test was run\n{done.stdout[-2000:]}")
    return done.returncode == 0


def main():
    """Try the mutants and say which survive."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutants", description=__doc__
    )
    parser.add_argument("word", nargs="?", default="", help="part of a mutant's name")
    word = parser.parse_args().word
    chosen = [mutant for mutant in MUTANTS if word in mutant.name]
    with tempfile.TemporaryDirectory() as folder:
        copy_to(Path(folder))
        alive = 0
        for mutant in chosen:
            survived = survives(mutant, Path(folder))
            alive += survived
            print(f"{'SURVIVED' if survived else 'red':8} {mutant.name}", flush=True)
    print(f"{len(chosen) - alive} of {len(chosen)} mutants turn a test red.")
    return 1 if alive or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
