"""Whatever happened to a notebook's cells, the student's answers are found again."""

import copy
import gc
import time

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.intake.problems import Broken
from grading.intake.repair import Release, repair
from tests.exercises import harness
from tests.exercises.harness import RELEASES, SOLUTIONS, grade_id
from tests.grading.class_of_ex01 import NAME, TESTS, answered, reference

SOURCE = harness.read(SOLUTIONS[NAME])
RELEASE = Release(SOURCE)
RELEASED = harness.read(RELEASES[NAME])
RIGHT = reference()
GRADED = [grade_id(cell) for cell in RELEASED.cells if grade_id(cell)]
CODE = [cell.id for cell in RELEASED.cells if cell.cell_type == "code"]


def perfect():
    return answered(RIGHT)


def place(notebook, name):
    return [grade_id(cell) for cell in notebook.cells].index(name)


def cell_of(notebook, name):
    return notebook.cells[place(notebook, name)]


def own(source):
    return nbformat.v4.new_code_cell(source)


def repaired(notebook):
    """Repair a notebook, and check what holds for every repaired one."""
    before = copy.deepcopy(notebook)
    found, lines = repair(notebook, RELEASE)
    assert notebook == before
    nbformat.validate(found)
    assert [grade_id(cell) for cell in found.cells if grade_id(cell)] == GRADED
    assert len({cell.id for cell in found.cells}) == len(found.cells)
    for cell in found.cells:
        wanted = [c.metadata for c in RELEASED.cells if c.id == cell.id]
        about = cell.metadata.get("nbgrader", {})
        for name in ("grade", "solution", "locked", "points"):
            value = about.get(name)
            assert value == wanted[0].nbgrader.get(name) if about else value is None
    assert repair(found, RELEASE) == (found, [])
    return found, lines


def graded(notebook):
    """Return the tasks that a repaired notebook solves, by running it."""
    given = copy.deepcopy(notebook)
    for cell in given.cells:
        if grade_id(cell).startswith("test-"):
            cell.source = cell_of(SOURCE, grade_id(cell)).source
    return {name for name, points in harness.run(given).points.items() if points}


def test_a_release_and_a_solved_exercise_need_no_repair():
    for notebook in (RELEASED, perfect()):
        found, lines = repaired(notebook)
        assert lines == []
        assert [c.source for c in found.cells] == [c.source for c in notebook.cells]


@pytest.mark.parametrize("exercise", SOLUTIONS)
def test_the_release_of_every_exercise_is_recognised_without_any_metadata(exercise):
    notebook = harness.read(RELEASES[exercise])
    ids = [cell.id for cell in notebook.cells]
    sources = [cell.source for cell in notebook.cells]
    for number, cell in enumerate(notebook.cells):
        cell.metadata, cell.id = {}, f"cell-{number}"
    found, lines = repair(notebook, Release(harness.read(SOLUTIONS[exercise])))
    assert [cell.id for cell in found.cells] == ids
    assert [cell.source for cell in found.cells] == sources
    assert len(lines) == 1
    assert "had lost the names" in lines[0]


@pytest.mark.parametrize("name", GRADED)
def test_a_cell_whose_name_was_changed_is_recognised_by_its_content(name):
    notebook = perfect()
    cell = cell_of(notebook, name)
    cell.id, cell.metadata.nbgrader.grade_id = "other", "something-else"
    found, lines = repaired(notebook)
    assert cell_of(found, name).source == cell.source
    assert lines == [
        "Cells had lost the names that nbgrader gave them and were recognised: "
        f"`{name}`."
    ]


def test_an_answer_under_another_name_is_found_by_its_place():
    notebook = perfect()
    cell = cell_of(notebook, "task-1-3-boundary")
    cell.metadata, cell.id, cell.source = {}, "mine", "def border(x1):\n    return x1"
    found, _ = repaired(notebook)
    assert cell_of(found, "task-1-3-boundary").source == cell.source


def test_two_answers_whose_metadata_were_swapped_keep_their_contents():
    notebook = perfect()
    one, two = (cell_of(notebook, n) for n in ("task-1-1-neuron", "task-1-2-threshold"))
    one.source, two.source = two.source, one.source
    found, _ = repaired(notebook)
    for name in ("task-1-1-neuron", "task-1-2-threshold"):
        assert cell_of(found, name).source == RIGHT[name]


