"""Run the course as Google Colab would: its versions, coursekit's wheel, every committed notebook.

    make test-colab

1. makes `.venv-colab` with the versions in colab-packages.txt (kept, and made anew when the list changes);
2. builds coursekit's wheel and installs it there with the lessons' own set-up cell;
3. checks that this changed none of the packages that Colab ships;
4. executes the notebooks of every language there. Any error is a failure.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

ROOT = Path(__file__).parents[2]
PACKAGES = Path(__file__).with_name("colab-packages.txt")
ENVIRONMENT = ROOT / ".venv-colab"
PYTHON = ENVIRONMENT / "bin" / "python"
WORK = ROOT / "build" / "colab"
KERNEL = "coursekit-colab"


def run(*command: str | Path) -> str:
    """Run a command and return what it prints."""
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def pip(*arguments: str | Path) -> str:
    """Run pip in the Colab environment and return what it prints."""
    return run(PYTHON, "-m", "pip", "--disable-pip-version-check", *arguments)


def packages() -> dict[str, str]:
    """Return the packages in the Colab environment as ``{name: version}``."""
    return {entry["name"]: entry["version"] for entry in json.loads(pip("list", "--format=json"))}


def find_python() -> str:
    """Return a Python of Colab's version, 3.13, or the nearest older one that runs here."""
    installed = Path("~/.pyenv/versions").expanduser()
    for version in ("3.13", "3.12"):
        for python in (f"python{version}", *sorted(installed.glob(f"{version}.*/bin/python"))):
            try:
                run(python, "-c", "import ensurepip")
            except (OSError, subprocess.CalledProcessError):
                continue
            return str(python)
    print("Notice: neither Python 3.13, which Colab has, nor 3.12 is here; going on with the course's own.")
    return sys.executable


def prepare_environment() -> dict[str, str]:
    """Make the environment, or undo what an earlier run installed in it; return its packages."""
    stamp = ENVIRONMENT / PACKAGES.name
    record = ENVIRONMENT / "packages.json"
    if not (stamp.exists() and stamp.read_text() == PACKAGES.read_text()):
        run(find_python(), "-m", "venv", "--clear", ENVIRONMENT)
        pip("install", "--quiet", "--only-binary", ":all:", "--requirement", PACKAGES)
        record.write_text(json.dumps(packages()))
        shutil.copy(PACKAGES, stamp)
    shipped = json.loads(record.read_text())
    if added := packages().keys() - shipped.keys():
        pip("uninstall", "--quiet", "--yes", *added)
    return shipped


def prepare_folders(languages: list[str]) -> None:
    """Lay the notebooks of each language beside the wheel, and tell Jupyter of the kernel."""
    shutil.rmtree(WORK, ignore_errors=True)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", WORK / "wheel", ROOT)
    for language in languages:
        shutil.copytree(ROOT / "notebooks" / language, WORK / language)
        shutil.copytree(WORK / "wheel", WORK / language, dirs_exist_ok=True)
    kernel = WORK / "kernels" / KERNEL / "kernel.json"
    kernel.parent.mkdir(parents=True)
    argv = [str(PYTHON), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    quiet = {"PYDEVD_DISABLE_FILE_VALIDATION": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    spec = {"argv": argv, "display_name": "Colab", "language": "python", "env": quiet}
    kernel.write_text(json.dumps(spec))
    os.environ["JUPYTER_PATH"] = str(WORK)


def execute(notebook: nbformat.NotebookNode, folder: Path) -> str:
    """Run a notebook in the Colab environment; return the error, or nothing."""
    resources = {"metadata": {"path": str(folder)}}
    try:
        NotebookClient(notebook, kernel_name=KERNEL, timeout=600, resources=resources).execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        return str(error)
    return ""


def install(path: Path, shipped: dict[str, str]) -> str:
    """Run the cell of a lesson that installs coursekit; return what is wrong afterwards, or nothing."""
    cell = next(cell for cell in nbformat.read(path, as_version=4).cells if "%pip install" in cell.source)
    # Where the repository has a public address the cell names it; the wheel is the same package.
    cell.source = re.sub(r'"coursekit @ git[^"]*"', "coursekit-*.whl", cell.source)
    error = execute(nbformat.v4.new_notebook(cells=[cell]), path.parent)
    return error or changes(shipped)


def changes(shipped: dict[str, str]) -> str:
    """Return what was done to Colab's own packages, or nothing; print what was added to them."""
    now = packages()
    print("added to Colab's:", *sorted(f"{name} {now[name]}" for name in now.keys() - shipped.keys()))
    return "\n".join(
        f"changed: {name} {version}, now {now.get(name)}"
        for name, version in shipped.items()
        if now.get(name) != version
    )


def report(name: str, step: Callable[[], str]) -> bool:
    """Do a step, print how it went and how long it took, and return whether it failed."""
    start = time.monotonic()
    error = step()
    print(f"{'FAILED' if error else 'passed'} {name} ({time.monotonic() - start:.0f} s) {error}", flush=True)
    return bool(error)


def main() -> int:
    """Do all of it; return the exit status."""
    committed = sorted((ROOT / "notebooks").glob("*/*.ipynb"))
    shipped = prepare_environment()
    prepare_folders(sorted({path.parent.name for path in committed}))
    paths = [WORK / path.parent.name / path.name for path in committed]

    failed = [report("installation", partial(install, paths[0], shipped))]
    for path in paths:
        notebook = nbformat.read(path, as_version=4)
        failed.append(report(f"{path.parent.name}/{path.name}", partial(execute, notebook, path.parent)))
    failed.append(report("Colab's packages", partial(changes, shipped)))
    print(f"{failed.count(False)} passed, {failed.count(True)} failed")
    return int(any(failed))


if __name__ == "__main__":
    sys.exit(main())
