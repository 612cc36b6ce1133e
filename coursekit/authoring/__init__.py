"""The authoring tool: one source per lesson in, one notebook per language out.

- `source` reads a lesson: percent format, every language side by side, code once;
- `rules` refuses what would make the languages drift apart, `wording` what does not render or is not said in
  this course; both look at prose that `markdown` took apart;
- `build` writes the notebooks, `execute` runs them, ``python -m coursekit.authoring --help`` does both.

The tool needs the ``author`` extra; nothing else in coursekit imports it.
"""

__all__ = ["build", "execute", "markdown", "rules", "slides", "source", "wording"]
