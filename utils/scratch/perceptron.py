"""One artificial neuron, and Rosenblatt's rule, which lets it learn from mistakes."""

import numpy as np

__all__ = ["Perceptron", "neuron", "step"]


def neuron(X, w, b):
    """Return the weighted sum of a neuron's inputs plus its bias.

    Parameters
    ----------
    X : array-like of shape (n_inputs,) or (n_examples, n_inputs)
        One example, or a batch with one example per row.
    w : array-like of shape (n_inputs,)
        Weights.
    b : float
        Bias: one number per neuron.

    Returns
    -------
    float or ndarray of shape (n_examples,)
        ``z = X @ w + b``.

    Raises
    ------
    ValueError
        If `X` and `w` disagree on the number of inputs.

    Notes
    -----
    Taught in chapter 1.

    Examples
    --------
    >>> float(neuron([2.0, -1.0], [0.5, 1.5], 1.0))
    0.5
    """
    X, w = np.asarray(X, dtype=float), np.asarray(w, dtype=float)
    if w.ndim != 1 or X.ndim not in (1, 2) or X.shape[-1] != len(w):
        raise ValueError(
            "X must have shape (n_inputs,) or (n_examples, n_inputs) and w "
            f"(n_inputs,); got {X.shape} and {w.shape}."
        )
    return X @ w + b


def step(z):
    """Return 1 where `z` is at least zero and 0 elsewhere.

    Parameters
    ----------
    z : array-like of any shape
        Weighted sums.

    Returns
    -------
    int or ndarray of int
        Same shape as `z`.

    Notes
    -----
    Taught in chapter 1.

    Examples
    --------
    >>> step([-0.1, 0.0, 2.0])
    array([0, 1, 1])
    """
    return (np.asarray(z) >= 0).astype(int)[()]


class Perceptron:
    """A neuron with a step, trained by Rosenblatt's rule [1]_.

    For every example it answers wrongly, the rule adds ``lr * (y - y_hat) * x`` to the
    weights and ``lr * (y - y_hat)`` to the bias.  On data that a line can separate it
    stops after finitely many updates [2]_.

    Parameters
    ----------
    lr : float, default 1.0
        Learning rate, positive.
    max_epochs : int, default 100
        Passes over the data after which `fit` gives up.

    Attributes
    ----------
    w : ndarray of shape (n_inputs,)
        Weights after `fit`.
    b : float
        Bias after `fit`.
    mistakes : list of int
        Wrong answers met in each epoch; the last is 0 if the rule converged.
    path : ndarray of shape (n_updates + 1, n_inputs + 1)
        Weights and bias before the first update and after each one.

    Notes
    -----
    Taught in chapter 1.

    References
    ----------
    .. [1] F. Rosenblatt, "The perceptron: a probabilistic model for information
       storage and organization in the brain", *Psychological Review* 65, 1958.
    .. [2] A. B. J. Novikoff, "On convergence proofs on perceptrons", *Proceedings of
       the Symposium on the Mathematical Theory of Automata* 12, 1962.

    Examples
    --------
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> Perceptron().fit(X, [0, 0, 0, 1]).predict(X)
    array([0, 0, 0, 1])
    """

    def __init__(self, *, lr=1.0, max_epochs=100):
        if not lr > 0:
            raise ValueError(f"lr must be positive; got {lr}.")
        if max_epochs < 1:
            raise ValueError(f"max_epochs must be at least 1; got {max_epochs}.")
        self.lr = lr
        self.max_epochs = max_epochs
        self.w = self.b = None

    def fit(self, X, y):
        """Learn from the examples, in their order, starting from zero weights.

        Parameters
        ----------
        X : array-like of shape (n_examples, n_inputs)
            Inputs.
        y : array-like of shape (n_examples,)
            Labels, 0 or 1.

        Returns
        -------
        Perceptron
            Itself.

        Raises
        ------
        ValueError
            If the shapes disagree, a label is neither 0 nor 1, or an input is not
            finite.
        """
        X, y = _examples(X, y)
        self.w, self.b = np.zeros(X.shape[1]), 0.0
        self.mistakes, path = [], [np.append(self.w, self.b)]
        for _ in range(self.max_epochs):
            before = len(path)
            for x, target in zip(X, y, strict=True):
                error = target - step(neuron(x, self.w, self.b))
                if error:
                    self.w = self.w + self.lr * error * x
                    self.b += self.lr * error
                    path.append(np.append(self.w, self.b))
            self.mistakes.append(len(path) - before)
            if self.mistakes[-1] == 0:
                break
        self.path = np.array(path)
        return self

    @property
    def converged(self):
        """Whether the last epoch had no mistake."""
        self._require_fit()
        return self.mistakes[-1] == 0

    def predict(self, X):
        """Return the neuron's decisions.

        Parameters
        ----------
        X : array-like of shape (n_inputs,) or (n_examples, n_inputs)
            Inputs.

        Returns
        -------
        int or ndarray of int of shape (n_examples,)
            0 or 1.

        Raises
        ------
        ValueError
            If the perceptron was not fitted, or the number of inputs is another.
        """
        self._require_fit()
        return step(neuron(X, self.w, self.b))

    def _require_fit(self):
        if self.w is None:
            raise ValueError(
                "this perceptron has no weights yet: call fit(X, y) first."
            )


def _examples(X, y):
    """Return the examples as arrays, or say what is wrong with them."""
    X, y = np.asarray(X, dtype=float), np.asarray(y)
    if X.ndim != 2 or y.shape != X.shape[:1] or not len(y):
        raise ValueError(
            "X must have shape (n_examples, n_inputs) and y (n_examples,), with at "
            f"least one example; got {X.shape} and {y.shape}."
        )
    if not np.isfinite(X).all():
        raise ValueError("X must hold finite numbers; it has NaN or infinity.")
    if not np.isin(y, (0, 1)).all():
        odd = np.unique(y[~np.isin(y, (0, 1))])[:3]
        raise ValueError(f"y must hold the labels 0 and 1; got also {odd}.")
    return X, y.astype(int)
