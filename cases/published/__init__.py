"""Published review results (취업심사 결과): read from a table, made into case files, held against the law.

`results.csv` holds results of 2013 to 2026 that the press copied from the monthly lists or told otherwise;
its sources are named by site only and it has no names of persons.
"""

from cases.published.imports import Report, import_published, read_published, write_cases
from cases.published.survey import Survey, report_markdown, survey, survey_results

__all__ = [
    "Report",
    "Survey",
    "import_published",
    "read_published",
    "report_markdown",
    "survey",
    "survey_results",
    "write_cases",
]
