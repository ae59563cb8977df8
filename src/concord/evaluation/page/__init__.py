"""A board to read: one HTML page, or Markdown."""

from concord.evaluation.page.markdown import to_markdown
from concord.evaluation.page.page import render_page, write_page

__all__ = ["render_page", "to_markdown", "write_page"]
