"""What students write for exercise 13: wrong in a known way or right in another."""

from tests.exercises.harness import Task, together


def _epochs(mine="-(-n_windows // batch_size)", answer="-(-total // mine)", **changed):
    """Return an answer with other counts of steps."""
    theirs = changed.get("theirs", "-(-source_windows // source_batch_size)")
    return f"""
import math


def matching_epochs(
    n_windows, batch_size, source_windows, source_batch_size, source_epochs
):
    mine, theirs = {mine}, {theirs}
    total = theirs * source_epochs
    return {answer}
"""


EPOCHS = Task(
    right={
        "rounded up by math": _epochs(
            "math.ceil(n_windows / batch_size)",
            "math.ceil(total / mine)",
            theirs="math.ceil(source_windows / source_batch_size)",
        ),
        "counted one by one": """
            def matching_epochs(
                n_windows, batch_size, source_windows, source_batch_size, source_epochs
            ):
                mine = (n_windows + batch_size - 1) // batch_size
                left = source_epochs * len(range(0, source_windows, source_batch_size))
                epochs = 0
                while left > 0:
                    left, epochs = left - mine, epochs + 1
                return epochs
            """,
        "a lambda with a helper": """
            def up(a: int, b: int) -> int:
                return (a - 1) // b + 1

            matching_epochs = lambda n, size, theirs, their_size, epochs: up(
                up(theirs, their_size) * epochs, up(n, size)
            )
            """,
        "counted by NumPy": """
            def matching_epochs(n_windows, batch_size, windows, size, source_epochs):
                both = np.array([n_windows, windows])
                mine, theirs = np.ceil(both / [batch_size, size])
                return np.ceil(theirs * source_epochs / mine).astype(int)
            """,
    },
    wrong={
        "batch sizes exchanged": (
            _epochs(
                "-(-n_windows // source_batch_size)",
                theirs="-(-source_windows // batch_size)",
            ),
            "The two batch sizes are exchanged.",
        ),
        "all of the source's windows in one row": (
            _epochs(
                answer="-(-(-(-source_windows * source_epochs // source_batch_size))"
                " // mine)"
            ),
            "Round up in each of the source's epochs",
        ),
        "never fewer than the source": (
            _epochs(answer="max(source_epochs, -(-total // mine))"),
            "what is left over is rounded up",
        ),
        "epochs instead of steps": (
            _epochs(answer="source_epochs"),
            "its steps are to be matched",
        ),
        "the ratio of two epochs": (
            _epochs(answer="-(-theirs // mine)"),
            "So many epochs of yours take as many steps as one epoch",
        ),
        "the steps themselves": (
            _epochs(answer="total"),
            "That is the source's number of steps",
        ),
        "only full batches": (
            _epochs("n_windows // batch_size", theirs="source_windows // 256"),
            "The last batch of an epoch is a step too",
        ),
        "upside down": (
            _epochs(answer="-(-source_epochs * mine // theirs)"),
            "The ratio is upside down",
        ),
        "windows instead of steps": (
            _epochs("n_windows", theirs="source_windows"),
            "Count steps, not windows",
        ),
        "one batch size for both": (
            _epochs("-(-n_windows // source_batch_size)"),
            "Your batches have a size of their own",
        ),
        "the other batch size for both": (
            _epochs(theirs="-(-source_windows // batch_size)"),
            "The source's batches have a size of their own",
        ),
        "rounded down": (
            _epochs(answer="total // mine"),
            "13 epochs take fewer steps than the source does",
        ),
        "a float": (
            _epochs(answer="float(math.ceil(total / mine))"),
            "it is a float, and `fit` takes only an int",
        ),
        "one more to be safe": (
            _epochs(answer="total // mine + 1"),
            "After 60 epochs the steps are equal",
        ),
        "rounded up for each epoch": (
            _epochs(answer="-(-theirs // mine) * source_epochs"),
            "Round up once, at the end",
        ),
        "at least as many, and one more where it divides": (
            _epochs(mine="n_windows // batch_size + 1"),
            "The epochs where all batches are full",
        ),
        "at most as many as the source's": (
            _epochs(answer="min(-(-total // mine), source_epochs)"),
            "its steps are to be matched",
        ),
        "the epochs are not written": (
            """
            def matching_epochs(
                n_windows, batch_size, source_windows, source_batch_size, source_epochs
            ):
                raise NotImplementedError("not attempted yet")
            """,
            "`matching_epochs` (1 point): `matching_epochs` still holds the line",
        ),
        "one argument too few": (
            """
            def matching_epochs(n_windows, batch_size, source_windows, source_epochs):
                return -(-source_windows * source_epochs // n_windows)
            """,
            "`matching_epochs` stopped with an error.",
        ),
    },
)


def _judge(
    errors="np.abs(forecasts - truth).mean(axis=1)",
    median="np.median(errors)",
    better="int((errors < np.abs(naive - truth).mean()).sum())",
):
    """Return an answer with other errors, another middle or another count."""
    return f"""
def judge(forecasts, truth, naive):
    errors = {errors}
    return {median}, {better}
"""