@pytest.mark.parametrize("name", [name for name in GRADED if name in TESTS])
def test_deleted_checks_are_put_back_behind_the_answer_and_its_helpers(name):
    notebook = perfect()
    answer = harness.task_of(name)
    helper = own("def helper():\n    return 1")
    notebook.cells[place(notebook, name)] = helper
    found, lines = repaired(notebook)
    ids = [cell.id for cell in found.cells]
    assert ids.index(answer) < ids.index(helper.id) < ids.index(name)
    assert cell_of(found, name).source == cell_of(RELEASED, name).source
    assert lines == [
        f"Checks were missing or unrecognisable and were put back: `{name}`."
    ]


def test_checks_that_were_overwritten_are_put_back_and_the_text_is_kept():
    notebook = perfect()
    cell_of(notebook, "test-1-1-neuron").source = "print('my own notes')"
    found, lines = repaired(notebook)
    assert "print('my own notes')" in [cell.source for cell in found.cells]
    assert "put back: `test-1-1-neuron`" in lines[0]


def test_a_deleted_answer_counts_as_not_attempted_and_says_so():
    notebook = perfect()
    del notebook.cells[place(notebook, "task-1-3-boundary")]
    found, lines = repaired(notebook)
    assert "raise NotImplementedError" in cell_of(found, "task-1-3-boundary").source
    assert "BEGIN SOLUTION" not in cell_of(found, "task-1-3-boundary").source
    assert RIGHT["task-1-3-boundary"] not in [cell.source for cell in found.cells]
    assert lines == [
        "Answers were missing and count as not attempted, 0 points: "
        "`task-1-3-boundary`."
    ]
    assert graded(found) == set(TESTS) - {"test-1-3-boundary"}


@pytest.mark.parametrize("exercise", SOLUTIONS)
def test_no_other_cell_is_taken_for_a_deleted_answer(exercise):
    source = harness.read(SOLUTIONS[exercise])
    solved = harness.read(RELEASES[exercise])
    right = {cell.id: cell.source for cell in source.cells}
    for cell in solved.cells:
        if grade_id(cell).startswith("task-"):
            cell.source = right[cell.id]
    for name in filter(
        lambda name: name.startswith("task-"), map(grade_id, solved.cells)
    ):
        notebook = copy.deepcopy(solved)
        notebook.cells.pop(place(notebook, name))
        found, (line, *others) = repair(notebook, Release(source))
        assert f"not attempted, 0 points: `{name}`" in line
        assert others == []
        assert [c.id for c in found.cells] == [c.id for c in solved.cells]


def test_merged_answers_are_not_undone_by_an_empty_one():
    notebook = perfect()
    second = notebook.cells.pop(place(notebook, "task-1-2-threshold"))
    cell_of(notebook, "task-1-1-neuron").source += "\n\n" + second.source
    found, lines = repaired(notebook)
    assert graded(found) == set(TESTS)
    assert "in others: `task-1-2-threshold`" in lines[0]


@pytest.mark.parametrize("same_name", [True, False])
def test_of_copied_answers_the_last_complete_one_counts(same_name):
    notebook = perfect()
    cell = cell_of(notebook, "task-1-1-neuron")
    cell.source = "def neuron(X, w, b):\n    return 0"
    last = copy.deepcopy(cell)
    last.id, last.source = "copy", RIGHT["task-1-1-neuron"]
    if not same_name:
        cell.source = cell_of(RELEASED, "task-1-1-neuron").source
        last.metadata = {}
    notebook.cells.append(last)
    found, lines = repaired(notebook)
    assert cell_of(found, "task-1-1-neuron").source == last.source
    assert graded(found) == set(TESTS)
    assert lines


def test_an_empty_copy_behind_an_answer_does_not_undo_it():
    notebook = perfect()
    n = place(notebook, "task-1-1-neuron")
    notebook.cells.insert(n + 1, copy.deepcopy(cell_of(RELEASED, "task-1-1-neuron")))
    found, lines = repaired(notebook)
    assert graded(found) == set(TESTS)
    assert lines == ["Empty copies of answers were left out: `task-1-1-neuron`."]


