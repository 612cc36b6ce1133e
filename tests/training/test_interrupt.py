"""A real interrupt, in a process of its own: obeyed within two seconds, and nothing is lost."""

from __future__ import annotations

import subprocess
import sys

import pytest

PREPARE = """
import os, signal, threading, time
import numpy as np
from coursekit import models, training

rng = np.random.default_rng(0)
x, y = rng.normal(size=(60_000, 64)).astype("float32"), rng.integers(0, 10, 60_000)

def build_model(l2=0.0, seed=0):
    return models.classifier(64, 10, units=(512, 512), l2=l2, seed=seed)

def interrupt():
    global sent
    sent = time.time()
    os.kill(os.getpid(), signal.SIGINT)

model = build_model()
training.fit(model, x[:2000], y[:2000], epochs=2, progress=False)
# Late enough for the graph to be there: tracing or compiling itself cannot be interrupted.
threading.Timer(5.0, interrupt).start()
"""
ONE_LONG_EPOCH = """
try:
    training.fit(model, np.tile(x, (8, 1)), np.tile(y, 8), epochs=1, progress=False)
except KeyboardInterrupt:
    print(time.time() - sent < 2, len(model.history), model.history.finished)
training.fit(model, x[:100], y[:100], epochs=1, progress=False)
print("usable", len(model.history))
"""
SWEEP = """
result = training.sweep(build_model, {"l2": [0.0, 0.1]}, x[:3000], y[:3000], epochs=200, seeds=range(20),
                        progress=False)
print(time.time() - sent < 2, result.partial, len(result.runs) < 40)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "expected"), [(ONE_LONG_EPOCH, "True 0 False\nusable 1"), (SWEEP, "True True True")]
)
def test_an_interrupt_is_obeyed_within_two_seconds(code, expected):
    run = subprocess.run([sys.executable, "-c", PREPARE + code], capture_output=True, text=True, check=False)
    assert run.stdout.strip() == expected, run.stderr[-2000:]
