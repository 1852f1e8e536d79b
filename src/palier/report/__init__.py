"""A run as a page that people read: sentences, quiet pictures, and every figure with the lines that make it."""

from __future__ import annotations

from palier.report.content import Command, Report
from palier.report.page import page

__all__ = ["Command", "Report", "page"]
