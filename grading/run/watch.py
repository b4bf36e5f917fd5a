"""Grade what arrives in ``submitted/`` at once, and let students know within seconds.

Each arrival is graded as `grading.run.run.Run` does it, by graders that are ready, so a
later run finds nothing left to do. Beside that, the release as students have it, with
no hidden test in it, is run for an instant page in ``instant/``. So this page cannot
show a hidden test: it says of them only how many hold.
"""

import contextlib
import html
import os
import time
from dataclasses import replace
from pathlib import Path

import nbformat
from nbgrader.preprocessors import ClearHiddenTests

from grading.course import CourseError, choose, open_course, qualified, settings
from grading.intake.folder import students, take
from grading.intake.problems import Broken
from grading.records import gradebook, journal
from grading.records.journal import Index
from grading.run.assignment import Work
from grading.run.grader import Item
from grading.run.local import Crew
from grading.run.run import Run
from grading.sandbox.bounded_json import TooManyValuesError, loads
from grading.sandbox.choice import refusal

__all__ = ["Watch"]

ATTEMPTS = 10
_TICK, _SETTLED, _STALLED = 0.25, 0.75, 60.0
_PARTIAL = (".part", ".partial", ".crdownload", ".download", ".filepart", ".tmp")
_NOTE = (
    "This is attempt {} of {}, run with the checks that you have, whose points stand "
    "here. Of {} tasks with hidden tests, these hold in {}."
)


class Watch:
    """A watch over the submissions of assignments.

    Parameters
    ----------
    root : path-like
        Course directory.
    names : sequence of str
        Assignments.
    attempts : int
        How many versions of a submission are graded at once; the next run grades what
        is handed in after that.
    report : callable
        Called with one line for each submission that was graded.

    Raises
    ------
    CourseError
        If an assignment is unknown, or the machine refuses the sandbox.
    """

    def __init__(self, root, names, *, attempts=ATTEMPTS, report=print):
        self._root, self._names = Path(root).resolve(), choose(root, names)
        self._attempts, self._report = attempts, report
        self._told = ""
        if why := refusal():
            raise CourseError(why)

    def __enter__(self):
        """Have graders ready; leaving the context ends them."""
        with contextlib.ExitStack() as stack:
            self._posts = [_Post(self._root, name, stack) for name in self._names]
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error):
        """End the graders."""
        return self._stack.__exit__(*error)

    def forever(self):
        """Grade what arrives until somebody interrupts."""
        while True:
            self.once()
            time.sleep(_TICK)

    def once(self):
        """Grade what has arrived and is whole; return the verdicts."""
        found = []
        for post in self._posts:
            for student in post.arrived():
                try:
                    found += self._graded(post, student)
                except CourseError as error:  # such as another run at work
                    post.forget(student)
                    if str(error) != self._told:
                        self._told = str(error)
                        self._report(self._told)
        return found

    def _graded(self, post, student):
        """Return the verdict on an arrival, if it is new and not one too many."""
        place = f"{post.name} {student}"
        used = post.attempts(student)
        if post.is_known(student):
            return []
        if used >= self._attempts:
            self._report(f"{place}: all {used} attempts are used; run grades the rest.")
            return []
        options = {"report": _silent, "crew": post.crew}
        (verdict,) = Run(self._root, [post.name], only=[student], **options)
        post.write_page(verdict, used + 1, self._attempts)
        self._report(f"{place}: {verdict.result}. {verdict.about}".rstrip())
        return [verdict]


