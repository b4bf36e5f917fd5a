"""Helpers of the course *Deep learning for time series*.

Data flows one way through the rooms: ``data`` -> ``windows``, ``features`` ->
``training`` -> ``forecasting``, ``plotting`` -> ``experiments``; ``scratch`` holds the
networks in NumPy, ``book`` the parts of the pages, ``checks`` those of the exercises.
Importing ``utils`` loads none of them; import the room that you need, for example
``from utils import windows``.
"""

__version__ = "0.1.0"
