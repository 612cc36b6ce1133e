from __future__ import annotations

import base64
import io
import os
import re

import matplotlib.image
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from coursekit.authoring import execute as module
from coursekit.authoring.execute import execute


def ran(folder, *cells, **options):
    """Run cells, each a source or a (source, tags), and return (notebook, problems)."""
    notebook = new_notebook(metadata={"kept": "as it was"})
    for number, cell in enumerate(cells):
        source, tags = (cell, []) if isinstance(cell, str) else cell
        notebook.cells.append(new_code_cell(source, id=f"c{number}", metadata={"tags": tags} if tags else {}))
    return notebook, execute(notebook, folder, **options)


def test_a_notebook_runs_in_a_fresh_kernel_in_its_folder(tmp_path):
    folder = tmp_path / "new"
    notebook, problems = ran(
        folder,
        "import os\nfrom pathlib import Path\nPath.cwd().name",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
        "from tqdm.auto import tqdm\nfor i in tqdm(range(3)):\n    print(i)",
        "from IPython.display import display\nimport ipywidgets\nout = ipywidgets.Output()\n"
        "with out:\n    print('inside')\ndisplay(out)\nipywidgets.interact(lambda a: print(a), a=3);",
        "import pandas as pd\npd.DataFrame({'a': [1]})",
    )
    assert problems == []
    assert [cell.execution_count for cell in notebook.cells] == [1, 2, 3, 4, 5]
    outputs = [cell.outputs for cell in notebook.cells]
    assert outputs[0][0].data == {"text/plain": "'new'"}
    assert set(outputs[1][-1].data) == {"image/png", "text/plain"}
    assert [(o.output_type, o.text) for o in outputs[2]] == [("stream", "0\n1\n2\n")]
    assert outputs[3] == []
    assert set(outputs[4][0].data) == {"text/html", "text/plain"}
    assert notebook.metadata == {"kept": "as it was"}
    assert all("execution" not in cell.metadata for cell in notebook.cells)


def test_an_error_stops_the_notebook_and_names_its_line(tmp_path):
    notebook, problems = ran(tmp_path, "def f():\n    return 1 / 0", "x = 1\nf()", "print('never')")
    ((cell, line, message),) = problems
    assert (cell, line) == ("c1", 2)
    assert message.startswith("ZeroDivisionError: division by zero")
    assert "\x1b" not in message
    assert notebook.cells[2].outputs == []


def test_a_warning_is_a_problem_unless_it_is_what_the_cell_shows(tmp_path):
    warn = "import warnings\n\nwarnings.warn('look')"
    notebook, problems = ran(tmp_path, warn, (warn, ["shows-warning"]), ("1 / 0", ["raises-exception"]))
    ((cell, line, message),) = problems
    assert (cell, line) == ("c0", 3)
    assert "UserWarning: look" in message
    assert notebook.cells[1].outputs[0].text.startswith("cell:3: UserWarning: look")
    assert notebook.cells[2].outputs[0].ename == "ZeroDivisionError"


def test_a_cell_that_takes_too_long_is_a_problem(tmp_path):
    _, problems = ran(tmp_path, "x = 1", "import time\ntime.sleep(60)", timeout=1)
    ((cell, _, message),) = problems
    assert cell == "c1"
    assert "CellTimeoutError" in message


def test_no_kernel_is_left_behind(tmp_path):
    notebook, _ = ran(tmp_path, "import os\nprint(os.getpid())")
    pid = int(notebook.cells[0].outputs[0].text)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_kernel_that_dies_is_a_problem(tmp_path):
    _, problems = ran(tmp_path, "x = 1", "import os\nos._exit(1)", "x = 2")
    assert [(cell, "DeadKernelError" in message) for cell, _, message in problems] == [("c1", True)]


def cell_with(output, *tags):
    return new_code_cell("", outputs=[output], execution_count=1, metadata={"tags": list(tags)})


def shown(**data):
    return new_output(
        "execute_result", data={kind.replace("_", "/"): content for kind, content in data.items()}
    )


