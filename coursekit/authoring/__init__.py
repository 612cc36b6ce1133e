"""The authoring tool: one source per lesson in, one notebook per language out.

- `source` reads a lesson: percent format, every language side by side, code once;
- `markdown` takes a prose cell apart, `rules` refuses what would make the languages drift or not render;
- `build` writes the notebooks, `execute` runs them, ``python -m coursekit.authoring --help`` does both.

The tool needs the ``author`` extra; nothing else in coursekit imports it.
"""
