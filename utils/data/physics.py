"""The physics of moist air that ties the fourteen quantities together.

Pressure, temperature and relative humidity determine eight of the other eleven
quantities of the Jena table.  With the constants below the formulas agree with the real
table to its rounding, so the constants are the station's own.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from utils.data.columns import DEW_POINT

MAGNUS = (6.1078, 17.08085, 234.175)
"""Magnus's formula over water: mbar, a pure number, °C."""

KELVIN = 273.16
"""What the station adds to °C to get K: the triple point of water, not 273.15."""

KAPPA = 0.286
"""Gas constant over heat capacity of dry air, the exponent of Poisson's equation."""

EPSILON = 0.622
"""Mass of a water molecule over the mean mass of a molecule of dry air."""

GAS = 287.059
"""Gas constant of dry air, in J/(kg K); textbooks print 287.05 to 287.06."""


def saturation_pressure(temperature):
    """Return the most vapour that air can hold, by Magnus's formula.

    Parameters
    ----------
    temperature : array_like
        Any shape, in °C.

    Returns
    -------
    numpy.ndarray or float
        Saturation vapour pressure over water in mbar, same shape.

    Notes
    -----
    6.1078 exp(17.08085 T / (234.175 + T)), as the German weather service uses it; see
    Murray, *On the computation of saturation vapor pressure*, Journal of Applied
    Meteorology 6 (1967), for its form.  The station uses it below 0 °C too.

    Examples
    --------
    >>> round(float(saturation_pressure(-8.02)), 2)
    3.33
    """
    base, slope, offset = MAGNUS
    temperature = np.asarray(temperature, dtype=float)
    return base * np.exp(slope * temperature / (offset + temperature))


def dew_point(vapour):
    """Return the temperature at which a vapour pressure saturates the air.

    Parameters
    ----------
    vapour : array_like
        Vapour pressure in mbar, positive, any shape.

    Returns
    -------
    numpy.ndarray or float
        Dew point in °C, same shape.

    Notes
    -----
    The inverse of :func:`saturation_pressure`.

    Examples
    --------
    >>> round(float(dew_point(saturation_pressure(11.5))), 6)
    11.5
    """
    base, slope, offset = MAGNUS
    logarithm = np.log(np.asarray(vapour, dtype=float) / base)
    return offset * logarithm / (slope - logarithm)


def derive(pressure, temperature, humidity) -> pd.DataFrame:
    """Compute the eight quantities that follow from the three measured ones.

    Parameters
    ----------
    pressure, temperature, humidity : array_like
        Air pressure in mbar, temperature in °C and relative humidity in % (above 0),
        shape (n,) each.

    Returns
    -------
    pandas.DataFrame
        Shape (n, 8), unrounded, under the column names and in the units of the Jena
        table.

    Notes
    -----
    Potential temperature by Poisson's equation; specific humidity and density from the
    law of ideal gases for a mixture of dry air and vapour.  See R. B. Stull, *Practical
    Meteorology* (2017), chapters 1, 3 and 4.

    Examples
    --------
    >>> derive([996.52], [-8.02], [93.3])[["Tpot (K)", "VPact (mbar)"]].round(2)
       Tpot (K)  VPact (mbar)
    0     265.4          3.11
    """
    p = np.asarray(pressure, dtype=float)
    kelvin = np.asarray(temperature, dtype=float) + KELVIN
    most = saturation_pressure(temperature)
    vapour = most * np.asarray(humidity, dtype=float) / 100
    lighter = (1 - EPSILON) * vapour
    return pd.DataFrame(
        {
            "Tpot (K)": kelvin * (1000 / p) ** KAPPA,
            DEW_POINT: dew_point(vapour),
            "VPmax (mbar)": most,
            "VPact (mbar)": vapour,
            "VPdef (mbar)": most - vapour,
            "sh (g/kg)": 1000 * EPSILON * vapour / (p - lighter),
            "H2OC (mmol/mol)": 1000 * vapour / p,
            "rho (g/m**3)": 1e5 * (p - lighter) / (GAS * kelvin),
        }
    )