JUDGE = Task(
    right={
        "one seed after the other": """
            def judge(forecasts, truth, naive):
                def mae(forecast):
                    return sum(abs(f - t) for f, t in zip(forecast, truth)) / len(truth)

                errors = sorted(mae(forecast) for forecast in forecasts)
                middle = len(errors) // 2
                median = (errors[middle] + errors[~middle]) / 2
                return median, sum(error < mae(naive) for error in errors)
            """,
        "pandas": """
            import pandas as pd


            def judge(forecasts, truth, naive):
                seeds = pd.DataFrame(forecasts.T)
                errors = seeds.sub(truth, axis=0).abs().mean()
                limit = pd.Series(naive - truth).abs().mean()
                return errors.median(), int(errors.lt(limit).sum())
            """,
        "naive as one more row": """
            import statistics


            def judge(forecasts, truth, naive):
                rows = np.vstack([naive, forecasts]) - truth
                limit, *errors = np.mean(np.absolute(rows), axis=1).tolist()
                return statistics.median(errors), len([e for e in errors if e < limit])
            """,
    },
    wrong={
        "mean of the seeds": (
            _judge(median="errors.mean()"),
            "That is the mean over the seeds",
        ),
        "the seeds as an ensemble": (
            _judge(median="np.abs(forecasts.mean(axis=0) - truth).mean()"),
            "an ensemble; give each seed's network its own error",
        ),
        "the median forecast": (
            _judge(median="np.abs(np.median(forecasts, axis=0) - truth).mean()"),
            "That is the error of the median forecast",
        ),
        "errors that cancel": (
            _judge("np.abs((forecasts - truth).mean(axis=1))"),
            "so that errors do not cancel",
        ),
        "the best seed": (
            _judge(median="errors.min()"),
            "nobody knows in advance which seed it will be",
        ),
        "squares": (
            _judge("((forecasts - truth) ** 2).mean(axis=1)"),
            "Those are mean squares",
        ),
        "roots of mean squares": (
            _judge("((forecasts - truth) ** 2).mean(axis=1) ** 0.5"),
            "Those are roots of mean squares",
        ),
        "the mean over the seeds, hour by hour": (
            _judge("np.abs(forecasts - truth).mean(axis=0)"),
            "take the mean over the hours, which is `axis=1`.",
        ),
        "the upper of two in the middle": (
            _judge(median="np.sort(errors)[len(errors) // 2]"),
            "Of four seeds two are in the middle",
        ),
        "median over everything": (
            _judge(median="np.median(np.abs(forecasts - truth))"),
            "the median over the seeds",
        ),
        "a tie counts": (
            _judge(better="int((errors <= np.abs(naive - truth).mean()).sum())"),
            "As good is not better, but you count it.",
        ),
        "compared with the root of the mean square": (
            _judge(better="int((errors < np.mean((naive - truth) ** 2) ** 0.5).sum())"),
            "As good is not better, but you count it.",
        ),
        "whether the median is better": (
            _judge(better="int(np.median(errors) < np.abs(naive - truth).mean())"),
            "compare each network by itself.",
        ),
        "compared with the median of the naive errors": (
            _judge(better="int((errors < np.median(np.abs(naive - truth))).sum())"),
            "where the naive forecast errs once",
        ),
        "the lower of two in the middle": (
            _judge(median="np.sort(errors)[(len(errors) - 1) // 2]"),
            "yours is the error of the lower one",
        ),
        "each network's median error": (
            _judge("np.median(np.abs(forecasts - truth), axis=1)"),
            "That is a median over the hours.",
        ),
        "the distance from the naive forecast": (
            _judge("np.abs(forecasts - naive).mean(axis=1)"),
            "not from the naive forecast.",
        ),
        "changed places": (
            """
            def judge(forecasts, truth, naive):
                errors = np.abs(forecasts - truth).mean(axis=1)
                limit = np.abs(naive - truth).mean()
                return int((errors < limit).sum()), np.median(errors)
            """,
            "Median and number have changed places",
        ),
        "those that are worse": (
            _judge(better="int((errors > np.abs(naive - truth).mean()).sum())"),
            "Two networks have a lower error than the naive forecast and one",
        ),
        "which of them are better": (
            _judge(better="errors < np.abs(naive - truth).mean()"),
            "True and False came back",
        ),
        "the median only": (
            """
            def judge(forecasts, truth, naive):
                return np.median(np.abs(forecasts - truth).mean(axis=1))
            """,
            "Return two numbers",
        ),
        "the judgement is not written": (
            """
            def judge(forecasts, truth, naive):
                raise NotImplementedError("not attempted yet")
            """,
            "`judge` (2 points): `judge` still holds the line",
        ),
    },
)


def _break_even(
    behind="fast[0] - plain[0]",
    gain="np.median(plain[1:]) - np.median(fast[1:])",
    steps="1 + math.ceil(behind / gain)",
    *,
    at_once="1",
    never="None",
):
    """Return an answer with another delay, gain, count or special case."""
    return f"""
import math


def break_even(plain, fast):
    behind, gain = {behind}, {gain}
    if behind <= 0:
        return {at_once}
    if gain <= 0:
        return {never}
    return {steps}
"""


PAYS = Task(
    right={
        "counted step by step": """
            def break_even(plain, fast):
                slow, quick = sorted(plain[1:]), sorted(fast[1:])
                paces = [
                    (s[(len(s) - 1) // 2] + s[len(s) // 2]) / 2 for s in (slow, quick)
                ]
                totals, k = [plain[0], fast[0]], 1
                while totals[1] > totals[0]:
                    if paces[1] >= paces[0]:
                        return None
                    totals = [total + pace for total, pace in zip(totals, paces)]
                    k += 1
                return k
            """,
        "rounded up without math": _break_even(steps="1 + int(-(-behind // gain))"),
        "an object that is called, with medians of the standard library": """
            from math import ceil
            from statistics import median


            class BreakEven:
                def __call__(self, plain, fast):
                    late = float(fast[0] - plain[0])
                    gain = float(median(plain[1:]) - median(fast[1:]))
                    match late > 0, gain > 0:
                        case False, _:
                            return 1
                        case _, False:
                            return None
                    return 1 + ceil(late / gain)


            break_even = BreakEven()
            """,
    },
    wrong={
        "the quickest step": (
            _break_even(gain="min(plain[1:]) - min(fast[1:])"),
            "the pace, which is a median.",
        ),
        "the measured steps only": (
            """
            def break_even(plain, fast):
                n = min(len(plain), len(fast))
                ahead = np.cumsum(fast[:n]) <= np.cumsum(plain[:n])
                return int(np.argmax(ahead)) + 1 if ahead.any() else None
            """,
            "although the fast way catches up, at step 33.",
        ),
        "later steps only": (
            _break_even(steps="math.ceil(behind / gain)"),
            "These are the later steps; the first comes on top.",
        ),
        "a mean for a median": (
            _break_even(gain="np.mean(plain[1:]) - np.mean(fast[1:])"),
            "The pace is the median of the later steps, not their mean.",
        ),
        "the first step in the pace": (
            _break_even(gain="np.median(plain) - np.median(fast)"),
            "The first step is no part of the pace.",
        ),
        "the plain way starts at once": (
            _break_even("fast[0]"),
            "The plain way has a slow first step too",
        ),
        "rounded down": (
            _break_even(steps="1 + int(behind // gain + 1e-9)"),
            "After 5 steps it is still behind; round up.",
        ),
        "zero steps where it is ahead at once": (
            _break_even(at_once="0"),
            "It is ahead after the first step",
        ),
        "infinity for never": (
            _break_even(never="math.inf"),
            "never catches up: return None.",
        ),
        "never wherever it is slower later": (
            _break_even(at_once="1 if gain > 0 else None"),
            "although the fast way catches up, at step 1.",
        ),
        "a float": (
            _break_even(steps="1 + float(np.ceil(behind / gain))"),
            "it is a float",
        ),
        "a search that gives up": (
            """
            def break_even(plain, fast):
                paces = np.median(plain[1:]), np.median(fast[1:])
                for k in range(1, 100_000):
                    if fast[0] + (k - 1) * paces[1] <= plain[0] + (k - 1) * paces[0]:
                        return k
                return None
            """,
            "although the fast way catches up, at step 1200001",
        ),
        "strictly ahead": (
            _break_even(steps="2 + int(behind // gain)"),
            "After 33 steps both have taken equally long",
        ),
        "a tie is not yet caught up": (
            _break_even().replace("behind <= 0", "behind < 0"),
            "two ways that start alike",
        ),
        "the smaller of two middle steps": (
            """
            import math


            def break_even(plain, fast):
                slow, quick = sorted(plain[1:]), sorted(fast[1:])
                gain = slow[(len(slow) - 1) // 2] - quick[(len(quick) - 1) // 2]
                behind = fast[0] - plain[0]
                if behind <= 0:
                    return 1
                return 1 + math.ceil(behind / gain) if gain > 0 else None
            """,
            "medians of two and of three steps",
        ),
        "the steps until it pays are not written": (
            """
            def break_even(plain, fast):
                raise NotImplementedError("not attempted yet")
            """,
            "`break_even` (2 points): `break_even` still holds the line",
        ),
        "a name that is not there": (
            _break_even(steps="1 + math.ceil(behind / gains)"),
            "`break_even` stopped with an error.",
        ),
    },
)