def test_a_scratch_cell_with_copied_metadata_stays_a_cell_of_its_own():
    notebook = perfect()
    n = place(notebook, "task-1-1-neuron")
    scratch = copy.deepcopy(notebook.cells[n])
    scratch.id, scratch.source = "scratch", "undefined_name"
    notebook.cells.insert(n, scratch)
    found, _ = repaired(notebook)
    assert cell_of(found, "task-1-1-neuron").source == RIGHT["task-1-1-neuron"]
    assert [c.source for c in found.cells].count("undefined_name") == 1


@pytest.mark.parametrize("labels", ["both", "first", "last", "none"])
@pytest.mark.parametrize("n_parts", [2, 3])
def test_an_answer_that_was_split_is_joined(labels, n_parts):
    notebook = perfect()
    n = place(notebook, "task-1-4-train")
    lines = notebook.cells[n].source.split("\n")
    cuts = [0, *(len(lines) * k // n_parts for k in range(1, n_parts)), len(lines)]
    parts = []
    for k in range(n_parts):
        part = copy.deepcopy(notebook.cells[n])
        part.id, part.source = f"part-{k}", "\n".join(lines[cuts[k] : cuts[k + 1]])
        kept = {"both": True, "first": k == 0, "last": k == n_parts - 1, "none": False}
        if not kept[labels]:
            part.metadata = {}
        parts.append(part)
    notebook.cells[n : n + 1] = parts
    found, said = repaired(notebook)
    assert cell_of(found, "task-1-4-train").source == RIGHT["task-1-4-train"]
    assert "Answers split into several cells were joined: `task-1-4-train`." in said
    assert graded(found) == set(TESTS)


def test_an_answer_that_was_split_behind_its_head_is_joined():
    notebook = perfect()
    cell = cell_of(notebook, "task-1-1-neuron")
    whole = cell.source
    body = next(n for n, line in enumerate(whole.split("\n")) if "BEGIN" in line) + 1
    lines = whole.split("\n")
    cell.source = "\n".join(lines[:body])
    second = copy.deepcopy(cell)
    second.update(id="second", source="\n".join(lines[body:]))
    notebook.cells.insert(place(notebook, "task-1-1-neuron") + 1, second)
    found, (line,) = repaired(notebook)
    assert line == "Answers split into several cells were joined: `task-1-1-neuron`."
    assert cell_of(found, "task-1-1-neuron").source == whole


def marked(n_lines, *, changed=0):
    """Return numbered comments, which define nothing, some of them changed."""
    words = ["other"] * changed + ["same"] * (n_lines - changed)
    return "\n".join(f"# {word} {number}" for number, word in enumerate(words))


@pytest.mark.parametrize(
    ("name", "changed", "known"),
    [
        ("test-1-1-neuron", 2, True),
        ("test-1-1-neuron", 3, False),
        (CODE[0], 4, True),
        (CODE[0], 5, False),
    ],
)
def test_a_cell_without_its_name_needs_most_of_its_lines(name, changed, known):
    source, notebook = copy.deepcopy(SOURCE), perfect()
    for read, lines in ((source, marked(10)), (notebook, marked(10, changed=changed))):
        (cell,) = (c for c in read.cells if name in (c.id, grade_id(c)))
        cell.source = lines
    cell.id, cell.metadata = "mine", {}
    found, lines = repair(notebook, Release(source))
    own_cells = [c for c in found.cells if "# other 0" in c.source]
    restored = any("put back" in line and f"`{name}`" in line for line in lines)
    assert restored == (not known)
    if not known:
        assert [grade_id(c) for c in own_cells] == [""]


def test_copies_of_checks_are_left_out():
    notebook = perfect()
    for name in TESTS:
        notebook.cells.append(copy.deepcopy(cell_of(notebook, name)))
    found, lines = repaired(notebook)
    assert len(found.cells) == len(RELEASED.cells)
    assert lines[0].startswith("Copies of checks were left out: ")


def test_an_answer_behind_its_checks_is_moved_back_and_nothing_else():
    notebook = perfect()
    n = place(notebook, "task-1-3-boundary")
    notebook.cells.append(notebook.cells.pop(n))
    notebook.cells.insert(2, own("mine = 1"))
    found, lines = repaired(notebook)
    assert lines == [
        "Cells were moved back to their places in the exercise: `task-1-3-boundary`."
    ]
    assert found.cells[2].source == "mine = 1"
    assert graded(found) == set(TESTS)


def test_a_deleted_cell_of_imports_is_put_back_in_front():
    notebook = perfect()
    notebook.cells = [cell for cell in notebook.cells if cell.id != "setup"]
    found, lines = repaired(notebook)
    assert [c.id for c in found.cells if c.cell_type == "code"] == CODE
    assert lines == ["Cells that belong to the exercise were put back: `setup`."]


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_an_answer_in_a_cell_of_another_type_is_taken_for_code(kind):
    notebook = perfect()
    cell = cell_of(notebook, "task-1-1-neuron")
    cell.cell_type = kind
    for name in ("outputs", "execution_count"):
        del cell[name]
    found, lines = repaired(notebook)
    assert graded(found) == set(TESTS)
    assert lines == [
        "Cells of another type were taken for what they should be: `task-1-1-neuron`."
    ]


def in_words(answer, **beside):
    """Return exercise 12 with an answer in words, repaired, and what was said."""

    def change(notebook, at):
        notebook.cells[at].source = answer
        for side, texts in beside.items():
            cells = [nbformat.v4.new_markdown_cell(text) for text in texts]
            behind = at + (side == "below")
            notebook.cells[behind:behind] = cells

    return changed(change)


def changed(change, *, whole=False):
    """Return the answer in words of a changed exercise 12, and what was said."""
    notebook = harness.read(RELEASES["ex12_jena_data"])
    change(notebook, place(notebook, WORDS))
    found, lines = repair(notebook, Release(harness.read(SOLUTIONS["ex12_jena_data"])))
    assert repair(found, Release(harness.read(SOLUTIONS["ex12_jena_data"])))[1] == []
    cell = cell_of(found, WORDS)
    return cell if whole else cell.source, lines


WORDS, BLANK = "manual-12-7-judge", "YOUR ANSWER HERE"
BESIDE = [f"Answers in words were found beside the cells for them: `{WORDS}`."]
TYPED = [f"Answers in words were found among the lines of their questions: `{WORDS}`."]
IN_CODE = [f"Answers in words were found in code beside the cells for them: `{WORDS}`."]
JOINED = [f"Answers split into several cells were joined: `{WORDS}`."]


@pytest.mark.parametrize(
    "blank", ["", " \n\t", BLANK + "\n", f"\n  {BLANK} ", "\u00a0\u200b", "\ufeff"]
)
def test_an_answer_of_blanks_in_words_is_one_that_is_missing(blank):
    assert in_words(blank) == (BLANK, [])


@pytest.mark.parametrize("blank", [BLANK, ""])
def test_an_answer_in_words_is_found_beside_its_cell(blank):
    assert in_words(blank, below=["By 0.5 °C."]) == ("By 0.5 °C.", BESIDE)
    assert in_words(blank, above=["By 0.5 °C."]) == ("By 0.5 °C.", BESIDE)
    assert in_words(blank, below=["A", "", "B"]) == ("A\n\nB", BESIDE)
    assert in_words(blank, below=[" "]) == (BLANK, [])


@pytest.mark.parametrize("answer", ["x", f"**{BLANK}**", f"{BLANK}\nBy 0.5 °C.", "?"])
def test_an_answer_in_words_stays_as_it_was_written(answer):
    assert in_words(answer, below=["A note."]) == (answer, [])


@pytest.mark.parametrize("deleted", [False, True])
@pytest.mark.parametrize("where", ["end", "middle", "instead", "merged"])
def test_an_answer_in_words_is_found_in_its_question(where, deleted):
    def change(notebook, at):
        question = notebook.cells[at - 1]
        first, rest = question.source.split("\n", 1)
        question.source = {
            "end": f"{question.source}\n\nBy 0.5 °C.\n\nA third.",
            "middle": f"{first}\nBy 0.5 °C.\n\nA third.\n{rest}",
            "instead": "By 0.5 °C.\n\nA third.",
            "merged": f"{question.source}\n\n{BLANK}\nBy 0.5 °C.\n\nA third.",
        }[where]
        if deleted:
            del notebook.cells[at]

    answer, lines = changed(change)
    assert (answer.split(), lines) == (["By", "0.5", "°C.", "A", "third."], TYPED)


def test_an_answer_in_its_cell_leaves_its_question_as_it_was_handed_in():
    def change(notebook, at):
        notebook.cells[at].source = "By 0.5 °C."
        notebook.cells[at - 1].source += "\n\nA note."

    assert changed(change) == ("By 0.5 °C.", [])


@pytest.mark.parametrize("deleted", [False, True])
@pytest.mark.parametrize("code", ["# By 0.5 °C.", "print('By 0.5 °C.')", "By 0.5 °C."])
def test_an_answer_in_words_is_found_in_code_beside_its_cell(code, deleted):
    def change(notebook, at):
        cells = [nbformat.v4.new_code_cell(text) for text in (code, "1 + 1")]
        notebook.cells[at + 1 : at + 1] = cells
        if deleted:
            del notebook.cells[at]

    assert changed(change) == (f"    {code}", IN_CODE)


def test_code_without_words_is_no_answer_in_words():
    def change(notebook, at):
        notebook.cells.insert(at + 1, nbformat.v4.new_code_cell("1 + 1"))

    assert changed(change) == (BLANK, [])


def test_an_answer_in_words_is_found_in_cells_that_replace_its_own():
    def change(notebook, at):
        cells = [nbformat.v4.new_markdown_cell(text) for text in "AB"]
        notebook.cells[at : at + 1] = cells

    assert changed(change) == ("A\n\nB", BESIDE)


def test_an_answer_in_words_keeps_its_pictures_wherever_it_was_found():
    name, drawn = "image.png", [{"image/png": "AAAA"}, {"image/png": "BBBB"}]

    def beside(notebook, at):
        for picture in reversed(drawn):
            cell = nbformat.v4.new_markdown_cell(f"![](attachment:{name})")
            cell.attachments = {name: picture}
            notebook.cells.insert(at + 1, cell)

    def typed(notebook, at):
        notebook.cells[at - 1].source += f"\n\n![](attachment:{name})"
        notebook.cells[at - 1].attachments = {name: drawn[0]}

    found, _ = changed(beside, whole=True)
    again = f"again-{name}"
    assert found.source.split() == [f"![](attachment:{n})" for n in (name, again)]
    assert found.attachments == {name: drawn[0], again: drawn[1]}
    assert changed(typed, whole=True)[0].attachments == {name: drawn[0]}


@pytest.mark.parametrize("at_end", [False, True])
def test_an_answer_in_words_is_found_before_its_question_or_after_the_last(at_end):
    def change(notebook, at):
        cells = [nbformat.v4.new_markdown_cell(text) for text in ("By 0.5 °C.", " ")]
        behind = len(notebook.cells) if at_end else at - 1
        notebook.cells[behind:behind] = cells

    text = "Answers in words were found near the cells for them: {}."
    assert changed(change) == ("By 0.5 °C.", [text.format(f"`{WORDS}`")])


def test_a_note_beside_another_task_is_no_answer_in_words():
    notebook = harness.read(RELEASES["ex15_project"])
    for name in ("about-15-1", "about-15-4a", "task-15-4-model", "task-15-5-interval"):
        cell = nbformat.v4.new_markdown_cell("A note.")
        at = [cell.id for cell in notebook.cells].index(name)
        notebook.cells.insert(at + 1, cell)
    source = harness.read(SOLUTIONS["ex15_project"])
    found, lines = repair(notebook, Release(source))
    manual = [c.source for c in found.cells if grade_id(c).startswith("manual")]
    assert (manual, lines) == ([BLANK] * 4, [])


def test_an_answer_in_words_that_was_deleted_is_put_back_and_named():
    def change(notebook, at):
        del notebook.cells[at]

    text = "Answers were missing and count as not attempted, 0 points: {}."
    assert changed(change) == (BLANK, [text.format(f"`{WORDS}`")])


@pytest.mark.parametrize(
    ("texts", "due"),
    [(["# A", "B"], "# A\n\nB"), (["A", BLANK, "B"], "A\n\nB"), (["A", "A"], "A")],
)
def test_an_answer_in_words_that_was_split_is_joined(texts, due):
    def change(notebook, at):
        cells = [copy.deepcopy(notebook.cells[at]) for _ in texts]
        for number, (cell, text) in enumerate(zip(cells, texts, strict=True)):
            cell.source, cell.id = text, f"split-{number}"
        notebook.cells[at : at + 1] = cells

    assert changed(change) == (due, JOINED)


def test_a_foreign_kernel_is_replaced_and_named():
    notebook = perfect()
    notebook.metadata.kernelspec = {"name": "ir", "display_name": "R"}
    found, lines = repaired(notebook)
    assert found.metadata == SOURCE.metadata
    assert lines == [
        "The notebook asked for the kernel `ir`; the course's Python ran it."
    ]


def test_cells_cannot_pass_for_graded_ones_that_the_exercise_lacks():
    notebook = perfect()
    cell = own("1")
    cell.metadata["nbgrader"] = {
        **cell_of(notebook, "test-1-1-neuron").metadata.nbgrader,
        "grade_id": "test-9-9-free",
        "points": 100,
    }
    notebook.cells.append(cell)
    found, _ = repaired(notebook)
    assert found.cells[-1].metadata == {}


@pytest.mark.parametrize(
    "about",
    [{"grade_id": ["x"]}, {"grade_id": None}, {"points": 99}, {"grade_id": 3}],
    ids=str,
)
def test_senseless_metadata_do_no_harm(about):
    notebook = perfect()
    for cell in notebook.cells:
        cell.metadata["nbgrader"] = dict(about)
    assert graded(repaired(notebook)[0]) == set(TESTS)


def test_a_notebook_of_another_exercise_needs_a_person():
    other = harness.read(RELEASES["ex12_jena_data"])
    with pytest.raises(Broken) as caught:
        repair(other, RELEASE)
    assert caught.value.status == "needs-a-person"
    assert "No cell of this exercise" in caught.value.problem.cause


def test_texts_made_to_break_the_parser_are_survived():
    texts = ["(" * 50_000, "a" + ".b" * 40_000, "-" * 90_000 + "1", "\0", "\\", "%" * 9]
    for text in texts:
        notebook = perfect()
        cell_of(notebook, "task-1-1-neuron").source = text
        notebook.cells.append(copy.deepcopy(cell_of(notebook, "task-1-1-neuron")))
        repaired(notebook)


def seconds_to_repair(own_cells):
    notebook = perfect()
    notebook.cells += [own(f"x_{n} = {n}") for n in range(own_cells)]
    gc.collect()
    gc.disable()  # it would go through whatever other tests have left
    try:
        start = time.process_time()
        repair(notebook, RELEASE)
        return time.process_time() - start
    finally:
        gc.enable()


def test_four_thousand_cells_take_time_in_proportion():
    few, many = (min(seconds_to_repair(n) for _ in range(3)) for n in (400, 4_000))
    assert many < 25 * few  # as many cells squared would take 100 times as long


ANY_CELL = st.integers(0, len(RELEASED.cells) - 1)
DAMAGE = st.lists(
    st.tuples(st.sampled_from(["move", "copy", "strip", "rename", "own"]), ANY_CELL)
    | st.tuples(st.just("delete"), st.sampled_from(range(5, len(RELEASED.cells)))),
    max_size=8,
)


def damaged(damage):
    notebook = perfect()
    for number, (kind, n) in enumerate(damage):
        cells = notebook.cells
        cell = cells[n % len(cells)]
        if kind == "delete" and cell.source not in RIGHT.values():
            cells.remove(cell)
        elif kind == "move":
            cells.remove(cell)
            cells.insert((n * 7) % (len(cells) + 1), cell)
        elif kind == "copy":
            cells.insert((n * 5) % (len(cells) + 1), copy.deepcopy(cell))
        elif kind == "strip":
            cell.metadata, cell.id = {}, f"stripped-{number}"
        elif kind == "rename" and grade_id(cell):
            cell.metadata.nbgrader.grade_id = f"renamed-{number}"
        elif kind == "own":
            cells.insert(n % len(cells), own(f"own_{number} = {number}"))
    for number, cell in enumerate(notebook.cells):
        cell.id = f"{cell.id[:40]}-{number}" if number % 2 else cell.id
    return notebook


@settings(max_examples=60, deadline=None)
@given(DAMAGE)
def test_after_any_damage_every_answer_is_in_its_place(damage):
    notebook = damaged(damage)
    found, _ = repaired(notebook)
    for name, source in RIGHT.items():
        assert cell_of(found, name).source == source
    mine = [c.source for c in notebook.cells if c.source.startswith("own_")]
    assert [c.source for c in found.cells if c.source.startswith("own_")] == mine
