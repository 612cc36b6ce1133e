"""Run a notebook in a fresh kernel, and keep of its outputs what is the same on every machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

__all__ = ["execute"]

# Figures go into the notebook whatever the shell says, and progress bars stay away.
_ENVIRONMENT = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "TQDM_DISABLE": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "NO_COLOR": "1",
}
# Errors alone are logged, and figures do not say which program in which version drew them.
_KERNEL_OPTIONS = [
    "--log-level=ERROR",
    "--InlineBackend.print_figure_kwargs={'bbox_inches': 'tight', 'metadata': {'Software': None}}",
]
# TensorFlow's C++ start-up lines come whatever the log level, e.g.
# "2026-01-01 00:00:00.000000: I tensorflow/core/platform/cpu_feature_guard.cc:210] …".
_HARMLESS = re.compile(
    r"^(\d{4}-\d\d-\d\d [\d:.]+: )?[IWE](\d{4} [\d:.]+\s+\d+)? ?\S+\.cc:\d+\].*"
    r"|^To enable the following instructions: .*"
    r"|^WARNING: All log messages before absl::InitializeLog\(\) .*"
    r"|^.*\bxla_bridge\b.*",  # JAX: "An NVIDIA GPU may be present …"
    re.MULTILINE,
)
# The representation of an object, such as "<Axes: >", "[<matplotlib.lines.Line2D at 0x7f…>]", "Text(0.5, …".
_BARE = re.compile(r"""^(?!['"])(?:.*[\s(\[,{])?(?:<[A-Za-z_][\w.]*[ :>]|Text\()""", re.DOTALL)
_LOGGED = re.compile(r"^(WARNING|ERROR):\w", re.MULTILINE)  # TensorFlow logs to stdout in a notebook
_ADDRESS = re.compile(r"\b0x[0-9a-f]{8,}")
_WIDGET = "application/vnd.jupyter.widget-view+json"


class _ThisPython(KernelSpecManager):
    """Finds the Python that runs the builder, whatever kernels the machine has installed."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(resource_dir="", **get_kernel_dict())


def execute(notebook: NotebookNode, folder: Path, *, timeout: int = 600) -> list[tuple[str, int, str]]:
    """Run all cells of a notebook in place, in a fresh kernel.

    Args:
        notebook: the notebook; its cells receive outputs and the counts 1, 2, ….
        folder: the kernel's working directory.
        timeout: seconds that a cell may take.

    Returns:
        The problems, as (cell id, line within the cell or 0, message): errors, warnings, other text on stderr,
        bare representations of objects, addresses and paths of this machine. Empty if all is well. After an
        error the remaining cells do not run.
    """
    metadata = dict(notebook.metadata)
    folder.mkdir(parents=True, exist_ok=True)
    begun: list[str] = []
    client = NotebookClient(
        notebook,
        km=AsyncKernelManager(kernel_spec_manager=_ThisPython()),
        timeout=timeout,
        coalesce_streams=True,
        record_timing=False,
        extra_arguments=_KERNEL_OPTIONS,
        on_cell_start=lambda cell, cell_index: begun.append(cell.id),
        resources={"metadata": {"path": str(folder.resolve())}},
    )
    problems = []
    try:
        # What libraries write past Python, TensorFlow's start-up lines above all, stays off the terminal.
        # A kernel whose manager was given would go on living.
        client.execute(env=os.environ | _ENVIRONMENT, stderr=subprocess.DEVNULL, cleanup_kc=True)
    except CellExecutionError:
        pass  # the cell's outputs tell it
    except (CellTimeoutError, DeadKernelError) as error:
        problems.append((begun[-1], 0, f"{type(error).__name__}: {error}"))
    notebook.metadata = metadata  # widgets and the kernel's own version stay out
    stopped = {cell for cell, _, _ in problems}  # a cell that is stopped says so itself, too
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in map(_clean, cell.outputs) if output is not None]
            for message in () if cell.id in stopped else _refuse(cell):
                found = re.findall(rf"(?:\bcell:|Cell In\[{cell.execution_count}\], line )(\d+)", message)
                problems.append((cell.id, int(found[-1]) if found else 0, message))
    return problems


def _clean(output: NotebookNode) -> NotebookNode | None:
    """Return an output without what depends on the machine, or None if nothing remains."""
    if output.output_type == "stream":
        text = _HARMLESS.sub("", output.text) if output.name == "stderr" else output.text
        output.text = _shorten(
            re.sub(r"\n{2,}", "\n", text).lstrip("\n") if output.name == "stderr" else text
        )
        return output if output.text.strip() else None
    if output.output_type == "error":
        output.traceback = [_shorten(line) for line in output.traceback]
        return output
    if _WIDGET in output.data:
        return None  # without its kernel a widget shows nothing; the figure above it tells the story
    for kind, content in output.data.items():
        if isinstance(content, str) and kind != "image/png":
            output.data[kind] = _shorten(content)
    return output


def _shorten(text: str) -> str:
    """Return text without the folders in which this machine keeps packages and cells."""
    text = re.sub(r"[^\s'\"]*[/\\]ipykernel_\d+[/\\]\d+\.py", "cell", text)
    return re.sub(r"[^\s'\"]*[/\\]site-packages[/\\]", "", text)


def _refuse(cell: NotebookNode) -> Iterator[str]:
    """Yield why a cell's outputs may not stand in a built notebook."""
    tags = set(cell.metadata.get("tags", []))
    for output in cell.outputs:
        text = output.text if "text" in output else output.get("data", {}).get("text/plain", "")
        if output.output_type == "error" and not tags & {"raises-exception", "nbval-raises-exception"}:
            yield re.sub(
                r"\x1b\[[\d;]*m", "", "\n".join([f"{output.ename}: {output.evalue}", *output.traceback])
            )
        warns = output.get("name") == "stderr" or (output.output_type == "stream" and _LOGGED.search(text))
        if warns and "shows-warning" not in tags:
            yield f"a warning, or other text on stderr:\n{text.strip()}"
        if list(output.get("data", {})) == ["text/plain"] and _BARE.search(text):
            yield f"the output is an object's bare name: end the last line with `;`. Received: {text[:80]}"
        elif _ADDRESS.search(text):
            yield f"the output holds an address, which differs from run to run: {text[:80]}"
        for place in sorted({str(Path.home()), sys.prefix, str(Path.cwd())} - {"/"}):
            if place in text:
                yield f"the output holds a path of this machine: {place}"