def _alike(
    agrees="np.abs(fast_losses - plain_losses) <= rtol * plain_losses",
    answer="len(agrees) if agrees.all() else int(np.argmin(agrees))",
):
    """Return an answer with another rule for a step, or another count."""
    return f"""
def steps_alike(plain_losses, fast_losses, rtol):
    agrees = {agrees}
    return {answer}
"""


ALIKE = Task(
    right={
        "step by step": """
            def steps_alike(plain_losses, fast_losses, rtol):
                count = 0
                for plain, fast in zip(plain_losses, fast_losses):
                    if not abs(plain - fast) <= rtol * plain:
                        break
                    count += 1
                return count
            """,
        "a running product": _alike(answer="int(np.cumprod(agrees).sum())"),
        "the standard library": """
            from itertools import takewhile


            def steps_alike(plain_losses, fast_losses, rtol):
                def agree(pair):
                    plain, fast = pair
                    return plain * (1 - rtol) <= fast <= plain * (1 + rtol)

                return len([*takewhile(agree, zip(plain_losses, fast_losses))])
            """,
        "np.isclose as it is": _alike(
            "np.isclose(fast_losses, plain_losses, rtol=rtol)"
        ),
        "the first that is isolated": """
            def steps_alike(plain_losses, fast_losses, rtol):
                off = ~np.isclose(fast_losses, plain_losses, rtol=rtol, atol=0)
                return int(np.append(np.flatnonzero(off), len(off))[0])
            """,
    },
    wrong={
        "all that agree": (
            _alike(answer="int(agrees.sum())"),
            "The count ends at the first step that differs",
        ),
        "the first that differs counts": (
            _alike(answer="len(agrees) if agrees.all() else int(agrees.argmin()) + 1"),
            "The first step that differs by too much does not count.",
        ),
        "up to the last that agrees": (
            _alike(answer="int(np.flatnonzero(agrees)[-1]) + 1"),
            "not at the last that agrees.",
        ),
        "a share of the first loss": (
            _alike("np.abs(fast_losses - plain_losses) <= rtol * plain_losses[0]"),
            "`rtol` times the plain loss of that very step",
        ),
        "a share of the mean loss": (
            _alike("np.abs(fast_losses - plain_losses) <= rtol * plain_losses.mean()"),
            "`rtol` times the plain loss of that very step",
        ),
        "sums that run": (
            _alike(
                "np.cumsum(np.abs(fast_losses - plain_losses))"
                " <= rtol * np.cumsum(plain_losses)"
            ),
            "Do you take the absolute difference of that step alone?",
        ),
        "in percent": (
            _alike("100 * np.abs(fast_losses / plain_losses - 1) <= rtol"),
            "The losses may differ a little",
        ),
        "the longest run": (
            """
            def steps_alike(plain_losses, fast_losses, rtol):
                longest = run = 0
                for plain, fast in zip(plain_losses, fast_losses):
                    run = run + 1 if abs(plain - fast) <= rtol * plain else 0
                    longest = max(longest, run)
                return longest
            """,
            "where the first differs",
        ),
        "equal to the last digit": (
            _alike("fast_losses == plain_losses"),
            "The losses may differ a little",
        ),
        "an absolute tolerance": (
            _alike("np.abs(fast_losses - plain_losses) <= rtol"),
            "of that very step.",
        ),
        "too low agrees": (
            _alike("fast_losses - plain_losses <= rtol * plain_losses"),
            "A fast loss that is too low does not agree either",
        ),
        "too high agrees": (
            _alike("plain_losses - fast_losses <= rtol * plain_losses"),
            "The third step differs by 0.1, and 0.02 is allowed",
        ),
        "none differs, so none counts": (
            _alike(answer="int(np.argmin(agrees))"),
            "All steps agree, so all of them count.",
        ),
        "whether they agree": (
            _alike(answer="agrees.all()"),
            "True and False came back",
        ),
        "a share of the fast loss": (
            _alike("np.abs(fast_losses - plain_losses) <= rtol * fast_losses"),
            "a share of the plain loss, not of the fast.",
        ),
        "NaN agrees": (
            _alike("~(np.abs(fast_losses - plain_losses) > rtol * plain_losses)"),
            "before a plain loss that is NaN",
        ),
        "a difference of just so much is too much": (
            _alike("np.abs(fast_losses - plain_losses) < rtol * plain_losses"),
            "where one differs by just so much",
        ),
        "the comparison is not written": (
            """
            def steps_alike(plain_losses, fast_losses, rtol):
                raise NotImplementedError("not attempted yet")
            """,
            "`steps_alike` (2 points): `steps_alike` still holds the line",
        ),
    },
)


def _recurrent(
    draw="(rng.random((n, units)) >= rate) / (1 - rate)",
    *,
    each="",
    step="X[:, t] @ W + (m * h) @ U + b",
    out="h",
    off="1",
    seed="seed",
):
    """Return an answer that draws `draw` before the loop, and `each` inside it."""
    return f"""
def recurrent(X, W, U, b, rate, training, seed):
    (n, steps, _), units = X.shape, len(b)
    rng = np.random.default_rng({seed})
    m = {draw} if training else {off}
    H, h = [], np.zeros((n, units))
    for t in range(steps):
        {each or "pass"}
        h = np.tanh({step})
        H.append({out})
    return np.stack(H, axis=1)
"""


FRESH = "m = (rng.random((n, units)) >= rate) / (1 - rate) if training else 1"

