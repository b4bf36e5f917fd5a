"""What a history, a count and a level must be, and what importing forecasters costs."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from utils.forecasting.forecaster import check_count, check_history, check_level


def test_a_history_is_a_new_name_for_its_values_whatever_holds_them():
    for history in ([1, 2], np.array([1, 2]), pd.Series([1, 2])):
        values = check_history(history)
        assert values.dtype == np.float64
        assert values.tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: check_history([[1.0]]),
            r"one series of the shape \(n,\), not \(1, 1\)",
        ),
        (lambda: check_history([]), "holds 0 values, and a forecast needs 1 or more"),
        (lambda: check_history([1.0, np.inf]), "holds inf at row 1, the first of 1"),
        (
            lambda: check_count("horizon", 0),
            "horizon must be a whole number, 1 or more",
        ),
        (lambda: check_count("horizon", True), "not True"),
        (lambda: check_count("horizon", 2.0), "not 2.0"),
        (lambda: check_level(1), "between 0 and 1, not 1"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_importing_forecasters_imports_neither_tensorflow_nor_statsmodels():
    modules = "forecaster, classical, transforms, backtest, comparison, roots"
    code = (
        f"import sys; from utils.forecasting import {modules}; "
        "import numpy as np; classical.Drift().fit(np.arange(9.0)).forecast(3); "
        "assert not {'tensorflow', 'keras', 'statsmodels'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
