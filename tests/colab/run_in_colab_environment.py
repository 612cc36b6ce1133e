"""Run the course as Google Colab would: its versions, coursekit's wheel, every committed notebook.

    make test-colab

1. makes `.venv-colab` with the versions in colab-packages.txt (kept, and made anew when the list changes);
2. builds coursekit's wheel and installs it there as the lessons' set-up cell does;
3. checks that this changed none of the packages that Colab ships;
4. executes the notebooks of every language there. Any error output is a failure.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).parents[2]
PACKAGES = Path(__file__).with_name("colab-packages.txt")
ENVIRONMENT = ROOT / ".venv-colab"
PYTHON = ENVIRONMENT / "bin" / "python"
WORK = ROOT / "build" / "colab"
KERNEL = "coursekit-colab"
INSTALL = "%pip install --quiet coursekit-*.whl"


def find_python() -> str:
    """Return a Python of Colab's version, 3.13, or the nearest older one that there is."""
    installed = sorted(Path("~/.pyenv/versions").expanduser().glob("*/bin"), reverse=True)
    for version in ("3.13", "3.12"):
        for folder in ["", *installed]:
            python = str(Path(folder, f"python{version}"))
            if (
                shutil.which(python)
                and subprocess.run([python, "-m", "ensurepip", "--version"], capture_output=True).returncode
                == 0
            ):
                return python
    print(
        f"Notice: found neither Python 3.13, which Colab has, nor 3.12: going on with {sys.version.split()[0]}."
    )
    return sys.executable


def pip(*arguments: str) -> str:
    """Run pip in the Colab environment and return what it prints."""
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def packages() -> dict[str, str]:
    """Return the packages in the Colab environment as ``{name: version}``."""
    return {entry["name"]: entry["version"] for entry in json.loads(pip("list", "--format=json"))}


def prepare_environment() -> dict[str, str]:
    """Make the environment, or undo what an earlier run installed in it; return its packages."""
    stamp = ENVIRONMENT / PACKAGES.name
    record = ENVIRONMENT / "packages.json"
    if not (stamp.exists() and stamp.read_text() == PACKAGES.read_text()):
        subprocess.run([find_python(), "-m", "venv", "--clear", str(ENVIRONMENT)], check=True)
        pip("install", "--quiet", "--only-binary", ":all:", "-r", str(PACKAGES))
        record.write_text(json.dumps(packages()))
        shutil.copy(PACKAGES, stamp)
    shipped = json.loads(record.read_text())
    if added := packages().keys() - shipped.keys():
        pip("uninstall", "--quiet", "--yes", *added)
    return shipped


def prepare_folders(languages: list[str]) -> None:
    """Lay the notebooks of each language beside the wheel, and tell Jupyter of the kernel."""
    shutil.rmtree(WORK, ignore_errors=True)
    build = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(WORK / "wheel"),
        str(ROOT),
    ]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    for language in languages:
        shutil.copytree(ROOT / "notebooks" / language, WORK / language)
        for wheel in (WORK / "wheel").iterdir():
            shutil.copy(wheel, WORK / language)
    kernel = WORK / "kernels" / KERNEL / "kernel.json"
    kernel.parent.mkdir(parents=True)
    argv = [str(PYTHON), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel.write_text(json.dumps({"argv": argv, "display_name": "Colab", "language": "python"}))
    os.environ["JUPYTER_PATH"] = str(WORK)


def execute(notebook: nbformat.NotebookNode, folder: Path) -> str:
    """Run a notebook in the Colab environment; return the error, or nothing."""
    client = NotebookClient(
        notebook, kernel_name=KERNEL, timeout=600, resources={"metadata": {"path": str(folder)}}
    )
    try:
        client.execute()
    except CellExecutionError as error:
        return str(error)
    return ""


def install_as_the_lessons_do(folder: Path, shipped: dict[str, str]) -> str:
    """Run the set-up cell's installation; return what is wrong with the result, or nothing."""
    cell = nbformat.v4.new_code_cell(INSTALL)
    if error := execute(nbformat.v4.new_notebook(cells=[cell]), folder):
        return error
    now = packages()
    print("added by coursekit:", *(f"{name} {now[name]}" for name in sorted(now.keys() - shipped.keys())))
    changed = [
        f"{name}: {version} became {now.get(name)}"
        for name, version in shipped.items()
        if now.get(name) != version
    ]
    if changed:
        return "The installation changed what Colab ships:\n" + "\n".join(changed)
    return "" if "coursekit" in now else f"coursekit was not installed:\n{cell.outputs}"


def main() -> int:
    """Do all of it; return the number of failures."""
    languages = sorted(path.name for path in (ROOT / "notebooks").iterdir() if any(path.glob("*.ipynb")))
    notebooks = [
        path for language in languages for path in sorted((ROOT / "notebooks" / language).glob("*.ipynb"))
    ]
    shipped = prepare_environment()
    prepare_folders(languages)
    failures = 0
    for path in [None, *notebooks]:
        start = time.monotonic()
        if path is None:
            name, error = "installation", install_as_the_lessons_do(WORK / languages[0], shipped)
        else:
            name = f"{path.parent.name}/{path.name}"
            error = execute(nbformat.read(path, as_version=4), WORK / path.parent.name)
        print(
            f"{'FAILED' if error else 'passed'} {name} ({time.monotonic() - start:.0f} s)\n{error}".strip(),
            flush=True,
        )
        failures += bool(error)
    print(f"{len(notebooks) + 1 - failures} passed, {failures} failed")
    return failures


if __name__ == "__main__":
    sys.exit(min(main(), 1))