MASK = Task(
    right={
        "one window at a time": """
            def recurrent(X, W, U, b, rate, training, seed):
                rng = np.random.default_rng(seed)
                answer = np.empty((*X.shape[:2], len(b)))
                for i, window in enumerate(X):
                    keep = np.ones(len(b))
                    if training:
                        keep = rng.binomial(1, 1 - rate, len(b)) / (1 - rate)
                    h = np.zeros(len(b))
                    for t, x in enumerate(window):
                        h = np.tanh(x @ W + (keep * h) @ U + b)
                        answer[i, t] = h
                return answer
            """,
        "a state that is masked when it is passed on": """
            def recurrent(X, W, U, b, rate, training, seed):
                dropped = np.random.default_rng(seed).uniform(
                    size=(len(X), len(b))
                ) < (rate if training else 0)
                scale = np.where(dropped, 0, 1 / (1 - rate) if training else 1)
                states, read = np.zeros((*X.shape[:2], len(b))), 0
                for t in range(X.shape[1]):
                    inner = np.einsum("nf,fu->nu", X[:, t], W) + b
                    states[:, t] = np.tanh(inner + (read @ U if t else 0))
                    read = scale * states[:, t]
                return states
            """,
        "a helper called layer, in float32": """
            def layer(x, h, W, U, b):
                return np.tanh(x @ W + h @ U + b, dtype=np.float32)


            def recurrent(X, W, U, b, rate, training, seed):
                X, W, U, b = (np.asarray(a, dtype=np.float32) for a in (X, W, U, b))
                keep = np.ones((len(X), len(b)), dtype=np.float32)
                if training:
                    kept = np.random.default_rng(seed).random(keep.shape) > rate
                    keep = (kept / (1 - rate)).astype(np.float32)
                H = [np.zeros_like(keep)]
                for x in X.swapaxes(0, 1):
                    H.append(layer(x, keep * H[-1], W, U, b))
                return np.stack(H[1:], axis=1)
            """,
        "steps first in memory, with type hints": """
            def recurrent(
                X: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray,
                rate: float, training: bool, seed: int,
            ) -> np.ndarray:
                rng = np.random.default_rng(seed)
                states = np.empty((X.shape[1], len(X), len(b)))
                kept = rng.choice([0, 1], states.shape[1:], p=[rate, 1 - rate])
                mask = kept / (1 - rate) if training else 1.0
                h = np.zeros(states.shape[1:])
                for t, inner in enumerate(np.moveaxis(X, 1, 0) @ W + b):
                    h = states[t] = np.tanh(inner + (mask * h) @ U)
                return states.swapaxes(0, 1)
            """,
    },
    wrong={
        "a fresh mask at each step": (
            _recurrent(each=FRESH),
            "The mask changes from step to step: draw it once, before the loop.",
        ),
        "active at prediction": (
            _recurrent(off="(rng.random((n, units)) >= rate) / (1 - rate)"),
            "Dropout is active at prediction",
        ),
        "scaled at prediction": (
            _recurrent("rng.random((n, units)) >= rate", off="1 - rate"),
            "Nothing is scaled at prediction",
        ),
        "scaled up at prediction": (
            _recurrent(off="1 / (1 - rate)"),
            "with training=False the mask is 1",
        ),
        "never dropped": (_recurrent("1"), "With training=True nothing is dropped."),
        "not scaled": (
            _recurrent("rng.random((n, units)) >= rate"),
            "The kept states are not scaled",
        ),
        "rate is what is kept": (
            _recurrent("(rng.random((n, units)) < rate) / (1 - rate)"),
            "rate is the share that is dropped, not the share that is kept",
        ),
        "rate kept, and scaled to suit": (
            _recurrent("(rng.random((n, units)) < rate) / rate"),
            "With rate 0.2 an entry of the mask is 0 or 1.25; yours has 5.",
        ),
        "one mask for all windows": (
            _recurrent("(rng.random(units) >= rate) / (1 - rate)"),
            "All windows share one mask",
        ),
        "one entry per window": (
            _recurrent("(rng.random((n, 1)) >= rate) / (1 - rate)"),
            "All units of a window are dropped together",
        ),
        "the input dropped": (
            _recurrent(
                "(rng.random(X[:, 0].shape) >= rate) / (1 - rate)",
                step="(X[:, t] * m) @ W + h @ U + b",
            ),
            "The first state depends on the mask",
        ),
        "the result dropped": (
            _recurrent(step="X[:, t] @ W + h @ U + b", out="m * h"),
            "the state itself is returned as it is",
        ),
        "dropped after U": (
            _recurrent(step="X[:, t] @ W + m * (h @ U) + b"),
            "The mask multiplies the state before U does",
        ),
        "seed ignored": (
            _recurrent(seed=""),
            "The same seed gives another mask",
        ),
        "the same seed always": (
            _recurrent(seed="0"),
            "Another seed gives the same mask",
        ),
        "bias left out": (
            _recurrent(step="X[:, t] @ W + (m * h) @ U"),
            "The bias b is missing.",
        ),
        "last state only": (
            _recurrent().replace("np.stack(H, axis=1)", "h"),
            "The states: the shape is (300, 4); it should be (300, 5, 4).",
        ),
        "steps before windows": (
            _recurrent().replace("np.stack(H, axis=1)", "np.array(H)"),
            "The axes are windows, steps, units.",
        ),
        "a number for each draw, not a choice": (
            _recurrent("rng.random((n, units))"),
            "With rate 0.2 an entry of the mask is 0 or 1.25",
        ),
        "the state passed on is the masked one, at the first step too": (
            _recurrent(step="X[:, t] @ W + m * (h @ U + b)"),
            "The first state depends on the mask",
        ),
        "a state that starts at one": (
            _recurrent().replace("np.zeros", "np.ones"),
            "The states without dropout",
        ),
        "the same bias sign": (
            _recurrent(step="X[:, t] @ W + (m * h) @ U - b"),
            "The states without dropout",
        ),
        "backwards in time": (
            _recurrent(step="X[:, steps - 1 - t] @ W + (m * h) @ U + b"),
            "The states without dropout",
        ),
        "inputs without sign": (
            _recurrent(step="abs(X[:, t]) @ W + (m * h) @ U + b"),
            "Without dropout each step adds up the input times W",
        ),
    },
)


def _chosen(by, error="history['test_mae'][best]", *, number="best + 1"):
    return f"""
def chosen(history):
    best = {by}
    return {number}, {error}
"""


FIRST = "int(np.nanargmin(history['val_loss']))"

EPOCH = Task(
    right={
        "a loop, as a checkpoint does it": """
            def chosen(history):
                lowest, answer = float("inf"), None
                for i, loss in enumerate(history["val_loss"]):
                    if loss < lowest:
                        lowest, answer = loss, (i + 1, history["test_mae"][i])
                return answer
            """,
        "NaN made infinite": """
            def chosen(history):
                losses = np.nan_to_num(history["val_loss"], nan=np.inf)
                where = np.flatnonzero(losses == losses.min())[0]
                return where + 1, np.array(history["test_mae"])[where]
            """,
        "pandas": """
            import pandas as pd


            def chosen(history):
                table = pd.DataFrame(history)
                best = table["val_loss"].idxmin()
                return best + 1, table.loc[best, "test_mae"]
            """,
        "type hints and a key": """
            from math import isnan


            def chosen(history: dict[str, list[float]]) -> tuple[int, float]:
                losses = history["val_loss"]
                pairs = enumerate(losses, start=1)
                epochs = [epoch for epoch, loss in pairs if not isnan(loss)]
                epoch = min(epochs, key=lambda e: losses[e - 1])
                return epoch, history["test_mae"][epoch - 1]
            """,
    },
    wrong={
        "chosen by the test part": (
            _chosen("int(np.argmin(history['test_mae']))"),
            "The test part has chosen the epoch",
        ),
        "chosen by the training loss": (
            _chosen("int(np.argmin(history['loss']))"),
            "the validation loss chooses",
        ),
        "the last epoch": (
            _chosen("len(history['loss']) - 1"),
            "which has the lowest training loss",
        ),
        "chosen by the validation MAE": (
            _chosen("int(np.argmin(history['val_mae']))"),
            "chosen by the validation loss, not by the MAE",
        ),
        "the last of equals": (
            """
            def chosen(history):
                losses = np.array(history["val_loss"])
                best = int(np.flatnonzero(losses == np.nanmin(losses))[-1])
                return best + 1, history["test_mae"][best]
            """,
            "Of two equal validation losses the first is kept.",
        ),
        "the lowest test error": (
            _chosen(FIRST, "min(history['test_mae'])"),
            "That is the lowest test error",
        ),
        "the last test error": (
            _chosen(FIRST, "history['test_mae'][-1]"),
            "That is the test error of the last epoch",
        ),
        "the validation error": (
            _chosen(FIRST, "history['val_mae'][best]"),
            "the test part judges",
        ),
        "the error one epoch later": (
            _chosen(FIRST, "history['test_mae'][best + 1]"),
            "lists count from 0",
        ),
        "epochs counted from 0": (
            _chosen(FIRST, number="best"),
            "Count the epochs from 1, not from 0.",
        ),
        "NaN taken for the lowest": (
            _chosen("int(np.argmin(history['val_loss']))"),
            "NaN is never lower.",
        ),
        "only the epoch": (
            f"def chosen(history):\n    return {FIRST} + 1",
            "Return two numbers",
        ),
        "NaN removed before the position": (
            """
            def chosen(history):
                losses = np.array(history["val_loss"])
                best = int(np.argmin(losses[~np.isnan(losses)]))
                return best + 1, history["test_mae"][best]
            """,
            "The positions have shifted",
        ),
        "NaN as zero": (
            _chosen("int(np.argmin(np.nan_to_num(history['val_loss'])))"),
            "NaN is never lower.",
        ),
        "min of a list that begins with NaN": (
            _chosen("history['val_loss'].index(min(history['val_loss']))"),
            "Every comparison with NaN is false",
        ),
        "lower by a good deal only": (
            """
            def chosen(history):
                best, losses = 0, history["val_loss"]
                for i, loss in enumerate(losses):
                    if np.isnan(losses[best]) or loss < losses[best] - 1e-3:
                        best = i
                return best + 1, history["test_mae"][best]
            """,
            "a training run whose losses differ by little",
        ),
        "patience": (
            """
            def chosen(history):
                lowest, best = np.inf, 0
                for i, loss in enumerate(history["val_loss"]):
                    if loss < lowest:
                        lowest, best = loss, i
                    elif i - best > 20:
                        break
                return best + 1, history["test_mae"][best]
            """,
            "a training run that got better after a long time",
        ),
        "a float for an epoch": (
            _chosen(FIRST, number="best + 1.0"),
            "epochs are counted in whole numbers",
        ),
    },
)


