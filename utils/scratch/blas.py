"""Threads of the library that multiplies matrices, BLAS."""

from threadpoolctl import ThreadpoolController

__all__ = ["one_thread"]

_LIBRARIES = ThreadpoolController()  # finds them once, which takes milliseconds


def one_thread():
    """Keep matrix products on one thread, as a context.

    A product that BLAS shares out ends when the slowest thread has done its part, and
    the others wait for it in a loop.  Where a program makes thousands of small products
    one after the other, and other programs want the cores, that waiting takes ten times
    as long as the products.

    Returns
    -------
    context manager

    Examples
    --------
    >>> import numpy as np
    >>> with one_thread():
    ...     product = np.ones((2, 3)) @ np.ones((3, 2))
    >>> product
    array([[3., 3.],
           [3., 3.]])
    """
    return _LIBRARIES.limit(limits=1, user_api="blas")
