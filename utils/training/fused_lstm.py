"""LSTM layers that a processor trains faster, with the same sums to rounding.

Keras walks through a window with a loop of small operations.  TensorFlow also has a
kernel that walks through all of it in one operation, and a batch can be shared out to
two such walks, side by side.  :func:`fuse` puts layers that do so into a model.
"""

from __future__ import annotations

import functools
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

SHARES = 2  # of a batch, computed side by side
_GATES = (0, 2, 1, 3)  # the kernel's order: input, candidate, forget, output


def fuse(model: keras.Model) -> tuple[keras.Model, bool]:
    """Copy a model with its weights, its LSTM layers computed by one kernel each.

    Parameters
    ----------
    model : keras.Model
        Built, from layers alone.

    Returns
    -------
    model : keras.Model
        The copy, whose weights have the same order and shapes; or the model itself
        where nothing is to be gained: it has no LSTM layer, one with recurrent dropout,
        other activations, another precision or ``unroll=True``, or the machine has a
        graphics card, for which Keras has a kernel of its own.
    fused : bool
        Whether it is a copy.  Compile a copy with ``jit_compile=False``: XLA does not
        know the kernel.

    Notes
    -----
    The kernel is ``tf.raw_ops.BlockLSTM``.  Its successor, ``BlockLSTMV2``, has the
    gates in Keras's order, but TensorFlow 2.21 computes its gradient as if they
    had the old one, which is wrong.

    Taught in chapter 13.

    Examples
    --------
    >>> import keras
    >>> inputs = keras.Input((5, 3))
    >>> model = keras.Model(inputs, keras.layers.LSTM(4)(inputs))
    >>> copy, fused = fuse(model)
    >>> fused, copy.count_params() == model.count_params()
    (True, True)
    """
    from utils.backend import keras, tf

    recurrent = [
        layer for layer in _inner(model) if isinstance(layer, keras.layers.RNN)
    ]
    if (
        not recurrent
        or not all(map(_is_fusible, recurrent))
        or tf.config.list_physical_devices("GPU")
    ):
        return model, False
    copy = keras.models.clone_model(model, clone_function=_copied)
    copy.set_weights(model.get_weights())
    return copy, True


def _inner(model: keras.Model) -> list:
    """Return the layers of a model, the two of a bidirectional one in its place."""
    from utils.backend import keras

    found = []
    for layer in model.layers:
        pair = isinstance(layer, keras.layers.Bidirectional)
        found += [layer.forward_layer, layer.backward_layer] if pair else [layer]
    return found


def _is_fusible(layer) -> bool:
    from utils.backend import keras

    return (
        type(layer) is keras.layers.LSTM
        and layer.activation is keras.activations.tanh
        and layer.recurrent_activation is keras.activations.sigmoid
        and layer.use_bias
        and layer.compute_dtype == "float32"
        and not (layer.dropout or layer.recurrent_dropout)
        and not (layer.unroll or layer.stateful)
    )


def _copied(layer):
    """Return an untrained copy of a layer, which the kernel computes if it can."""
    from utils.backend import keras

    if type(layer) is keras.layers.LSTM:
        return _fused_lstm().from_config(layer.get_config())
    if isinstance(layer, keras.layers.Bidirectional):
        pair = (layer.forward_layer, layer.backward_layer)
        forward, backward = map(_copied, pair)
        return keras.layers.Bidirectional(
            forward,
            merge_mode=layer.merge_mode,
            backward_layer=backward,
            name=layer.name,
        )
    return layer.__class__.from_config(layer.get_config())


@functools.cache
def _fused_lstm():
    """Return the class of the layers; Keras is imported when it is needed."""
    from utils.backend import keras, tf

    @keras.saving.register_keras_serializable(package=__name__)
    class FusedLSTM(keras.layers.LSTM):
        """An LSTM whose loop over the steps is one operation for each share."""

        def inner_loop(self, sequences, initial_state, mask, training=False):
            """Return the last output, all outputs, and the last states."""
            if mask is not None:  # which the kernel does not know
                return super().inner_loop(sequences, initial_state, mask, training)
            x = tf.transpose(sequences, (1, 0, 2))
            x = tf.reverse(x, [0]) if self.go_backwards else x
            h, c = self._walk(x, *initial_state)
            return h[-1], tf.transpose(h, (1, 0, 2)), [h[-1], c[-1]]

        def _walk(self, x, h, c):
            """Return all states, of shape (steps, batch, units)."""
            batch = tf.shape(x)[1]
            more = tf.maximum(SHARES - batch, 0)  # no share may be empty
            x = tf.pad(x, [[0, 0], [0, more], [0, 0]])
            h, c = (tf.pad(state, [[0, more], [0, 0]]) for state in (h, c))
            cuts = [(batch + more) * k // SHARES for k in range(SHARES + 1)]
            walks = [
                _kernel(self.cell, x[:, start:stop], h[start:stop], c[start:stop])
                for start, stop in pairwise(cuts)
            ]
            joined = (tf.concat(states, axis=1) for states in zip(*walks, strict=True))
            return [states[:, :batch] for states in joined]

    return FusedLSTM


def _kernel(cell, x, h, c):
    """Walk through windows of shape (steps, windows, features) in one operation."""
    from utils.backend import tf

    def ordered(weights):
        parts = tf.split(weights, 4, axis=-1)
        return tf.concat([parts[k] for k in _GATES], axis=-1)

    unused = tf.zeros(cell.units)
    states = tf.raw_ops.BlockLSTM(
        seq_len_max=tf.shape(x, out_type=tf.int64)[0],
        x=x,
        cs_prev=c,
        h_prev=h,
        w=ordered(tf.concat([cell.kernel, cell.recurrent_kernel], axis=0)),
        wci=unused,
        wcf=unused,
        wco=unused,
        b=ordered(cell.bias),
        forget_bias=0.0,
        cell_clip=-1.0,
        use_peephole=False,
    )
    return states.h, states.cs