def _overfitting(
    train="means(loss)",
    val="means(val_loss)",
    turn="int(np.argmin(val))",
    *,
    epoch="turn + (width + 1) // 2",
    rise="val[-1] - val[turn]",
    fall="train[turn] - train[-1]",
    answer="epoch, rise, fall",
):
    """Return an answer with other means, another turn or other differences."""
    return f"""
def overfitting(loss, val_loss, width):
    def means(curve, mode="valid"):
        return np.convolve(curve, np.full(width, 1 / width), mode)

    train, val = {train}, {val}
    turn = {turn}
    epoch, rise, fall = {epoch}, {rise}, {fall}
    return {answer}
"""


OVERFITTING = Task(
    right={
        "epoch by epoch": """
            def overfitting(loss, val_loss, width):
                train, val = [], []
                for start in range(len(loss) - width + 1):
                    train.append(sum(loss[start : start + width]) / width)
                    val.append(sum(val_loss[start : start + width]) / width)
                turn = 0
                for k in range(len(val)):
                    if val[k] < val[turn]:
                        turn = k
                epoch = turn + width // 2 + 1
                return epoch, val[-1] - val[turn], train[turn] - train[-1]
            """,
        "windows that slide": """
            def overfitting(loss, val_loss, width):
                view = np.lib.stride_tricks.sliding_window_view
                train, val = view([loss, val_loss], width, axis=1).mean(axis=-1)
                turn = val.argmin()
                rise, fall = val[-1] - min(val), train[turn] - train[-1]
                return turn + (width + 1) // 2, rise, fall
            """,
        "rolling means of pandas": """
            import pandas as pd


            def overfitting(loss, val_loss, width):
                curves = pd.DataFrame({"loss": loss, "val": val_loss})
                curves.index += 1
                means = curves.rolling(width, center=True).mean().dropna()
                epoch = means["val"].idxmin()
                turn, end = means.loc[epoch], means.iloc[-1]
                return int(epoch), end["val"] - turn["val"], turn["loss"] - end["loss"]
            """,
        "sums that run": """
            def overfitting(loss, val_loss, width):
                def means(curve):
                    total = np.cumsum(np.append(0, curve))
                    return (total[width:] - total[:-width]) / width

                train, val = means(loss), means(val_loss)
                turn = int(np.flatnonzero(val <= val.min() + 1e-12)[0])
                return [
                    turn + 1 + (width - 1) // 2,
                    np.ptp([val[turn], val[-1]]),
                    -(train[-1] - train[turn]),
                ]
            """,
    },
    wrong={
        "the lowest single loss": (
            _overfitting(epoch="int(np.argmin(val_loss)) + 1"),
            "The lowest single validation loss lies there, by luck",
        ),
        "no means at all": (
            _overfitting("loss", "val_loss", epoch="turn + 1"),
            "The lowest single validation loss lies there, by luck",
        ),
        "the first epoch of the turn": (
            _overfitting(epoch="turn + 1"),
            "Do you count from 0, or name the first epoch of the turn?",
        ),
        "counted from 0": (
            _overfitting(epoch="turn + width // 2"),
            "Do you count from 0, or name the first epoch of the turn?",
        ),
        "the last epoch of the turn": (
            _overfitting(epoch="turn + width"),
            "That is the last epoch of the turn",
        ),
        "the turn of the training loss": (
            _overfitting(turn="int(np.argmin(train))"),
            "the validation loss says where the turn is",
        ),
        "the lowest training loss": (
            _overfitting("loss", "val_loss", "int(np.argmin(loss))", epoch="turn + 1"),
            "The lowest single training loss lies there",
        ),
        "means that reach beyond the end": (
            _overfitting(
                "means(loss, 'same')", "means(val_loss, 'same')", epoch="turn + 1"
            ),
            "none that reaches beyond the last one",
        ),
        "means compared by two decimals": (
            _overfitting(turn="int(np.argmin(np.round(val, 2)))"),
            "The epoch where means differ by little: you have 2",
        ),
        "the last of equal means": (
            _overfitting(turn="len(val) - 1 - int(np.argmin(val[::-1]))"),
            "Of equal means take the first.",
        ),
        "a float for the middle epoch": (
            _overfitting(epoch="turn + (width + 1) / 2"),
            "what is counted is a whole number",
        ),
        "a rise to the last loss": (
            _overfitting(rise="val_loss[-1] - val[turn]"),
            "not to the last single loss.",
        ),
        "a rise of single losses": (
            _overfitting(rise="val_loss[-1] - min(val_loss)"),
            "yours is that of two single losses.",
        ),
        "a rise to the highest": (
            _overfitting(rise="max(val) - val[turn]"),
            "The rise ends at the last mean, not at the highest one.",
        ),
        "a rise that is negative": (
            _overfitting(rise="val[turn] - val[-1]"),
            "a validation loss that is higher at the end has risen.",
        ),
        "the gap between both losses": (
            _overfitting(rise="val[-1] - train[-1]"),
            "the rise is within the validation loss.",
        ),
        "a rise before the turn": (
            _overfitting(rise="val[0] - val[turn]"),
            "had fallen before the turn",
        ),
        "a fall that is negative": (
            _overfitting(fall="train[-1] - train[turn]"),
            "a training loss that is lower at the end has fallen.",
        ),
        "a fall from the first mean": (
            _overfitting(fall="train[0] - train[-1]"),
            "not at the first mean.",
        ),
        "a fall to the lowest": (
            _overfitting(fall="train[turn] - min(train)"),
            "The fall ends at the last mean, not at the lowest one.",
        ),
        "a fall from the validation loss": (
            _overfitting(fall="val[turn] - train[-1]"),
            "not that of the validation loss.",
        ),
        "the gap at the turn": (
            _overfitting(fall="train[turn] - val[turn]"),
            "how far the two losses are apart at the turn",
        ),
        "a fall of single losses": (
            _overfitting(fall="loss[turn + width // 2] - loss[-1]"),
            "yours is that of two single losses.",
        ),
        "a fall where there is none": (
            _overfitting(fall="abs(train[turn] - train[-1])"),
            "The fall where several means are equal: you have",
        ),
        "two numbers only": (
            _overfitting(answer="epoch, rise"),
            "Return three numbers",
        ),
        "one mean too few": (
            _overfitting("means(loss)[:-1]", "means(val_loss)[:-1]"),
            "Write down the means of both losses.",
        ),
    },
)


