"""Optimizers, which turn gradients into steps downhill, and learning-rate schedules.

Every optimizer changes the parameters **in place**: ``optimizer.update(params, grads)``
takes a list of arrays and a list of gradients of the same shapes.  With the gradient g,
the learning rate lr and a memory that starts at zero:

- `SGD`: w -= lr g; with momentum mu, v = mu v + lr g and w -= v
- `AdaGrad`: s += g^2 and w -= lr g / sqrt(s + eps)
- `RMSprop`: s = rho s + (1 - rho) g^2 and w -= lr g / sqrt(s + eps)
- `Adam`: m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2 and
  w -= lr m' / (sqrt(v') + eps), where m' = m / (1 - b1^t) and v' = v / (1 - b2^t)
  make up for the start at zero

Defaults and the places of eps are those of Keras.
"""

import numpy as np

from utils.scratch import _checks

__all__ = [
    "OPTIMIZERS",
    "SGD",
    "AdaGrad",
    "Adam",
    "Optimizer",
    "RMSprop",
    "constant",
    "cosine_decay",
    "exponential_decay",
    "get_optimizer",
    "step_decay",
]


class Optimizer:
    """What all optimizers share: a learning rate, a count of steps and a memory.

    Parameters
    ----------
    lr : float or callable
        Learning rate, or a schedule: a function from the number of updates made so far
        to the learning rate of the next.

    Attributes
    ----------
    steps : int
        Updates made so far.
    memory : list of list of ndarray, or None before the first update
        For each parameter, the arrays that the optimizer keeps between updates.

    Raises
    ------
    ValueError
        If `lr` is a number that is not positive.
    """

    slots = 0  # arrays of memory per parameter
    start = 0.0  # what they hold before the first update

    def __init__(self, lr):
        self.schedule = lr if callable(lr) else constant(lr)
        self.steps = 0
        self.memory = None

    @property
    def lr(self):
        """The learning rate of the next update."""
        lr = self.schedule(self.steps)
        if not 0 <= lr < np.inf:
            raise ValueError(
                f"the schedule must give rates of at least 0; it gave {lr} for update "
                f"{self.steps}."
            )
        return lr

    def update(self, params, grads):
        """Take one step: change every array of `params` in place.

        Parameters
        ----------
        params : list of float64 ndarray of any shapes
            Parameters, changed in place.
        grads : list of array-like of the same shapes
            Gradient of the cost with respect to each.

        Raises
        ------
        ValueError
            If the shapes disagree with each other or with those of earlier updates, if
            a parameter cannot be changed in place, or if a gradient is not finite.
        """
        grads = _matched(params, grads)
        if self.memory is None:
            self.memory = [
                [np.full(p.shape, self.start) for _ in range(self.slots)]
                for p in params
            ]
            self._shapes = [p.shape for p in params]
        if [p.shape for p in params] != self._shapes:
            raise ValueError(
                f"this optimizer remembers parameters of shapes {self._shapes}; got "
                f"{[p.shape for p in params]}: make a new one for each network."
            )
        lr = self.lr
        self.steps += 1
        for p, g, memory in zip(params, grads, self.memory, strict=True):
            p -= self._step(g, lr, *memory)

    def _step(self, g, lr, *memory):
        """Return what to subtract from one parameter, after changing its memory."""
        raise NotImplementedError


class SGD(Optimizer):
    """Gradient descent, with momentum if wanted.

    Parameters
    ----------
    lr : float or callable, default 0.01
        Learning rate or schedule.
    momentum : float, default 0.0
        Share of the last step that is repeated, in [0, 1).
    nesterov : bool, default False
        Whether the gradient counts as if taken after the repeated step.

    Raises
    ------
    ValueError
        If `lr` or `momentum` is out of range.

    Notes
    -----
    Taught in chapter 3.

    Examples
    --------
    >>> w = np.array([1.0])
    >>> SGD(0.1).update([w], [2 * w])  # one step down the parabola w^2
    >>> w
    array([0.8])
    """

    slots = 1

    def __init__(self, lr=0.01, *, momentum=0.0, nesterov=False):
        super().__init__(lr)
        self.momentum = _checks.fraction("momentum", momentum)
        self.nesterov = nesterov

    def _step(self, g, lr, v):
        v[...] = self.momentum * v + lr * g
        return self.momentum * v + lr * g if self.nesterov else v


