"""The morning's page: a night as HTML, as JSON and as metrics, from what the archive holds."""

from archive.report.metrics import write_metrics
from archive.report.night import Report, report_of
from archive.report.page import to_html, write_report

__all__ = ["Report", "report_of", "to_html", "write_metrics", "write_report"]
