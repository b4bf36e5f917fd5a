"""Links to reread lead to a section, in the course and in the students' edition."""

import re

import pytest

from tests.exercises.harness import RELEASES, ROOT, read

LINK = re.compile(r"\[([^\]]+)\]\((\S+?\.ipynb)#([\w-]+)\)")


@pytest.fixture(params=["course", "edition"])
def place(request):
    return ROOT if request.param == "course" else request.getfixturevalue("edition")


@pytest.mark.parametrize("exercise", RELEASES)
def test_every_link_to_reread_leads_to_the_heading_that_it_names(place, exercise):
    path = place / RELEASES[exercise].relative_to(ROOT)
    words = [cell.source for cell in read(path).cells if cell.cell_type == "markdown"]
    lines = [line for text in words for line in re.findall("^To reread.+$", text, re.M)]
    assert lines
    for line in lines:
        links = LINK.findall(line)
        assert links, line
        for title, chapter, target in links:
            page = read(path.parent / chapter)
            text = "\n".join(cell.source for cell in page.cells)
            assert re.search(rf"^\({target}\)=\n#+ {re.escape(title)}$", text, re.M), (
                f"{exercise}: {line}"
            )


def test_the_start_page_lists_every_exercise_with_its_chapter(edition):
    text = (edition / "exercises" / "README.md").read_text(encoding="utf-8")
    for exercise in RELEASES:
        assert f"]({exercise}/{exercise}.ipynb) |" in text
    links = re.findall(r"\]\((\S+)\)", text)
    assert len(links) == 2 * len(RELEASES)
    for link in links:
        assert (edition / "exercises" / link).is_file()
