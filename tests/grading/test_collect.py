"""What a platform packs into one zip reaches the right students, and nobody else."""

import io
import zipfile

import pytest

from grading.__main__ import main
from grading.course import CourseError
from grading.intake.collect import collect
from tests.grading.small_course import NAME, make_course

MOODLE = "{}_assignsubmission_file/" + f"{NAME}.ipynb"
WORKSHEET = """\
Identifier,Full name,ID number,Email address,Grade
Participant 1234,Zoë O'Hara,z01,zoe@example.org,
Participant 99,Ann Lee,a01,ann@example.org,
Participant 100,Ann Lee,a02,lee@example.org,
"""
GRADEBOOK = """\
Student,ID,SIS User ID,SIS Login ID,Section,Week 1
    Points Possible,,,,,20
"O'Hara, Zoë",4711,1,zoe,A,
"Lee, Ann",4712,2,ann,A,
"""
GROUPS = """\
group_name,name,id
Group A,Zoë O'Hara,zoe
Group A,Ann Lee,ann
,Bob Ray,bob
"""


@pytest.fixture
def course(tmp_path):
    return make_course(tmp_path)


def packed(course, files, name="all.zip", time=(2026, 3, 1, 10, 0, 0)):
    """Write a zip: contents by name, or pairs of a time and a content."""
    with zipfile.ZipFile(course / name, "w") as made:
        for path, content in files.items():
            when, content = content if type(content) is tuple else (time, content)
            made.writestr(zipfile.ZipInfo(path, when), content)
    return course / name


def zipped(files):
    """Return the bytes of a zip."""
    with zipfile.ZipFile(room := io.BytesIO(), "w") as made:
        for path, content in files.items():
            made.writestr(path, content)
    return room.getvalue()


def table(course, text):
    (course / "who.csv").write_text(text, encoding="utf-8")
    return course / "who.csv"


def handed_in(course):
    """Return what lies in submitted/, by student and file."""
    folder = course / "submitted"
    paths = (path for path in folder.rglob("*") if path.is_file())
    found = {p.relative_to(folder).parts: p.read_text() for p in paths}
    assert all(place[1] == NAME for place in found)
    return {(who, "/".join(rest)): text for (who, _, *rest), text in found.items()}


def test_moodle_s_folders_are_read(course):
    files = {
        MOODLE.format("Zoë O'Hara_1234"): "1",
        "Zoë O'Hara_1234_assignsubmission_file/data/a+b.csv": "2",
        "Zoë O'Hara_1234_assignsubmission_onlinetext/onlinetext.html": "3",
        f"Ann de la Lee_99_assignsubmission_file_/{NAME}.ipynb": "4",
        f"Bob Ray_7_assignsubmission_file_{NAME}.ipynb": "5",
        "__MACOSX/x": "6",
    }
    found = collect(course, packed(course, files), NAME)
    assert found.refused == []
    assert handed_in(course) == {
        ("Zoë O'Hara", f"{NAME}.ipynb"): "1",
        ("Zoë O'Hara", "data/a+b.csv"): "2",
        ("Zoë O'Hara", "onlinetext.html"): "3",
        ("Ann de la Lee", f"{NAME}.ipynb"): "4",
        ("Bob Ray", f"{NAME}.ipynb"): "5",
    }


def test_canvas_s_names_are_read_and_its_newest_upload_counts(course):
    files = {
        f"oharazoë_LATE_4711_90001_{NAME}.ipynb": "old",
        f"oharazoë_LATE_4711_90010_{NAME}-1.ipynb": "new",
        "oharazoë_LATE_4711_90011_picture.png": "p",
        f"leeann_4712_90005_{NAME} (2).ipynb": "ann",
        f"ray_bob_4713_90006_{NAME}.ipynb": "bob",
    }
    found = collect(course, packed(course, files), NAME)
    assert handed_in(course) == {
        ("oharazoë", f"{NAME}.ipynb"): "new",
        ("oharazoë", "picture.png"): "p",
        ("leeann", f"{NAME}.ipynb"): "ann",
        ("ray_bob", f"{NAME}.ipynb"): "bob",
    }
    assert found.refused == []
    (line,) = [line for line in found.placed if "oharazoë" in line]
    assert "Older files of the same name: 1 left out. Late, says the platform." in line


@pytest.mark.parametrize("match", ["ID number", "Email address"])
def test_moodle_s_worksheet_says_who_is_who_by_number(course, match):
    files = {
        MOODLE.format("Ann Lee_99"): "1",
        MOODLE.format("Ann Lee_100"): "2",
        MOODLE.format("Zoe Ohara_1234"): "3",
    }
    ids = table(course, WORKSHEET)
    collect(course, packed(course, files), NAME, ids=ids, match=match)
    names = {
        "ID number": ("a01", "a02", "z01"),
        "Email address": ("ann@example.org", "lee@example.org", "zoe@example.org"),
    }[match]
    expected = dict(zip(names, "123", strict=True))
    assert {who: text for (who, _), text in handed_in(course).items()} == expected