@pytest.mark.parametrize(
    ("output", "message"),
    [
        (shown(text_plain="<Axes: title={'center': 'loss'}>"), "bare name"),
        (shown(text_plain="[<matplotlib.lines.Line2D at 0x7f21f3467ce0>]"), "bare name"),
        (
            shown(text_plain="(array([1.]),\n array([1.]),\n <BarContainer object of 10 artists>)"),
            "bare name",
        ),
        (shown(text_plain="Text(0.5, 1.0, 'title')"), "bare name"),
        (shown(text_plain="<Sequential name=sequential, built=True>"), "bare name"),
        (new_output("stream", text="<object object at 0x7f21f3467ce0>"), "an address"),
        (new_output("stream", name="stderr", text="what is this"), "text on stderr"),
        (new_output("stream", text="1\nWARNING:tensorflow:5 out of the last 9 calls"), "a warning"),
        (new_output("stream", text=f"saved in {module.Path.home() / 'x'}"), "a path of this machine"),
    ],
)
def test_outputs_that_are_refused(output, message):
    (problem,) = module._refuse(cell_with(output))
    assert message in problem


@pytest.mark.parametrize(
    "output",
    [
        shown(text_plain="'<Axes: >'"),
        shown(text_plain="   a\n0  1", text_html="<div></div>"),
        shown(text_plain="<Figure size 640x480 with 1 Axes>", image_png="…"),
        shown(text_plain="array([ True,  1 < 2])"),
        shown(text_plain="np.float64(0.5)"),
        new_output("stream", text="1 <2 0x10"),
    ],
)
def test_outputs_that_are_good(output):
    assert list(module._refuse(cell_with(output))) == []


START_UP = [
    "2026-01-02 03:04:05.678901: I tensorflow/core/platform/cpu_feature_guard.cc:210] This TensorFlow binary is …",
    "To enable the following instructions: AVX2 FMA, in other operations, rebuild TensorFlow with …",
    "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR",
    "I0000 00:00:1767323045.678901    4242 port.cc:153] oneDNN custom operations are on.",
    "E0000 00:00:1767323045.678901    4242 cuda_dnn.cc:8579] Unable to register cuDNN factory",
    "2026-01-02 03:04:05.678901: E external/local_xla/xla/stream_executor/cuda/cuda_driver.cc:152] failed call",
    "WARNING:2026-01-02 03:04:05,678:jax._src.xla_bridge:794: An NVIDIA GPU may be present on this machine …",
]


def test_start_up_lines_vanish_and_nothing_else():
    output = new_output("stream", name="stderr", text="\n".join(START_UP) + "\n")
    assert module._clean(output) is None
    output = new_output(
        "stream", name="stderr", text="\n".join([*START_UP, "file.py:1: UserWarning: a", "  b"])
    )
    assert module._clean(output).text == "file.py:1: UserWarning: a\n  b"


@pytest.mark.slow
def test_tensorflow_leaves_no_trace(tmp_path):
    notebook, problems = ran(tmp_path, "import tensorflow as tf\ntf.ones(2).numpy().sum().item()")
    assert problems == []
    (output,) = notebook.cells[0].outputs
    assert output.data == {"text/plain": "2.0"}


def test_folders_of_the_machine_are_shortened():
    text = "/home/x/.venv/lib/python3.11/site-packages/keras/src/a.py:1 and /tmp/ipykernel_12/345.py:6: b"
    assert module._shorten(text) == "keras/src/a.py:1 and cell:6: b"
    windows = r'File "C:\x\Lib\site-packages\keras\a.py"'
    assert module._shorten(windows) == r'File "keras\a.py"'


def test_a_figure_does_not_say_what_drew_it_and_when(tmp_path):
    draw = "import matplotlib.pyplot as plt\n_, ax = plt.subplots(figsize=(2, 1))\nax.plot([1, 3, 2]);"
    notebook, problems = ran(tmp_path, draw)
    assert problems == []
    (output,) = notebook.cells[0].outputs
    content = base64.b64decode(output.data["image/png"])
    assert matplotlib.image.imread(io.BytesIO(content)).shape[2] == 4
    assert not re.search(rb"tEXt|zTXt|iTXt|tIME|Software|matplotlib", content)
