"""What a network asks of a layer, whatever the layer computes."""

import numpy as np

from utils.scratch import _checks

__all__ = ["Layer"]


class Layer:
    """A step of a network: forward from inputs to outputs, and back again.

    A layer of your own derives from this class, defines `forward` and `backward`, and
    lists its arrays in `parameters` and `gradients`.  `Network`, its `fit`, the
    optimizers and the gradient check ask for nothing else.

    Attributes
    ----------
    parameters : list of float64 ndarray
        The arrays that training changes: themselves, not copies.
    gradients : list of ndarray
        dC/d(parameter) of the last `backward`, in the order and shapes of `parameters`.
    n_in, n_out : int or None
        Sizes of the last axis of inputs and outputs; None stands for any.

    Examples
    --------
    >>> class Scale(Layer):
    ...     '''Multiply each feature by a factor of its own.'''
    ...
    ...     def __init__(self, n):
    ...         self.factor = np.ones(n)
    ...         self.parameters = [self.factor]
    ...
    ...     def forward(self, X):
    ...         self.X = np.asarray(X, dtype=float)
    ...         return self.factor * self.X
    ...
    ...     def backward(self, d_out):
    ...         self.gradients = [(d_out * self.X).sum(axis=0)]
    ...         return d_out * self.factor
    >>> layer = Scale(2)
    >>> layer.set_weights([[2.0, 3.0]])
    >>> layer.forward([[1.0, 1.0], [0.0, 5.0]])
    array([[ 2.,  3.],
           [ 0., 15.]])
    >>> layer.backward(np.array([[1.0, 0.0], [0.0, 1.0]]))
    array([[2., 0.],
           [0., 3.]])
    >>> layer.gradients
    [array([1., 5.])]
    """

    parameters = ()
    gradients = ()
    n_in = n_out = None

    def forward(self, X):
        """Return the outputs, and keep what `backward` needs in new arrays.

        Parameters
        ----------
        X : array-like of shape (n, ..., n_in)
            A batch, its examples along the first axis.

        Returns
        -------
        ndarray of shape (n, ..., n_out)
        """
        raise NotImplementedError

    def backward(self, d_out):
        """Keep the gradients of the parameters, and return that of the inputs.

        Parameters
        ----------
        d_out : ndarray of the shape of the outputs
            dC/d(output) of the batch's average cost.

        Returns
        -------
        ndarray of the shape of the inputs
            dC/d(input), which is dC/d(output) of the layer below.
        """
        raise NotImplementedError

    def keep_gradients(self, d_out):
        """Do what `backward` does, for a first layer, below which nothing learns.

        A layer that saves work without dC/d(input) says here how.
        """
        self.backward(d_out)

    @property
    def n_parameters(self):
        """Number of weights and biases."""
        return sum(p.size for p in self.parameters)

    def get_weights(self):
        """Return copies of the parameters."""
        return [p.copy() for p in self.parameters]

    def set_weights(self, weights):
        """Copy numbers into the parameters.

        Parameters
        ----------
        weights : list of array-like
            In the order and shapes of `parameters`, as `get_weights` returns them, and
            as that of the Keras layer of the same kind does.

        Raises
        ------
        ValueError
            If there are too many or too few, a shape is another, or a number is not
            finite.
        """
        weights = [np.asarray(w) for w in weights]
        expected = [p.shape for p in self.parameters]
        if [w.shape for w in weights] != expected:
            raise ValueError(
                f"weights of {self!r} must have the shapes {expected}; got "
                f"{[w.shape for w in weights]}."
            )
        new = [_checks.numbers(*pair) for pair in zip(self.names, weights, strict=True)]
        for p, w in zip(self.parameters, new, strict=True):
            p[...] = w

    @property
    def names(self):
        """The attributes that hold the parameters, such as ``["W", "b"]``."""
        held = {id(value): name for name, value in vars(self).items()}
        return [
            held.get(id(p), f"parameter {i}") for i, p in enumerate(self.parameters)
        ]

    def __repr__(self):
        """Show the kind of layer."""
        return f"{type(self).__name__}()"
