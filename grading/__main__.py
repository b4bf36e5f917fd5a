"""Command line of the instructor's tool."""

import argparse
import errno
import gc
import importlib
import sys
from pathlib import Path

from grading.course import CourseError, choose
from grading.release import release as releasing


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
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a name of a folder may be no text
            stream.reconfigure(errors="backslashreplace")
    try:
        return options.command(options)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        print(
            f"No room is left on the disk ({error}). Make some and run the same "
            "command once more: it goes on from here.",
            file=sys.stderr,
        )
        return 2
    except ModuleNotFoundError as error:
        package = error.name.partition(".")[0]
        if package in ("grading", "utils"):
            raise
        print(
            f"The package {package} is not installed; run `make setup` in a clone of "
            "the course, or install it with the extras [grading,cluster].",
            file=sys.stderr,
        )
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
    _add_collect(commands.add_parser("collect", help="unpack a platform's zip"))
    _add_run(commands.add_parser("run", help="grade submitted/ and write feedback/"))
    watch = commands.add_parser("watch", help="grade what arrives, at once")
    watch.add_argument("assignment", nargs="+")
    watch.add_argument(
        "--attempts",
        type=_positive,
        default=10,
        help="versions of a submission that are graded at once (default: 10)",
    )
    watch.set_defaults(command=_watch)
    _add_extend(commands.add_parser("extend", help="give one student more time"))
    status = commands.add_parser("status", help="say where every submission stands")
    status.add_argument("assignment", nargs="*", help="default: every assignment")
    status.set_defaults(command=_status)
    feedback = commands.add_parser(
        "feedback", help="write feedback/ anew, with points and comments of people"
    )
    feedback.add_argument("assignment", nargs="*", help="default: every assignment")
    feedback.add_argument(
        "--student", action="append", default=[], help="only this one; may be repeated"
    )
    feedback.set_defaults(command=_feedback)
    calibrate = commands.add_parser(
        "calibrate", help="say which tests run in the sandbox, and decide it if need be"
    )
    calibrate.add_argument("assignment", nargs="*", help="default: every assignment")
    calibrate.set_defaults(command=_calibrate)
    _add_reports(commands)
    _add_export(commands.add_parser("export", help="write the grades into a file"))
    doctor = commands.add_parser("doctor", help="attack the sandbox of this machine")
    doctor.add_argument(
        "--bubblewrap", action="store_true", help="attack the cage of bubblewrap"
    )
    doctor.set_defaults(command=_doctor)
    _add_rehearse(commands.add_parser("rehearse", help="grade a made-up class"))
    return parser