class _Post:
    """One assignment that is watched."""

    def __init__(self, root, name, stack):
        self.name, self._root = name, root
        self._seen, self._done = {}, {}
        self.crew = stack.enter_context(Crew(1))
        self._visible = stack.enter_context(Crew(1))
        with self._work() as work:
            work.register()
            plan = work.plan()
        self.crew.learn(plan)
        self._visible.learn(_without_hidden(plan))

    @contextlib.contextmanager
    def _work(self):
        """Yield what is known of the assignment now."""
        usual = {"force": False, "tasks": (), "unsafe": False}
        with open_course(self._root) as api, gradebook.opened(api) as book:
            about = self._root, self.name, book, api.config, Index(self._root)
            yield Work(*about, **usual)

    def arrived(self):
        """Return the students whose folder has changed and rests now."""
        now, found = time.monotonic(), []
        for student in students(self._root, self.name):
            state = _state(self._root / "submitted" / student / self.name)
            if state == self._done.get(student):
                continue
            if self._seen.get(student, ("", 0.0))[0] != state:
                self._seen[student] = state, now
            rests = now - self._seen[student][1]
            if rests >= (_SETTLED if self._is_whole(student, state) else _STALLED):
                self._done[student] = state
                found.append(student)
        return found

    def forget(self, student):
        """Take a student's folder for changed."""
        self._done.pop(student, None)

    def _is_whole(self, student, state):
        """Return whether no file of a folder looks like half of an upload."""
        if any(name.lower().endswith(_PARTIAL) for name, *_ in state):
            return False
        try:
            for content in self._take(student).notebooks.values():
                loads(content)
        except TooManyValuesError:
            return True  # to be told so
        except (Broken, ValueError, RecursionError):
            return False
        return True

    def _take(self, student):
        names = list(self.crew.plan.sources)
        return take(self._root, self.name, student, names)

    def is_known(self, student):
        """Return whether the journal has a verdict on what a student handed in."""
        with self._work() as work:
            return not work.look(student)[1]

    def attempts(self, student):
        """Return how many versions of a submission have a verdict."""
        who = self.name, student
        found = journal.read(self._root)
        return len({v.key for v in found if (v.assignment, v.student) == who})

    def write_page(self, verdict, attempt, most):
        """Write the instant page of a submission."""
        tests = _with_hidden(self.crew.plan)
        hold = sum(t.name in tests and t.score == t.max_score for t in verdict.tasks)
        note = _NOTE.format(attempt, most, len(tests), hold)
        pages = {} if verdict.needs_person else self._pages(verdict.student, note)
        told = html.escape(verdict.about if verdict.needs_person else note)
        pages = pages or {
            self.name: f"<!DOCTYPE html><meta charset=utf-8><p>{told}</p>"
        }
        folder = self._root / "instant" / verdict.student / self.name
        folder.mkdir(parents=True, exist_ok=True)
        for name, page in pages.items():
            new = folder / f".{name}.new"
            new.write_text(page, encoding="utf-8")
            new.replace(folder / f"{name}.html")

    def _pages(self, student, note):
        """Return the feedback pages for the checks that students have."""
        try:
            taken = self._take(student)
        except Broken:  # it was there a moment ago
            return {}
        item = Item(student, "", replace(taken, lines=(note, *taken.lines)))
        plan = _without_hidden(self.crew.plan)
        (graded,) = self._visible.grade(plan, [item])
        return graded.pages


def _state(folder):
    """Return names, sizes and times of a folder's files, the hidden ones too."""
    found = []
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place, name)
            with contextlib.suppress(OSError):
                about = path.lstat()
                what = str(path.relative_to(folder)), about.st_size, about.st_mtime_ns
                found.append(what)
    return tuple(sorted(found))


def _without_hidden(plan):
    """Return a plan without hidden tests."""
    clear = ClearHiddenTests(config=settings(plan.settings))
    sources = {}
    for name, about in plan.sources.items():
        notebook, _ = clear.preprocess(nbformat.reads(about.text, as_version=4), {})
        texts = {
            cell.metadata.nbgrader.grade_id: cell.source
            for cell in notebook.cells
            if cell.metadata.get("nbgrader", {}).get("locked")
        }
        cells = {
            cell: replace(kept, source=texts.get(cell, kept.source))
            for cell, kept in about.cells.items()
        }
        text = nbformat.writes(notebook)
        sources[name] = replace(about, text=text, cells=cells)
    return replace(plan, sources=sources)


def _with_hidden(plan):
    """Return the names of the graded cells that hold hidden tests."""
    shown = _without_hidden(plan)
    return {
        qualified(plan.assignment, name, cell)
        for name, about in plan.sources.items()
        for cell, kept in about.cells.items()
        if kept.max_score and kept.source != shown.sources[name].cells[cell].source
    }


def _silent(_line):
    """Report nothing."""
