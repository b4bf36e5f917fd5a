"""The columns of the Jena weather table: their headings, their units, what they mean.

This is the one place where headings are spelled out; loading, cleaning, simulating and
forecasting take them from here, and so does the error that all of them raise.
"""

from __future__ import annotations

from dataclasses import dataclass

TIME = "Date Time"
PRESSURE = "p (mbar)"
TEMPERATURE = "T (degC)"
DEW_POINT = "Tdew (degC)"
HUMIDITY = "rh (%)"
SPEED = "wv (m/s)"
GUST = "max. wv (m/s)"
DIRECTION = "wd (deg)"
WIND = (SPEED, GUST, DIRECTION)

SENTINEL = -9999.0
"""What stands in the file where nothing was measured."""

HOURLY_ROWS = 70_092
"""Rows of the whole table, one an hour."""


class DataError(ValueError):
    """The data cannot be had or cannot be trusted; the message says what to do.

    Examples
    --------
    >>> issubclass(DataError, ValueError)
    True
    """


@dataclass(frozen=True)
class Quantity:
    """One column of the table.

    Parameters
    ----------
    column, name, unit, meaning : str
        Its heading in the file, its name, its unit and what it is in plain words.

    Examples
    --------
    >>> QUANTITIES[1].name, QUANTITIES[1].unit
    ('temperature', '°C')
    """

    column: str
    name: str
    unit: str
    meaning: str


QUANTITIES = (
    Quantity(PRESSURE, "air pressure", "mbar", "weight of the air above the station"),
    Quantity(TEMPERATURE, "temperature", "°C", "temperature of the air"),
    Quantity(
        "Tpot (K)",
        "potential temperature",
        "K",
        "temperature the air would have if brought to a pressure of 1000 mbar",
    ),
    Quantity(
        DEW_POINT,
        "dew point",
        "°C",
        "temperature to which the air must cool before its vapour condenses",
    ),
    Quantity(
        HUMIDITY,
        "relative humidity",
        "%",
        "vapour in the air as a share of the most it could hold",
    ),
    Quantity(
        "VPmax (mbar)",
        "saturation vapour pressure",
        "mbar",
        "the most vapour that air of this temperature could hold",
    ),
    Quantity(
        "VPact (mbar)", "vapour pressure", "mbar", "the vapour that the air holds"
    ),
    Quantity(
        "VPdef (mbar)",
        "vapour pressure deficit",
        "mbar",
        "the vapour that is missing to saturation",
    ),
    Quantity(
        "sh (g/kg)", "specific humidity", "g/kg", "grams of vapour per kilogram of air"
    ),
    Quantity(
        "H2OC (mmol/mol)",
        "water vapour concentration",
        "mmol/mol",
        "thousandths of the air's molecules that are water",
    ),
    Quantity("rho (g/m**3)", "air density", "g/m³", "mass of a cubic metre of air"),
    Quantity(SPEED, "wind speed", "m/s", "mean over the last ten minutes"),
    Quantity(GUST, "gust", "m/s", "strongest wind of the last ten minutes"),
    Quantity(
        DIRECTION,
        "wind direction",
        "°",
        "where the wind comes from: 0 and 360 north, 90 east",
    ),
)
COLUMNS = tuple(quantity.column for quantity in QUANTITIES)