class AdaGrad(Optimizer):
    """A step per weight, divided by the root of all its squared gradients so far [1]_.

    Parameters
    ----------
    lr : float or callable, default 0.001
        Learning rate or schedule.
    initial : float, default 0.1
        What the sum of squares starts from, at least 0.
    eps : float, default 1e-7
        Keeps the divisor away from zero.

    Raises
    ------
    ValueError
        If a number is out of range.

    Notes
    -----
    Taught in chapter 3.

    References
    ----------
    .. [1] J. Duchi, E. Hazan and Y. Singer, "Adaptive subgradient methods for online
       learning and stochastic optimization", *JMLR* 12, 2011.

    Examples
    --------
    >>> w = np.array([1.0, 1.0])
    >>> AdaGrad(0.1, initial=0.0).update([w], [np.array([100.0, 0.01])])
    >>> w.round(4)  # a steep and a flat direction: the same step
    array([0.9, 0.9])
    """

    slots = 1

    def __init__(self, lr=0.001, *, initial=0.1, eps=1e-7):
        super().__init__(lr)
        if not 0 <= initial < np.inf:
            raise ValueError(f"initial must be at least 0; got {initial}.")
        self.start, self.eps = initial, _checks.positive("eps", eps)

    def _step(self, g, lr, s):
        s += g**2
        return lr * g / np.sqrt(s + self.eps)


class RMSprop(Optimizer):
    """AdaGrad that forgets: a moving average of squared gradients [1]_.

    Parameters
    ----------
    lr : float or callable, default 0.001
        Learning rate or schedule.
    rho : float, default 0.9
        Share of the average that is kept in each update, in [0, 1).
    eps : float, default 1e-7
        Keeps the divisor away from zero.

    Raises
    ------
    ValueError
        If a number is out of range.

    Notes
    -----
    Taught in chapter 3.

    References
    ----------
    .. [1] T. Tieleman and G. Hinton, lecture 6.5 of *Neural Networks for Machine
       Learning*, Coursera, 2012.

    Examples
    --------
    >>> w = np.array([1.0])
    >>> RMSprop(0.1).update([w], [np.array([5.0])])
    >>> w.round(4)  # the first step is lr / sqrt(1 - rho)
    array([0.6838])
    """

    slots = 1

    def __init__(self, lr=0.001, *, rho=0.9, eps=1e-7):
        super().__init__(lr)
        self.rho, self.eps = _checks.fraction("rho", rho), _checks.positive("eps", eps)

    def _step(self, g, lr, s):
        s[...] = self.rho * s + (1 - self.rho) * g**2
        return lr * g / np.sqrt(s + self.eps)


class Adam(Optimizer):
    """Momentum and RMSprop together, corrected for their start at zero [1]_.

    Parameters
    ----------
    lr : float or callable, default 0.001
        Learning rate or schedule.
    beta_1, beta_2 : float, default 0.9 and 0.999
        Shares that the averages of the gradient and of its square keep, in [0, 1).
    eps : float, default 1e-7
        Keeps the divisor away from zero.  As in Keras it is added to the root before
        the correction, the paper's "epsilon hat".
    bias_correction : bool, default True
        Whether to divide the averages by ``1 - beta**t``.  Keras always does.

    Raises
    ------
    ValueError
        If a number is out of range.

    Notes
    -----
    Taught in chapter 3.

    References
    ----------
    .. [1] D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", *ICLR*,
       2015.

    Examples
    --------
    >>> w = np.array([1.0, 1.0])
    >>> Adam(0.1).update([w], [np.array([100.0, 0.01])])
    >>> w.round(4)  # the first step is lr, however steep the slope
    array([0.9, 0.9])
    >>> w = np.array([1.0])
    >>> Adam(0.1, bias_correction=False).update([w], [np.array([100.0])])
    >>> w.round(4)  # lr (1 - beta_1) / sqrt(1 - beta_2)
    array([0.6838])
    """

    slots = 2

    def __init__(
        self, lr=0.001, *, beta_1=0.9, beta_2=0.999, eps=1e-7, bias_correction=True
    ):
        super().__init__(lr)
        self.beta_1 = _checks.fraction("beta_1", beta_1)
        self.beta_2 = _checks.fraction("beta_2", beta_2)
        self.eps = _checks.positive("eps", eps)
        self.bias_correction = bias_correction

    def _step(self, g, lr, m, v):
        m[...] = self.beta_1 * m + (1 - self.beta_1) * g
        v[...] = self.beta_2 * v + (1 - self.beta_2) * g**2
        if self.bias_correction:
            lr *= np.sqrt(1 - self.beta_2**self.steps) / (1 - self.beta_1**self.steps)
        return lr * m / (np.sqrt(v) + self.eps)


