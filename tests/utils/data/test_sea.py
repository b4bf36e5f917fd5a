"""Promises of utils.data.sea: the examples of chapters 1 to 4."""

import numpy as np
import pytest

from utils.data import sea
from utils.data.series import monthly


def test_the_training_years_have_no_anomaly_on_average_in_any_calendar_month():
    training = sea.anomalies()[:"1989"].to_numpy().reshape(40, 12)
    np.testing.assert_allclose(training.mean(axis=0), 0, atol=1e-12)


def test_an_anomaly_is_the_temperature_less_one_number_a_calendar_month():
    anomaly = sea.anomalies()
    usual = (monthly("elnino")[: anomaly.index[-1]] - anomaly).to_numpy()
    np.testing.assert_allclose(usual.reshape(-1, 12), usual[None, :12].repeat(51, 0))


def test_nothing_is_seen_of_the_years_that_chapter_10_tests_on():
    assert str(sea.anomalies().index[-1].date()) == "2000-12-01"


def test_a_figure_and_a_table_call_the_anomalies_by_their_name():
    assert sea.anomalies().name == "anomaly"


@pytest.mark.parametrize("n_months", [1, np.int64(2), 12])
def test_an_example_holds_the_months_before_its_target(n_months):
    values = sea.anomalies().to_numpy()
    X_train, y_train, X_test, y_test = sea.next_month(n_months=n_months)
    X, y = np.concatenate([X_train, X_test]), np.concatenate([y_train, y_test])
    assert len(y) == 612 - n_months
    for i in range(len(y)):
        np.testing.assert_array_equal([*X[i], y[i]], values[i : i + n_months + 1])


def test_the_last_training_target_is_december_1989_and_none_is_used_twice():
    anomaly = sea.anomalies()
    _, y_train, _, y_test = sea.next_month(n_months=3)
    assert y_train[-1] == anomaly["1989-12-01"]
    np.testing.assert_array_equal(y_test, anomaly.loc["1990":"2000"])


def test_a_change_to_the_examples_stays_with_the_caller():
    for array in sea.next_month(n_months=2):
        array[:] = 0.0
    assert np.abs(sea.next_month(n_months=2)[0]).max() > 1


@pytest.mark.parametrize("n_months", [0, 25, 2.0, "2"])
def test_a_number_of_months_that_makes_no_examples_is_refused(n_months):
    with pytest.raises(ValueError, match="n_months must be a whole number from 1 to"):
        sea.next_month(n_months=n_months)
