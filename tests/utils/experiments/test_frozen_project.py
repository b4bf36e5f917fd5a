"""The frozen forecast of the project is the one that its plan makes."""

from pathlib import Path

import numpy as np

from utils.data.series import monthly
from utils.experiments import preregistration
from utils.forecasting.classical import Autoregression
from utils.forecasting.transforms import Logged

PATH = Path(__file__).parents[3] / "chapters/checkpoints/project/elec_equip.json"


def test_the_plan_makes_the_frozen_forecast_from_the_months_before_its_origin():
    frozen = preregistration.read(PATH)
    plan = frozen.plan
    series = monthly(plan.series)
    known = series[: plan.settings["last_month"]]
    assert known.index[-1].to_numpy() < plan.months[0].astype("datetime64[D]")
    assert len(series) - len(known) == plan.horizon
    made = Logged(Autoregression(plan.settings["lags"])).fit(known)
    np.testing.assert_allclose(made.forecast(plan.horizon), frozen.forecast, atol=0.02)