def _stack(
    first="units, recurrent_dropout=0.5, return_sequences=True",
    second="units, recurrent_dropout=0.5",
    *,
    kind="GRU",
    head="layers.Dense(1)(layers.Dropout(0.5)(x))",
    end="keras.Model(inputs, outputs)",
):
    return f"""
def stacked_gru(n_steps, n_features, units):
    from keras import layers

    inputs = keras.Input((n_steps, n_features))
    x = layers.{kind}({first})(inputs)
    x = layers.{kind}({second})(x)
    outputs = {head}
    return {end}
"""


STACK = Task(
    right={
        "sequential": """
            def stacked_gru(n_steps, n_features, units):
                return keras.Sequential([
                    keras.Input((n_steps, n_features)),
                    keras.layers.GRU(
                        units, return_sequences=True, recurrent_dropout=0.5
                    ),
                    keras.layers.GRU(units, recurrent_dropout=0.5),
                    keras.layers.Dropout(0.5),
                    keras.layers.Dense(1, activation="linear"),
                ])
            """,
        "built in a loop": """
            def stacked_gru(n_steps, n_features, units):
                x = inputs = keras.Input((n_steps, n_features), name="window")
                for every in (True, False):
                    gru = keras.layers.GRU(
                        units, recurrent_dropout=0.5, return_sequences=every
                    )
                    x = gru(x)
                x = keras.layers.Dropout(rate=0.5)(x)
                return keras.Model(inputs, keras.layers.Dense(units=1)(x))
            """,
        "a model in a model": """
            def stacked_gru(n_steps, n_features, units):
                gru = lambda every: keras.layers.GRU(
                    units, recurrent_dropout=0.5, return_sequences=every
                )
                recurrent = keras.Sequential([gru(True), gru(False)], name="recurrent")
                head = keras.Sequential(
                    [keras.layers.Dropout(0.5), keras.layers.Dense(1)]
                )
                inputs = keras.Input((n_steps, n_features))
                return keras.Model(inputs, head(recurrent(inputs)))
            """,
        "a subclass": """
            class Stacked(keras.Model):
                def __init__(self, units):
                    super().__init__()
                    self.last = keras.layers.Dense(1)
                    self.drop = keras.layers.Dropout(0.5)
                    self.upper = keras.layers.GRU(units, recurrent_dropout=0.5)
                    self.lower = keras.layers.GRU(
                        units, recurrent_dropout=0.5, return_sequences=True
                    )

                def call(self, windows):
                    return self.last(self.drop(self.upper(self.lower(windows))))


            def stacked_gru(n_steps, n_features, units):
                return Stacked(units)
            """,
        "first weights of its own": _stack(
            second="units, recurrent_dropout=0.5, kernel_initializer='he_normal'",
            head="layers.Dense(1, bias_initializer='ones')(layers.Dropout(0.5)(x))",
        ),
        "a last layer that begins with zeros": _stack(
            head="layers.Dense(1, kernel_initializer='zeros')(layers.Dropout(0.5)(x))"
        ),
        "a subclass whose weights all begin with zeros": """
            class Stacked(keras.Model):
                def __init__(self, units):
                    super().__init__()
                    zeros = {"kernel_initializer": "zeros"}
                    grus = {"recurrent_initializer": "zeros", "recurrent_dropout": 0.5}
                    gru = keras.layers.GRU
                    self.lower = gru(units, return_sequences=True, **grus, **zeros)
                    self.upper = gru(units, **grus, **zeros)
                    self.drop = keras.layers.Dropout(0.5)
                    self.last = keras.layers.Dense(1, **zeros)

                def call(self, windows):
                    return self.last(self.drop(self.upper(self.lower(windows))))


            def stacked_gru(n_steps, n_features, units):
                return Stacked(units)
            """,
        "a subclass that makes its layers when it is built": """
            class Stacked(keras.Model):
                def __init__(self, units):
                    super().__init__()
                    self.units = units

                def build(self, shape):
                    gru, drop = keras.layers.GRU, {"recurrent_dropout": 0.5}
                    self.lower = gru(self.units, return_sequences=True, **drop)
                    self.upper = gru(self.units, **drop)
                    self.drop = keras.layers.Dropout(0.5)
                    self.last = keras.layers.Dense(1)
                    super().build(shape)

                def call(self, windows):
                    return self.last(self.drop(self.upper(self.lower(windows))))


            def stacked_gru(n_steps, n_features, units):
                return Stacked(units)
            """,
        "a subclass that names inputs and outputs": """
            class Stacked(keras.Model):
                def __init__(self, n_steps: int, n_features: int, units: int) -> None:
                    inputs = keras.Input((n_steps, n_features))
                    x = keras.layers.GRU(
                        units, recurrent_dropout=0.5, return_sequences=True, unroll=True
                    )(inputs)
                    x = keras.layers.GRU(units, recurrent_dropout=0.5)(x)
                    outputs = keras.layers.Dense(1)(keras.layers.Dropout(0.5)(x))
                    super().__init__(inputs, outputs)


            stacked_gru = Stacked
            """,
    },
    wrong={
        "return_sequences missing": (
            _stack("units, recurrent_dropout=0.5"),
            "The second GRU was given a single state of the first",
        ),
        "return_sequences on both": (
            _stack(second="units, recurrent_dropout=0.5, return_sequences=True"),
            "The model forecasts at every step",
        ),
        "dropout of inputs": (
            _stack("units, dropout=0.5, return_sequences=True", "units, dropout=0.5"),
            "`recurrent_dropout` drops its state",
        ),
        "both kinds of dropout": (
            _stack(
                "units, 'tanh', dropout=0.5, recurrent_dropout=0.5, "
                "return_sequences=True"
            ),
            "The dropout of a GRU: you have 0.5",
        ),
        "recurrent dropout in the first only": (
            _stack(second="units"),
            "Both layers have it.",
        ),
        "active at prediction": (
            _stack(head="layers.Dense(1)(layers.Dropout(0.5)(x, training=True))"),
            "Dropout is active at prediction",
        ),
        "dropout after the last layer": (
            _stack(head="layers.Dropout(0.5)(layers.Dense(1)(x))"),
            "Dropout belongs before the Dense layer",
        ),
        "active at prediction, with weights that begin with zeros": (
            _stack(
                head="layers.Dense(1, kernel_initializer='zeros')("
                "layers.Dropout(0.5)(x, training=True))"
            ),
            "Dropout is active at prediction",
        ),
        "no dropout layer": (
            _stack(head="layers.Dense(1)(x)"),
            "The layer Dropout is missing.",
        ),
        "LSTM": (
            _stack(kind="LSTM"),
            "Two GRU layers are asked for",
        ),
        "one layer": (
            """
            def stacked_gru(n_steps, n_features, units):
                return keras.Sequential([
                    keras.Input((n_steps, n_features)),
                    keras.layers.GRU(units, recurrent_dropout=0.5),
                    keras.layers.Dropout(0.5),
                    keras.layers.Dense(1),
                ])
            """,
            "Two GRU layers are asked for",
        ),
        "ReLU at the end": (
            _stack(head="layers.Dense(1, 'relu')(layers.Dropout(0.5)(x))"),
            "a temperature may be negative",
        ),
        "32 units whatever is asked": (
            _stack("32, recurrent_dropout=0.5, return_sequences=True"),
            "The units of a GRU: you have 32",
        ),
        "any number of steps": (
            _stack().replace("(n_steps, n_features))", "(None, n_features))"),
            "it should be (None, 3, 2).",
        ),
        "GRU of the textbook": (
            _stack(
                "units, recurrent_dropout=0.5, return_sequences=True, reset_after=False"
            ),
            "The number of parameters",
        ),
        "the output alone": (
            _stack(end="outputs"),
            "Return the Keras model",
        ),
        "reads backwards": (
            _stack(second="units, recurrent_dropout=0.5, go_backwards=True"),
            "A GRU reads the steps backwards",
        ),
        "another activation": (
            _stack(second="units, 'relu', recurrent_dropout=0.5"),
            "A GRU has activation relu",
        ),
        "other gates": (
            _stack(second="units, 'tanh', 'tanh', recurrent_dropout=0.5"),
            "A GRU has recurrent_activation tanh",
        ),
        "a state that is kept": (
            _stack(second="units, recurrent_dropout=0.5, stateful=True").replace(
                "keras.Input(", "keras.Input(batch_size=8, shape="
            ),
            "The model takes the shape (8, 3, 2)",
        ),
        "an input without steps": (
            _stack().replace("(n_steps, n_features))", "(n_features,))"),
            "no axis for the steps: a window has the shape",
        ),
        "no input": (
            """
            def stacked_gru(n_steps, n_features, units):
                from keras import layers

                return keras.Sequential([
                    layers.GRU(units, recurrent_dropout=0.5, return_sequences=True),
                    layers.GRU(units, recurrent_dropout=0.5),
                    layers.Dropout(0.5),
                    layers.Dense(1),
                ])
            """,
            "The model does not know what it takes",
        ),
        "doubled in between": (
            _stack(head="layers.Dense(1)(2 * layers.Dropout(0.5)(x))"),
            "with nothing between them",
        ),
        "a subclass that leaves out its dropout": (
            """
            class Stacked(keras.Model):
                def __init__(self, units):
                    super().__init__()
                    self.lower = keras.layers.GRU(
                        units, recurrent_dropout=0.5, return_sequences=True
                    )
                    self.upper = keras.layers.GRU(units, recurrent_dropout=0.5)
                    self.drop = keras.layers.Dropout(0.5)
                    self.last = keras.layers.Dense(1)

                def call(self, windows):
                    return self.last(self.upper(self.lower(windows)))


            def stacked_gru(n_steps, n_features, units):
                return Stacked(units)
            """,
            "In training the layer Dropout has no effect",
        ),
        "a subclass without call": (
            """
            class Stacked(keras.Model):
                def __init__(self, units):
                    super().__init__()
                    gru, every = keras.layers.GRU, {"return_sequences": True}
                    self.lower = gru(units, recurrent_dropout=0.5, **every)
                    self.upper = gru(units, recurrent_dropout=0.5)
                    self.drop = keras.layers.Dropout(0.5)
                    self.last = keras.layers.Dense(1)


            def stacked_gru(n_steps, n_features, units):
                return Stacked(units)
            """,
            "does not have a `call()` method implemented",
        ),
        "a subclass whose first layer gives its last state": (
            """
            class Stacked(keras.Model):
                def __init__(self, units):
                    super().__init__()
                    self.lower = keras.layers.GRU(units, recurrent_dropout=0.5)
                    self.upper = keras.layers.GRU(units, recurrent_dropout=0.5)
                    self.drop = keras.layers.Dropout(0.5)
                    self.last = keras.layers.Dense(1)

                def call(self, windows):
                    return self.last(self.drop(self.upper(self.lower(windows))))


            def stacked_gru(n_steps, n_features, units):
                return Stacked(units)
            """,
            "The second GRU was given a single state of the first",
        ),
    },
)


