"""The package as it is handed out: its requirements, its locks, its wheel, and how light it imports."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCKS = {"requirements.lock": ["lab"], "requirements-test.lock": ["lab", "test"]}
HEAVY = {"keras", "tensorflow", "jax", "pandas", "sklearn", "matplotlib"}


def asked_for(extras):
    """Return what the package and these extras require, extras of coursekit itself followed."""
    lines = [*PROJECT["dependencies"], *(line for name in extras for line in extra(name))]
    return [Requirement(line) for line in lines]


def extra(name):
    for line in PROJECT["optional-dependencies"][name]:
        requirement = Requirement(line)
        if requirement.name == "coursekit":
            yield from (line for inner in requirement.extras for line in extra(inner))
        else:
            yield line


def pins(lock):
    """Return ``{name: its pinned versions}``: more than one where Python versions differ."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    found = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", text, re.MULTILINE):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


def plain(requirement):
    return canonicalize_name(requirement.name), requirement.specifier


class TestEnvironmentFile:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))

    def test_python_and_pip_come_from_conda_forge(self):
        assert self.environment["channels"] == ["conda-forge", "nodefaults"]
        names = [re.match(r"\w+", line)[0] for line in self.environment["dependencies"][:-1]]
        assert names == ["python", "pip"]

    def test_its_python_is_one_that_the_package_supports(self):
        python = Requirement(self.environment["dependencies"][0])
        assert set(Requirement("python" + PROJECT["requires-python"]).specifier) <= set(python.specifier)

    def test_its_requirements_are_those_of_the_package(self):
        *lines, itself = self.environment["dependencies"][-1]["pip"]
        assert itself == "-e ."
        assert [plain(Requirement(line)) for line in lines] == [plain(r) for r in asked_for(["lab"])]


@pytest.mark.parametrize("lock", LOCKS)
class TestLocks:
    def test_every_requirement_is_pinned_within_its_bounds(self, lock):
        pinned = pins(lock)
        for requirement in asked_for(LOCKS[lock]):
            versions = pinned[canonicalize_name(requirement.name)]
            assert all(requirement.specifier.contains(version) for version in versions), requirement

    def test_every_pin_has_a_hash(self, lock):
        entries = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", "").splitlines()
        entries = [line for line in entries if line and not line.startswith("#")]
        assert entries
        assert all("==" in line and "--hash=sha256:" in line for line in entries)

    def test_no_host_is_named(self, lock):
        assert "://" not in (ROOT / lock).read_text(encoding="utf-8")


def test_both_locks_pin_the_same_versions():
    lab, test = pins("requirements.lock"), pins("requirements-test.lock")
    assert lab == {name: test[name] for name in lab}


def files_for_learners():
    """Return the package's files but for the tool that writes lessons, as they are named in the wheel."""
    files = {path.relative_to(ROOT) for path in (ROOT / "coursekit").rglob("*") if path.is_file()}
    others = {"__pycache__", ".ipynb_checkpoints", "authoring"}
    return {path.as_posix() for path in files if not others & set(path.parts)}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_the_source_archive_holds_the_same_files(tmp_path):
    command = [
        sys.executable,
        "-m",
        "build",
        "--sdist",
        "--no-isolation",
        "--outdir",
        str(tmp_path),
        str(ROOT),
    ]
    subprocess.run(command, check=True, capture_output=True)
    with tarfile.open(next(tmp_path.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {name for name in names if name.startswith("coursekit/")} == files_for_learners()


class TestWheel:
    def test_it_holds_the_package_and_its_data_files_and_not_what_writes_lessons(self, wheel):
        assert {name for name in wheel.namelist() if name.startswith("coursekit/")} == files_for_learners()
        assert "coursekit/labels.toml" in wheel.namelist()

    def test_nothing_in_it_needs_what_it_leaves_out(self, wheel):
        code = [wheel.read(name).decode() for name in wheel.namelist() if name.endswith(".py")]
        assert len(code) > 20
        assert not [
            text for text in code if re.search(r"^\s*(from|import) .*\bauthoring\b", text, re.MULTILINE)
        ]

    def test_it_holds_the_licences(self, wheel):
        licences = {Path(name).name for name in wheel.namelist() if "/licenses/" in name}
        assert licences == set(PROJECT["license-files"])

    def test_its_requirements_are_only_lower_bounds(self, wheel):
        metadata = next(name for name in wheel.namelist() if name.endswith("METADATA"))
        lines = wheel.read(metadata).decode().splitlines()
        required = [
            Requirement(line.partition(": ")[2]) for line in lines if line.startswith("Requires-Dist")
        ]
        assert required
        assert all(bound.operator == ">=" for requirement in required for bound in requirement.specifier)


def loaded_by(statement):
    """Return the top-level packages that a statement loads in a fresh Python."""
    code = f"import sys; {statement}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    result = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return set(result.stdout.split())


def test_importing_coursekit_loads_nothing_heavy():
    assert not HEAVY & loaded_by("import coursekit")


def test_importing_plots_loads_no_keras():
    assert not {"keras", "tensorflow", "jax"} & loaded_by("import coursekit.plots")
