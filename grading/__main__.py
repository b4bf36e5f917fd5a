"""Command line of the instructor's tool."""

import argparse
import sys

from grading import release as releasing
from grading.course import CourseError


def main(arguments=None):
    """Run a command and return its exit status.

    Parameters
    ----------
    arguments : list of str, optional
        Words after ``python -m grading``.

    Returns
    -------
    int
        0 when all is well, 1 when a person must look, 2 when nothing could be done.
    """
    options = _parser().parse_args(arguments)
    try:
        return options.command(options)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 2


def _parser():
    parser = argparse.ArgumentParser(prog="python -m grading", description=__doc__)
    parser.add_argument("--root", default=".", help="course directory (default: here)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    release = commands.add_parser("release", help="write exercises/ from solutions/")
    release.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 if they differ"
    )
    release.set_defaults(command=_release)
    run = commands.add_parser("run", help="grade submitted/ and write feedback/")
    run.add_argument("assignment", nargs="*", help="default: every assignment")
    run.add_argument(
        "--unsafe", action="store_true", help="run students' code without the sandbox"
    )
    run.set_defaults(command=_run)
    doctor = commands.add_parser("doctor", help="attack the sandbox of this machine")
    doctor.set_defaults(command=_doctor)
    return parser


def _release(options):
    if options.check:
        lines = releasing.drift(options.root)
        print("\n".join(lines) or "exercises/ is what solutions/ gives.")
        if lines:
            print("Run `make release` and commit exercises/.")
        return int(bool(lines))
    changes = releasing.release(options.root)
    print("\n".join(changes) or "exercises/ was up to date.")
    return 0


def _run(options):
    from grading.run import grade, table

    verdicts = grade(
        options.root, options.assignment, report=_say, unsafe=options.unsafe
    )
    print("\n" + "\n".join(table(verdicts)))
    return int(any(verdict.problem for verdict in verdicts))


def _doctor(options):
    from grading.doctor import report

    findings = report()
    for finding in findings:
        mark, leak = (
            ("holds ", "") if finding.holds else ("BROKEN", f": {finding.leak}")
        )
        print(f"{mark}  {finding.protection}{leak}")
    broken = sum(not finding.holds for finding in findings)
    print(f"\n{len(findings) - broken} of {len(findings)} protections hold.")
    return int(bool(broken))


def _say(line):
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
