"""What a run left out because the machine lacks something, said once at its end.

A skipped test's reason names what is missing and what would bring it.
"""

from collections import Counter


def pytest_terminal_summary(terminalreporter):
    """Print each reason for which tests were skipped, once, with their number."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(map(_reason, skipped))
    reasons.pop("all tests skipped by +SKIP option", None)  # examples to read, not run
    if reasons:
        terminalreporter.section("not run on this machine", sep="-")
    for reason, number in reasons.most_common():
        tests = "1 test" if number == 1 else f"{number} tests"
        terminalreporter.write_line(f"{tests}: {reason}")


def _reason(report):
    """Return why a test was skipped."""
    return report.longrepr[2].removeprefix("Skipped: ")