def test_canvas_s_gradebook_says_who_is_who(course):
    files = {
        f"oharazoë_4711_90001_{NAME}.ipynb": "1",
        f"leeann_77_90002_{NAME}.ipynb": "by name",
        f"stranger_78_90003_{NAME}.ipynb": "3",
    }
    ids = table(course, GRADEBOOK)
    found = collect(course, packed(course, files), NAME, ids=ids)
    whose = {who: text for (who, _), text in handed_in(course).items()}
    assert whose == {"zoe": "1", "ann": "by name"}
    (line,) = found.refused
    assert line == f"stranger (78): {ids} does not say who this is."


@pytest.mark.parametrize("name", ["Group A_17", "Ann Lee_99"])
def test_a_group_s_hand_in_counts_for_all_of_it(course, name):
    files = {MOODLE.format(name): "ours", MOODLE.format("Bob Ray_7"): "mine"}
    about = {"ids": table(course, GROUPS), "group": "group_name"}
    found = collect(course, packed(course, files), NAME, **about)
    assert found.refused == []
    whose = {who: text for (who, _), text in handed_in(course).items()}
    assert whose == {"zoe": "ours", "ann": "ours", "bob": "mine"}
    by = f" Handed in by {name.replace('_', ' (')})."
    assert [line.endswith(by) for line in found.placed] == [True, False, True]


def test_the_newest_hand_in_of_a_group_counts_and_a_tie_is_refused(course):
    early, late = (2026, 3, 1, 10, 0, 0), (2026, 3, 1, 11, 0, 0)
    zoe, ann = MOODLE.format("Zoë O'Hara_1"), MOODLE.format("Ann Lee_2")
    about = {"ids": table(course, GROUPS), "group": "group_name"}
    archive = packed(course, {zoe: (late, "new"), ann: (early, "old")})
    found = collect(course, archive, NAME, **about)
    assert set(handed_in(course).values()) == {"new"}
    assert "ann: the older hand-in of Ann Lee (2) was left out." in found.placed
    archive = packed(course, {zoe: "one", ann: "other"})
    refused = collect(course, archive, NAME, **about).refused
    assert set(handed_in(course).values()) == {"new"}
    assert len(refused) == 2
    assert "nothing tells which hand-in is newer" in refused[0]


def test_two_of_the_same_name_are_refused_without_a_table(course):
    files = {MOODLE.format("Ann Lee_99"): "1", MOODLE.format("Ann Lee_100"): "2"}
    found = collect(course, packed(course, files), NAME)
    assert found.placed == []
    assert [line.partition(":")[0] for line in found.refused] == [
        "Ann Lee (99)",
        "Ann Lee (100)",
    ]
    assert not (course / "submitted").exists()


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("notes.txt", "its name is neither of Moodle's form nor of Canvas's"),
        ("Ann_1_assignsubmission_file/../../../x", "outside its folder"),
        ("/Ann_1_assignsubmission_file/x", "outside its folder"),
        ("C:/Ann_1_assignsubmission_file/x", "outside its folder"),
        (r"Ann_1_assignsubmission_file\..\..\x", "outside its folder"),
        ("A*n_1_assignsubmission_file/x", "takes for a pattern"),
        ("A<n_1_assignsubmission_file/x", "takes for HTML"),
        (".._1_assignsubmission_file/x", "no name for a folder"),
    ],
)
def test_what_cannot_be_placed_is_named_and_the_rest_goes_on(course, path, why):
    archive = packed(course, {path: "?", MOODLE.format("Bob_7"): "good"})
    before = {p for p in course.parent.rglob("*") if "submitted" not in p.parts}
    (line,) = collect(course, archive, NAME).refused
    assert why in line
    assert handed_in(course) == {("Bob", f"{NAME}.ipynb"): "good"}
    after = {p for p in course.parent.rglob("*") if "submitted" not in p.parts}
    assert after == before


def test_a_link_is_refused(course):
    link = zipfile.ZipInfo(MOODLE.format("Ann_1"))
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(course / "all.zip", "w") as made:
        made.writestr(link, "/etc/passwd")
    found = collect(course, course / "all.zip", NAME)
    assert found.refused[0].endswith("it is a symbolic link.")
    assert found.placed == []


def test_a_damaged_file_costs_its_own_hand_in_only(course):
    files = {MOODLE.format("Ann_1"): "spoilt", MOODLE.format("Bob_7"): "good"}
    archive = packed(course, files)
    archive.write_bytes(archive.read_bytes().replace(b"spoilt", b"spoiled"[:6]))
    (line,) = collect(course, archive, NAME).refused
    assert line.startswith("Ann (1): it is damaged")
    assert handed_in(course) == {("Bob", f"{NAME}.ipynb"): "good"}