def _matched(params, grads):
    """Return the gradients as arrays after checking that they fit the parameters."""
    for p in params:
        if not (isinstance(p, np.ndarray) and p.dtype == np.float64):
            raise ValueError(
                "params must be a list of float64 arrays, which are changed in place; "
                f"got {getattr(p, 'dtype', type(p).__name__)}."
            )
    grads = [_checks.numbers("grads", g) for g in grads]
    if [p.shape for p in params] != [g.shape for g in grads]:
        raise ValueError(
            "grads must have the shapes of params; got "
            f"{[g.shape for g in grads]} for {[p.shape for p in params]}."
        )
    return grads


def constant(lr):
    """Return the schedule that gives `lr` for every update.

    Raises
    ------
    ValueError
        If `lr` is not a positive number.

    Notes
    -----
    Taught in chapter 3.

    Examples
    --------
    >>> constant(0.1)(1000)
    0.1
    """
    lr = _checks.positive("lr", lr)
    return lambda step: lr


def step_decay(lr, *, factor=0.5, every):
    """Return the schedule that multiplies `lr` by `factor` after every `every` updates.

    Raises
    ------
    ValueError
        If `lr` or `factor` is not positive, or `every` not a whole number above 0.

    Notes
    -----
    Taught in chapter 3.

    Examples
    --------
    >>> rate = step_decay(0.8, every=10)
    >>> [rate(step) for step in (0, 9, 10, 20)]
    [0.8, 0.8, 0.4, 0.2]
    """
    lr, factor = _checks.positive("lr", lr), _checks.positive("factor", factor)
    every = _checks.count("every", every)
    return lambda step: lr * factor ** (step // every)


def exponential_decay(lr, *, factor=0.5, every):
    """Return the schedule of `step_decay`, made smooth.

    Raises
    ------
    ValueError
        If `lr` or `factor` is not positive, or `every` not a whole number above 0.

    Notes
    -----
    Taught in chapter 3.

    Examples
    --------
    >>> rate = exponential_decay(0.8, every=10)
    >>> [round(rate(step), 3) for step in (0, 5, 10, 20)]
    [0.8, 0.566, 0.4, 0.2]
    """
    lr, factor = _checks.positive("lr", lr), _checks.positive("factor", factor)
    every = _checks.count("every", every)
    return lambda step: lr * factor ** (step / every)


def cosine_decay(lr, *, steps):
    """Return the schedule that falls to 0 in `steps` updates, along half a cosine.

    Raises
    ------
    ValueError
        If `lr` is not positive, or `steps` not a whole number above 0.

    Notes
    -----
    Taught in chapter 3.

    Examples
    --------
    >>> rate = cosine_decay(0.8, steps=100)
    >>> [round(rate(step), 3) for step in (0, 50, 100, 1000)]
    [0.8, 0.4, 0.0, 0.0]
    """
    lr, steps = _checks.positive("lr", lr), _checks.count("steps", steps)
    return lambda step: float(lr * (1 + np.cos(np.pi * min(step / steps, 1))) / 2)


OPTIMIZERS = {"sgd": SGD, "adagrad": AdaGrad, "rmsprop": RMSprop, "adam": Adam}


def get_optimizer(name):
    """Return a new optimizer of that name, or `name` itself if it is an optimizer.

    Raises
    ------
    ValueError
        If no optimizer has that name.

    Examples
    --------
    >>> get_optimizer("adam").lr
    0.001
    """
    if isinstance(name, Optimizer):
        return name
    return _checks.chosen("optimizer", name, OPTIMIZERS)()