def _positive(text):
    """Return the whole number that a text says, which has to be above 0."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)


def _new_file(text):
    """Return the name of a file that can be written, as far as its folder says."""
    path = Path(text)
    if path.is_dir() or not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is no file in a folder that exists")
    return text


def _add_collect(collect):
    collect.add_argument("archive", metavar="ZIP", help="as Moodle or Canvas gives it")
    collect.add_argument("--assignment", required=True, metavar="NAME")
    collect.add_argument("--ids", metavar="FILE", help="CSV that says who is who")
    collect.add_argument(
        "--match", metavar="COLUMN", help="its column with the names for submitted/"
    )
    collect.add_argument(
        "--group", metavar="COLUMN", help="its column with groups that hand in as one"
    )
    collect.set_defaults(command=_collect)


def _add_run(run):
    run.add_argument("assignment", nargs="*", help="default: every assignment")
    run.add_argument(
        "--jobs", type=_positive, help="submissions at a time; default: cores"
    )
    run.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="grade on the workers of this dask scheduler; local: a cluster here",
    )
    run.add_argument(
        "--student", action="append", default=[], help="only this one; may be repeated"
    )
    run.add_argument(
        "--task",
        action="append",
        default=[],
        metavar="GRADE_ID",
        help="let only this task's scores change, after its test was mended",
    )
    run.add_argument(
        "--force", action="store_true", help="run also what has not changed"
    )
    run.add_argument(
        "--unsafe", action="store_true", help="run students' code without the sandbox"
    )
    run.set_defaults(command=_run)


def _duration(text):
    """Return the time that a text says."""
    from grading.run.extension import duration

    try:
        return duration(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(error) from None


def _add_extend(extend):
    extend.add_argument("assignment")
    extend.add_argument("student")
    extend.add_argument(
        "time",
        type=_duration,
        help="such as 90m, 36h, 2d or 1w after the due date; 0d takes it back",
    )
    extend.set_defaults(command=_extend)


def _add_rehearse(rehearse):
    rehearse.add_argument("assignment", nargs="*", help="default: every assignment")
    rehearse.add_argument(
        "--quick",
        action="store_true",
        help="let a student make a mistake in every task, not just one",
    )
    rehearse.add_argument("--jobs", type=_positive, help="submissions at a time")
    rehearse.set_defaults(command=_rehearse)


def _add_reports(commands):
    statistics = commands.add_parser("statistics", help="say how the class did")
    statistics.add_argument("assignment", nargs="*", help="default: every assignment")
    statistics.add_argument(
        "--to", type=_new_file, metavar="FILE", default="statistics.html"
    )
    statistics.add_argument(
        "--json", type=_new_file, metavar="FILE", help="the figures as JSON, too"
    )
    statistics.set_defaults(command=_statistics)
    similarity = commands.add_parser(
        "similarity", help="say which submissions are alike, which is not to say copied"
    )
    similarity.add_argument("assignment", nargs="*", help="default: every assignment")
    similarity.add_argument(
        "--to", type=_new_file, metavar="FILE", default="similarity.html"
    )
    similarity.add_argument(
        "--least",
        type=float,
        default=0.5,
        help="smallest share (default: 0.5)",
    )
    similarity.set_defaults(command=_similarity)
    edition = commands.add_parser(
        "student-edition", help="write the course without its solutions into a folder"
    )
    edition.add_argument("folder", help="a new or an empty one")
    edition.add_argument(
        "--worked", action="store_true", help="with the pages of worked solutions"
    )
    edition.set_defaults(command=_student_edition)
    solutions = commands.add_parser(
        "solutions", help="write solutions to compare with, without hidden tests"
    )
    solutions.add_argument("folder", help="a new or an empty one")
    solutions.add_argument("assignment", nargs="+", help="what has been handed in")
    solutions.set_defaults(command=_solutions)


def _add_export(export):
    export.add_argument("assignment", nargs="*", help="default: every assignment")
    export.add_argument(
        "--format", choices=("csv", "canvas", "moodle"), default="csv", dest="form"
    )
    export.add_argument(
        "--to", type=_new_file, metavar="FILE", help="default: grades-FORMAT.csv"
    )
    export.add_argument(
        "--student", action="append", default=[], help="only this one; may be repeated"
    )
    export.add_argument(
        "--ids", metavar="FILE", help="CSV from Canvas or Moodle with its ids"
    )
    export.add_argument(
        "--match", metavar="COLUMN", help="its column with the names of submitted/"
    )
    export.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="ASSIGNMENT=TITLE",
        help="what the platform calls an assignment; may be repeated",
    )
    export.add_argument(
        "--missing",
        choices=("empty", "zero"),
        default="empty",
        help="what was not handed in counts as (default: empty)",
    )
    export.set_defaults(command=_export)


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


def _collect(options):
    from grading.intake.collect import collect

    about = {name: getattr(options, name) for name in ("ids", "match", "group")}
    found = collect(options.root, options.archive, options.assignment, **about)
    print(*found.placed, sep="\n")
    if found.refused:
        lines = f"Not placed: {len(found.refused)}.", *found.refused
        print(*lines, sep="\n  ", file=sys.stderr)
    return int(bool(found.refused) or not found.placed)


def _import_nbgrader():
    """Import what grading needs; all of it stays, so nobody looks through it again."""
    gc.disable()
    importlib.import_module("nbgrader.apps.api")
    importlib.import_module("grading.run.run")
    gc.freeze()
    gc.enable()


def _run(options):
    _import_nbgrader()
    from tqdm import tqdm

    from grading.run.run import Run, table

    tqdm.monitor_interval = 0  # no thread: graders are forked from this process
    run = Run(
        options.root,
        options.assignment,
        only=options.student,
        tasks=options.task,
        report=tqdm.write,
        jobs=options.jobs,
        scheduler=options.scheduler,
        force=options.force,
        unsafe=options.unsafe,
    )
    try:
        verdicts = [
            verdict.brief for verdict in tqdm(run, unit=" submissions", disable=None)
        ]
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.", file=sys.stderr)
        return 1
    verdicts.sort(key=lambda verdict: (verdict.assignment, verdict.student))
    print("\n" + "\n".join(table(verdicts)))
    if run.changes:
        print("\nScores that changed:", *run.changes, sep="\n  ")
    return int(any(verdict.is_open or verdict.note for verdict in verdicts))


def _watch(options):
    _import_nbgrader()
    from grading.run.watch import Watch

    names, attempts = options.assignment, options.attempts
    try:
        with Watch(options.root, names, attempts=attempts) as watch:
            print("Watching submitted/; Ctrl-C ends it.", flush=True)
            watch.forever()
    except KeyboardInterrupt:
        print("\nStopped. What was graded is in the journal.", file=sys.stderr)
    return 0


def _extend(options):
    from grading.run.extension import extend

    about = options.assignment, options.student, options.time
    print(extend(options.root, *about))
    return 0


def _status(options):
    from grading.reports.status import standings, table
    from grading.run.run import calibrations

    found = standings(options.root, options.assignment)
    print("\n".join(table(found)))
    used = {standing.assignment for standing in found}
    for name, where in calibrations(options.root, sorted(used), decide=False):
        if where.ways:
            print(f"{name}:", *where.lines, sep="\n  ")
    return int(not found or any(each.is_open or each.note for each in found))


def _calibrate(options):
    from grading.run.run import calibrations

    for name, found in calibrations(options.root, options.assignment):
        print(f"{name}:", *found.lines, sep="\n  ")
    return 0


def _feedback(options):
    from grading.pages.feedback import write

    count = write(options.root, options.assignment, only=options.student)
    print(f"{count} pages written.")
    return 0


def _statistics(options):
    from grading.reports.statistics import write

    write(options.root, options.assignment, to=options.to, data=options.json)
    print(f"The statistics are in {options.to}.")
    return 0


def _similarity(options):
    from grading.reports.similarity import write

    write(options.root, options.assignment, to=options.to, least=options.least)
    print(f"What is alike is in {options.to}. Alike is not copied: read it first.")
    return 0


def _solutions(options):
    from grading.release import solutions

    for path in solutions.write(options.root, options.assignment, options.folder):
        print(path)
    return 0


def _student_edition(options):
    from grading.release.student_edition import write

    files = write(options.root, options.folder, worked=options.worked)
    print(
        f"{files} files in {options.folder}; no solution and no hidden test is in it."
    )
    return 0


def _export(options):
    from grading.reports.export import export

    titles = _titles(options.column)
    choose(options.root, titles)
    done = export(
        options.root,
        options.assignment,
        form=options.form,
        only=options.student,
        to=options.to,
        ids=options.ids,
        match=options.match,
        columns=titles,
        missing=options.missing,
    )
    print(f"The grades are in {done.to or done.default}.", *done.notes, sep="\n")
    if done.withheld:
        print(
            "Not final, so look at these:", *done.withheld, sep="\n  ", file=sys.stderr
        )
    return int(bool(done.withheld))


def _titles(pairs):
    """Return what the platform calls assignments, from ASSIGNMENT=TITLE."""
    split = [pair.partition("=") for pair in pairs]
    for name, sign, title in split:
        if not (name and sign and title):
            raise CourseError(
                f"--column takes ASSIGNMENT=TITLE, not {name + sign + title!r}."
            )
    return {name: title for name, _, title in split}


def _doctor(options):
    from grading.sandbox.cage import Cage
    from grading.sandbox.choice import chosen
    from grading.sandbox.doctor import report

    own = not options.bubblewrap and chosen() is Cage
    print(
        f"Cages are built by {'the kernel, for any user' if own else 'bubblewrap'}.\n"
    )
    findings = report(bubblewrap=options.bubblewrap)
    for finding in findings:
        mark, leak = (
            ("holds ", "") if finding.holds else ("BROKEN", f": {finding.leak}")
        )
        print(f"{mark}  {finding.protection}{leak}")
    broken = sum(not finding.holds for finding in findings)
    print(f"\n{len(findings) - broken} of {len(findings)} protections hold.")
    return int(bool(broken))


def _rehearse(options):
    from grading.rehearsal.rehearse import rehearse, table

    quick, jobs = options.quick, options.jobs
    came = rehearse(options.root, options.assignment, quick=quick, jobs=jobs)
    print("\n" + "\n".join(table(came)))
    return int(not came.holds)


if __name__ == "__main__":
    sys.exit(main())