def _count(
    sets="{'simple': 1, 'lstm': 4, 'gru': 3}[kind]",
    biases="1 + (kind == 'gru')",
    *,
    one="u * (inputs + u + biases)",
    ways="1 + both_ways",
    passed="ways * u",
):
    return f"""
def count_parameters(kind, n_features, units, both_ways):
    ways, sets, biases = {ways}, {sets}, {biases}
    total, inputs = 0, n_features
    for u in units:
        total += ways * sets * ({one})
        inputs = {passed}
    return total
"""


COUNT = Task(
    right={
        "asked of Keras": """
            def count_parameters(kind, n_features, units, both_ways):
                kinds = {
                    "simple": keras.layers.SimpleRNN,
                    "lstm": keras.layers.LSTM,
                    "gru": keras.layers.GRU,
                }
                x = inputs = keras.Input((None, n_features))
                for u in units:
                    layer = kinds[kind](u, return_sequences=True)
                    x = (keras.layers.Bidirectional(layer) if both_ways else layer)(x)
                return keras.Model(inputs, x).count_params()
            """,
        "matrix by matrix": """
            def count_parameters(kind, n_features, units, both_ways):
                if not units:
                    return 0
                *below, u = units
                width = n_features if not below else below[-1] * (2 if both_ways else 1)
                per_set = width * u + u * u + (2 * u if kind == "gru" else u)
                layer = per_set * dict(simple=1, lstm=4, gru=3)[kind]
                layer = 2 * layer if both_ways else layer
                return layer + count_parameters(kind, n_features, below, both_ways)
            """,
        "a match": """
            def count_parameters(kind, n_features, units, both_ways):
                match kind:
                    case "simple":
                        sets, biases = 1, 1
                    case "lstm":
                        sets, biases = 4, 1
                    case _:
                        sets, biases = 3, 2
                widths = np.array([n_features, *units])
                widths[1:-1] *= 2 if both_ways else 1
                layers = np.array(units) * (widths[:-1] + units + biases)
                return (2 if both_ways else 1) * sets * layers.sum()
            """,
    },
    wrong={
        "no weights from the state": (
            _count(one="u * (inputs + biases)"),
            "The weights from the state to the units are missing.",
        ),
        "no biases": (_count(biases="0"), "The biases are missing."),
        "each unit reads itself only": (
            _count(one="u * (inputs + 1 + biases)"),
            "Each unit reads the state of every unit",
        ),
        "three sets in an LSTM": (
            _count("{'simple': 1, 'lstm': 3, 'gru': 3}[kind]"),
            "three gates and the candidate",
        ),
        "two biases everywhere": (
            _count(biases="1 if kind == 'simple' else 2"),
            "only Keras's GRU has two",
        ),
        "one bias in a GRU": (
            _count(biases="1"),
            "Keras's GRU has two biases per unit",
        ),
        "four sets in a GRU": (
            _count("{'simple': 1, 'lstm': 4, 'gru': 4}[kind]"),
            "A GRU has three sets of weights, not four.",
        ),
        "two sets in a GRU": (
            _count("{'simple': 1, 'lstm': 4, 'gru': 2}[kind]"),
            "two gates and the candidate",
        ),
        "every layer reads the quantities": (
            _count(passed="n_features"),
            "The second layer reads the states of the first",
        ),
        "the lowest layer only": (
            _count().replace("in units", "in units[:1]"),
            "Every layer of the list counts",
        ),
        "one direction": (
            _count(ways="1"),
            "Both ways there are two layers",
        ),
        "twice the units": (
            """
            def count_parameters(kind, n_features, units, both_ways):
                sets = {"simple": 1, "lstm": 4, "gru": 3}[kind]
                total, inputs = 0, n_features
                for u in units:
                    u = 2 * u if both_ways else u
                    total += sets * u * (inputs + u + (2 if kind == "gru" else 1))
                    inputs = u
                return total
            """,
            "not one layer of twice the units",
        ),
        "one direction passed on": (
            _count(passed="u"),
            "A layer above a bidirectional one reads the states of both directions.",
        ),
        "a float": (
            _count(one="u * (inputs + u + float(biases))"),
            "parameters are counted in whole numbers",
        ),
        "the highest layer only": (
            _count().replace("total +=", "total ="),
            "not only the highest",
        ),
        "both ways for the lowest layer only": (
            _count(passed="u").replace("inputs = u", "inputs, ways = ways * u, 1"),
            "Every layer of the list reads both ways",
        ),
    },
)


