"""``python -m coursekit.authoring build|check``: the notebooks from their sources."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from coursekit import language
from coursekit.authoring import build, rules, source
from coursekit.authoring.source import Lesson, Problem

__all__ = ["main"]

_EPILOG = """\
examples:
  python -m coursekit.authoring check                      are all notebooks what their sources say?
  python -m coursekit.authoring build                      build what changed, run what has new code
  python -m coursekit.authoring build 03 --language ja     one lesson, one language
  python -m coursekit.authoring build --edition teacher    with solutions as code, in build/teacher/
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit status, 1 if anything is wrong."""
    options = _parser().parse_args(arguments)
    try:
        root = _root()
        github = build.github_setting(root) if options.github is None else options.github
        settings = build.Settings(root, options.edition, github)
        lessons = [source.parse(path) for path in _chosen(root, options.lessons)]
    except (ValueError, OSError) as error:
        return _report([str(error)])
    wrong = [problem for lesson in lessons for problem in rules.problems(lesson)]
    codes = [options.language] if options.language else list(language.languages())
    if options.command == "check":
        wrong += [p for lesson in lessons if not lesson.problems for p in _states(lesson, codes, settings)]
        if not options.lessons:
            wrong += build.orphans(codes, settings)
        return _report(wrong) if wrong else _report([], f"{len(lessons)} lessons are in order")
    if wrong:
        return _report(wrong)
    failed = [p for lesson in lessons for code in codes for p in _build(lesson, code, settings, options)]
    return _report(failed)


def _states(lesson: Lesson, codes: list[str], settings: build.Settings) -> list[Problem]:
    return [problem for code in codes for problem in build.state_problems(lesson, code, settings)]


def _build(lesson: Lesson, code: str, settings: build.Settings, options: argparse.Namespace) -> list[Problem]:
    """Build one notebook, say what was done, and return what went wrong."""
    path = settings.folder(code) / f"{lesson.name}.ipynb"
    name = path.relative_to(settings.root).as_posix()
    notebook = build.generate(lesson, code, settings)
    how = "outputs kept"
    if options.force or not build.keep_outputs(notebook, build.read(path)):
        how = "not executed"
        if options.execute:
            from coursekit.authoring.execute import execute

            begin = time.perf_counter()
            lines = {cell.id: cell.line for cell in lesson.cells}
            if found := execute(notebook, path.parent):
                file = str(lesson.path)
                return [
                    Problem(file, lines[cell] + line, cell, f"{name}: {why}") for cell, line, why in found
                ]
            build.sign_outputs(notebook)
            how = f"executed in {time.perf_counter() - begin:.1f} s"
    same = "" if build.write(notebook, path) else ", unchanged"
    print(f"{name}: {how}{same}, {path.stat().st_size / 1000:.0f} kB", flush=True)
    return []


def _root() -> Path:
    """Return the repository's root: the nearest folder upwards that has lesson sources."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "notebooks" / "source").is_dir():
            return Path(os.path.relpath(folder))
    raise ValueError(f"no folder notebooks/source here or above. Received: {here}")


def _chosen(root: Path, names: list[str]) -> list[Path]:
    """Return the sources that are meant: a number, a name or a path each; all without names."""
    known = source.sources(root)
    chosen = []
    for name in names:
        stem = Path(name).stem
        fitting = [path for path in known if path.stem == stem or path.stem.split("_")[0] == stem]
        if not fitting:
            lessons = ", ".join(path.stem for path in known)
            raise ValueError(f"`LESSON` must be one of {lessons}. Received: {name}")
        chosen += fitting
    return [path for path in known if path in chosen or not names]


def _report(problems: list, success: str = "") -> int:
    """Print problems to stderr, or the success, and return the exit status."""
    for problem in problems:
        print(problem, file=sys.stderr)
    if success and not problems:
        print(success)
    return 1 if problems else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m coursekit.authoring",
        description="Build the notebooks of the lessons in notebooks/source, or check them.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="build|check")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "lessons", nargs="*", metavar="LESSON", help="number, name or path; all if none is given"
    )
    shared.add_argument("--language", choices=list(language.languages()), help="only this language")
    shared.add_argument(
        "--edition", choices=["learner", "teacher"], default="learner", help="default: learner"
    )
    shared.add_argument("--github", metavar="OWNER/NAME", help="instead of [tool.coursekit] github")
    command = commands.add_parser(
        "build", parents=[shared], help="write and execute the notebooks that changed"
    )
    command.add_argument("--force", action="store_true", help="execute again although the code is the same")
    command.add_argument("--no-execute", dest="execute", action="store_false", help="write without outputs")
    commands.add_parser("check", parents=[shared], help="fail if a source is wrong or a notebook is stale")
    return parser


if __name__ == "__main__":
    sys.exit(main())
