"""The report of a run: one page that tells an editor how far the answers can be trusted."""

from qa.evaluation.report.page import write_report

__all__ = ["write_report"]