def _reversed(
    window="values[s : s + length][::-1]",
    y="target[s + length - 1 + horizon]",
    *,
    before="",
    stop="len(values) - length - horizon + 1",
    end="np.stack(X), np.array(y)",
):
    return f"""
def reversed_windows(values, target, length, horizon):
    {before or "pass"}
    X = [{window} for s in range({stop})]
    y = [{y} for s in range({stop})]
    return {end}
"""


REVERSE = Task(
    right={
        "index arrays": """
            def reversed_windows(values, target, length, horizon):
                latest = np.arange(length - 1, len(values) - horizon)
                X = values[latest[:, None] - np.arange(length)]
                return X, target[latest + horizon]
            """,
        "cut forwards, then turned": _reversed(
            "values[s : s + length]", end="np.flip(np.stack(X), axis=1), np.array(y)"
        ),
        "views": """
            from numpy.lib.stride_tricks import sliding_window_view


            def reversed_windows(values, target, length, horizon):
                forwards = sliding_window_view(values, length, axis=0)[:-horizon]
                backwards = forwards[..., ::-1]
                return backwards.swapaxes(1, 2), target[length + horizon - 1 :]
            """,
        "pandas, in float32": """
            import pandas as pd


            def windows(table, length):
                shifted = [table.shift(back) for back in range(length)]
                return np.stack(shifted, axis=1)[length - 1 :].astype(np.float32)


            def reversed_windows(values, target, length, horizon):
                y = pd.Series(target).shift(-horizon).dropna()[length - 1 :]
                return windows(pd.DataFrame(values), length)[: len(y)], y
            """,
    },
    wrong={
        "not reversed": (
            _reversed("values[s : s + length]"),
            "The windows are not reversed.",
        ),
        "columns reversed": (
            _reversed("values[s : s + length, ::-1]"),
            "The columns are reversed, not the rows of each window.",
        ),
        "order of windows reversed": (
            _reversed("values[s : s + length]", end="np.stack(X)[::-1], np.array(y)"),
            "The windows stand in reverse order; the rows of each should.",
        ),
        "everything flipped": (
            _reversed("values[s : s + length]", end="np.flip(X), np.array(y)"),
            "All axes are reversed",
        ),
        "rows and columns flipped": (
            _reversed("np.flip(values[s : s + length])"),
            "Rows and columns are reversed; columns should stay.",
        ),
        "windows and rows flipped": (
            _reversed(end="np.stack(X)[::-1], np.array(y)"),
            "The windows stand in reverse order too",
        ),
        "series reversed before cutting": (
            _reversed("values[s : s + length]", before="values = values[::-1]"),
            "so that the target lies before its window: that forecasts the past",
        ),
        "targets reversed": (
            _reversed(end="np.stack(X), np.array(y)[::-1]"),
            "The targets are reversed",
        ),
        "targets reversed before cutting": (
            _reversed(before="target = target[::-1]"),
            "The targets were turned around before cutting.",
        ),
        "target from the row that is read last": (
            _reversed(y="target[s + horizon]"),
            "which is now its first row",
        ),
        "target one row too early": (
            _reversed(y="target[s + length + horizon - 2]"),
            "The target lies one row too early.",
        ),
        "last window missing": (
            _reversed(stop="len(values) - length - horizon"),
            "The last window is missing",
        ),
        "windows without a target": (
            _reversed(
                y="target[min(s + length - 1 + horizon, len(target) - 1)]",
                stop="len(values) - length + 1",
            ),
            "The last windows have no target.",
        ),
        "windows only": (
            _reversed(end="np.stack(X)"),
            "Return windows and targets",
        ),
        "no overlap": (
            """
            def reversed_windows(values, target, length, horizon):
                starts = np.arange(0, len(values) - length - horizon + 1, length)
                X = np.stack([values[s : s + length][::-1] for s in starts])
                return X, target[starts + length - 1 + horizon]
            """,
            "Windows may overlap",
        ),
        "latest row missing": (
            _reversed("values[s + length - 2 - np.arange(length)]"),
            "Each window begins one row too early",
        ),
        "reversed in place": (
            _reversed(before="values[:] = values[::-1].copy()"),
            "changed its argument `values` in place",
        ),
    },
)

BANK = {
    "task-13-1-epochs": together(EPOCHS, JUDGE, left=((2,), (1,))),
    "task-13-2-pays": together(PAYS, ALIKE, left=((2,), (2,))),
    "task-13-3-mask": MASK,
    "task-13-4-epoch": together(EPOCH, OVERFITTING, left=((3,), (3,))),
    "task-13-5-stack": STACK,
    "task-13-5-count": COUNT,
    "task-13-6-reverse": REVERSE,
}
BANK["task-13-1-epochs"].wrong["full batches only, and a tie counts"] = (
    _epochs("n_windows // batch_size", theirs="source_windows // source_batch_size")
    + _judge(better="int((errors <= np.abs(naive - truth).mean()).sum())"),
    "The last batch of an epoch is a step too",
)
BANK["task-13-2-pays"].wrong["means for medians, and all that agree"] = (
    _break_even(gain="np.mean(plain[1:]) - np.mean(fast[1:])")
    + _alike(answer="int(agrees.sum())"),
    "The pace is the median of the later steps, not their mean.",
)
