"""A sweep on a Dask cluster of two processes gives the same table and the same models as on this machine."""

from __future__ import annotations

import os

import joblib
import numpy as np
import pandas as pd
import pytest

from coursekit import data, models, training

distributed = pytest.importorskip("distributed")
DIGITS = data.digits(n_train=96, n_validation=48, seed=0)


@pytest.fixture(scope="module")
def client():
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=2, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def sweep(**options):
    # Functions of a test module cannot be imported by a worker; one defined here is sent as it is, like a notebook's.
    def build_model(l2, seed):
        return models.classifier(64, 10, units=16, l2=l2, dropout_rate=0.3, seed=seed)

    return training.sweep(
        build_model, {"l2": [0.0, 0.01]}, epochs=3, seeds=(0, 1, 2), progress=False, **options
    )


def assert_same(one, other):
    pd.testing.assert_frame_equal(one.table, other.table, check_exact=False, rtol=1e-5, atol=1e-6)
    for run in one.runs:
        for a, b in zip(run.model.get_weights(), other.model(run.point, run.seed).get_weights(), strict=True):
            np.testing.assert_allclose(a, b, atol=1e-5)


@pytest.mark.slow
def test_a_sweep_on_dask_gives_the_table_of_this_machine(client):
    options = {"x": DIGITS.train.x, "y": DIGITS.train.y, "validation_data": DIGITS.validation}
    here = sweep(**options)
    with joblib.parallel_config("dask"):
        there = sweep(**options)
    assert_same(here, there)
    assert len(there.runs) == 6
    assert not there.partial


@pytest.mark.slow
def test_it_was_other_processes_that_trained(client, tmp_path):
    def build_model(seed):
        (tmp_path / str(os.getpid())).touch()
        return models.classifier(64, 10, units=4, seed=seed)

    with joblib.parallel_config("dask"):
        training.sweep(build_model, {}, *DIGITS.train, epochs=1, seeds=range(8), progress=False)
    builders = {int(path.name) for path in tmp_path.iterdir()}
    workers = set(client.run(os.getpid).values())
    assert builders - {os.getpid()}
    assert builders <= workers | {os.getpid()}


@pytest.mark.slow
def test_rows_that_depend_on_the_point_and_training_that_goes_on(client):
    options = {"data": lambda l2, seed: data.digits(n_train=64, n_validation=32, seed=seed)}
    here = sweep(**options)
    with joblib.parallel_config("dask"):
        there = sweep(**options)
    assert_same(here, there)
    point = {"l2": 0.01}
    # The optimizer's state and the random states came back, too.
    again = [
        training.fit(result.model(point, 1), *DIGITS.train, epochs=2, progress=False)
        for result in (here, there)
    ]
    np.testing.assert_allclose(again[0].columns["data_loss"], again[1].columns["data_loss"], rtol=1e-4)


@pytest.mark.slow
def test_an_interrupt_keeps_what_the_workers_finished(client, monkeypatch):
    finished = []

    class Bar:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def update(self, _):
            finished.append(1)
            if len(finished) == 2:
                raise KeyboardInterrupt

    from coursekit.training import fitting

    monkeypatch.setattr(fitting, "progress_bar", lambda *_, **__: Bar())
    with joblib.parallel_config("dask"):
        result = sweep(x=DIGITS.train.x, y=DIGITS.train.y)
    assert result.partial
    assert 2 <= len(result.runs) <= 6


@pytest.mark.slow
def test_a_failing_model_is_named_before_anything_is_sent(client):
    def build_model(l2, seed):
        raise RuntimeError("no such layer")

    with joblib.parallel_config("dask"), pytest.raises(ValueError, match=r"'l2': 0.1.*seed 0.*no such layer"):
        training.sweep(build_model, {"l2": [0.1]}, *DIGITS.train, epochs=1, progress=False)
