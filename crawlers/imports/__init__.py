"""Files that were bought or exported elsewhere, as posts."""

from crawlers.imports.importing import ImportReport, Problem, Progress, import_files
from crawlers.imports.layouts import parse_map

__all__ = ["ImportReport", "Problem", "Progress", "import_files", "parse_map"]
