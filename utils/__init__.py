"""Helpers of the course *Deep learning for time series*.

Data flows one way through the rooms: ``data`` -> ``windows`` -> ``models`` ->
``training`` -> ``metrics`` -> ``ledger`` and ``plotting``.  Importing ``utils`` loads
none of them; import the room that you need, for example ``from utils import windows``.
"""

__version__ = "0.1.0"