def test_umlauts_that_were_stored_in_other_ways_are_read(course):
    name = MOODLE.format("Zoë Jäger_1")
    archive = packed(course, {name: "utf-8 without a flag"})
    content = bytearray(archive.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place + 1] &= ~0x08
    archive.write_bytes(content)
    collect(course, archive, NAME)
    old = packed(
        course,
        {MOODLE.format("J\x84ger_2").encode("latin-1").decode("cp437"): "of DOS"},
    )
    collect(course, old, NAME)
    assert {who for who, _ in handed_in(course)} == {"Zoë Jäger", "Jäger"}


def test_a_student_s_own_zip_is_unpacked_and_one_that_escapes_is_refused(course):
    own = zipped({f"work/{NAME}.ipynb": "mine", "work/.DS_Store": "", "work/a.csv": ""})
    bad = zipped({"../../evil.ipynb": "x"})
    files = {
        "Ann_1_assignsubmission_file/my work.zip": own,
        "Bob_7_assignsubmission_file/work.zip": bad,
        "Eve_8_assignsubmission_file/work.zip": b"no zip",
    }
    found = collect(course, packed(course, files), NAME)
    assert handed_in(course) == {
        ("Ann", f"work/{NAME}.ipynb"): "mine",
        ("Ann", "work/a.csv"): "",
    }
    assert "Bob (7): In the student's zip, `../../evil.ipynb`" in found.refused[0]
    assert "Eve (8): it is damaged" in found.refused[1]


def test_a_bomb_is_refused(course, monkeypatch):
    monkeypatch.setattr("grading.intake.collect.MOST", 1 << 20)
    with zipfile.ZipFile(course / "all.zip", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(MOODLE.format("Ann_1"), bytes(3 << 20))
    (line,) = collect(course, course / "all.zip", NAME).refused
    assert "It has more than 2 MiB or" in line
    assert not (course / "submitted").exists() or handed_in(course) == {}


def test_a_later_zip_replaces_what_changed_and_keeps_the_former(course):
    name = MOODLE.format("Ann_1")
    collect(course, packed(course, {name: "first"}), NAME)
    again = collect(course, packed(course, {name: "first"}), NAME)
    assert again.placed == ["Ann: as it was before."]
    later = collect(course, packed(course, {name: "second"}), NAME)
    assert handed_in(course) == {("Ann", f"{NAME}.ipynb"): "second"}
    assert f"The former one is in replaced/Ann/{NAME}/1." in later.placed[0]
    kept = course / "replaced" / "Ann" / NAME / "1" / f"{NAME}.ipynb"
    assert kept.read_text() == "first"


def test_a_time_that_was_written_beside_a_hand_in_stays_with_it(course):
    name = MOODLE.format("Ann_1")
    collect(course, packed(course, {name: "first"}), NAME)
    stamp = course / "submitted" / "Ann" / NAME / "timestamp.txt"
    stamp.write_text("2026-03-02 10:00:00 UTC")
    again = collect(course, packed(course, {name: "first"}), NAME)
    assert again.placed == ["Ann: as it was before."]
    assert stamp.read_text() == "2026-03-02 10:00:00 UTC"
    (line,) = collect(course, packed(course, {name: "second"}), NAME).placed
    assert line.endswith(f"Ann/{NAME}/1, with its timestamp.txt: write a new one.")
    assert not stamp.exists()


def test_a_zip_that_was_packed_again_with_a_folder_around_is_read(course):
    files = {f"week 1/{MOODLE.format(name)}": "x" for name in ("Ann_1", "Bob_2")}
    assert collect(course, packed(course, files), NAME).refused == []
    assert {who for who, _ in handed_in(course)} == {"Ann", "Bob"}


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06" + bytes(9)])
def test_a_file_that_is_no_zip_is_refused(course, content):
    (course / "all.zip").write_bytes(content)
    with pytest.raises(CourseError, match="cannot be read as a zip"):
        collect(course, course / "all.zip", NAME)


def test_a_zip_that_is_not_there_or_a_folder_is_refused(course):
    for path in (course / "nothing.zip", course):
        with pytest.raises(CourseError, match=r"^No file .*: name the zip"):
            collect(course, path, NAME)


def test_the_command_says_what_was_placed_and_what_was_not(course, capsys):
    files = {MOODLE.format("Ann_1"): "1", "odd.txt": "2"}
    words = ["--root", str(course), "collect", str(packed(course, files))]
    assert main([*words, "--assignment", NAME]) == 1
    told = capsys.readouterr()
    assert told.out == f"Ann: {NAME}.ipynb\n"
    assert told.err.startswith("Not placed: 1.\n  odd.txt: its name is neither")
    assert main([*words, "--assignment", "ex99"]) == 2
    assert main([*words, "--assignment", NAME, "--match", "ID number"]) == 2
    assert "--ids FILE" in capsys.readouterr().err
    ids = table(course, WORKSHEET)
    assert main([*words, "--assignment", NAME, "--ids", str(ids)]) == 2
    assert "has no column 'id'; it has: 'Identifier'," in capsys.readouterr().err
    more = "--ids", str(table(course, GROUPS)), "--group", "Gruppe"
    assert main([*words, "--assignment", NAME, *more]) == 2
    assert "Name the one that holds the groups with --group." in capsys.readouterr().err
