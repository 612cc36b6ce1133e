"""A real interrupt, in a process of its own: obeyed within two seconds, and nothing is lost."""

from __future__ import annotations

import subprocess
import sys

import pytest

PREPARE = """
import os, signal, threading, time
import numpy as np
from coursekit import models, training
from coursekit.training.run import Run

rng = np.random.default_rng(0)
x, y = rng.normal(size=(60_000, 64)).astype("float32"), rng.integers(0, 10, 60_000)
calls, call = [], Run._call

def interrupting(at):
    # The signal comes while the given piece of work is under way: tracing itself cannot be interrupted.
    def counted(self, *arguments):
        calls.append(1)
        if len(calls) == at:
            threading.Timer(0.02, interrupt).start()
        return call(self, *arguments)
    Run._call = counted

def interrupt():
    global sent
    sent = time.time()
    os.kill(os.getpid(), signal.SIGINT)

def build_model(l2=0.0, seed=0):
    return models.classifier(64, 10, units=(512, 512), l2=l2, seed=seed)
"""
ONE_LONG_EPOCH = """
model = build_model()
training.fit(model, x[:2000], y[:2000], epochs=2, progress=False)
interrupting(at=4)
try:
    training.fit(model, np.tile(x, (8, 1)), np.tile(y, 8), epochs=1, progress=False)
except KeyboardInterrupt:
    print(time.time() - sent < 2, len(model.history), model.history.finished)
training.fit(model, x[:100], y[:100], epochs=1, progress=False)
print("usable", len(model.history))
"""
SWEEP = """
interrupting(at=40)
before = threading.active_count()
result = training.sweep(build_model, {"l2": [0.0, 0.1]}, x[:300], y[:300], epochs=4, seeds=range(200),
                        progress=False)
print(time.time() - sent < 2, result.partial, 0 < len(result.runs) < 400)
while threading.active_count() > before + 1 and time.time() - sent < 4:
    time.sleep(0.05)
print({len(run.history) for run in result.runs}, threading.active_count() <= before + 1)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "expected"),
    [(ONE_LONG_EPOCH, "True 0 False\nusable 1"), (SWEEP, "True True True\n{4} True")],
)
def test_an_interrupt_is_obeyed_within_two_seconds(code, expected):
    run = subprocess.run([sys.executable, "-c", PREPARE + code], capture_output=True, text=True, check=False)
    assert run.stdout.strip() == expected, run.stderr[-2000:]
