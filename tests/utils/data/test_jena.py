"""The Jena table is loaded whole and true, or refused with its cause and a remedy."""

import bz2
import contextlib
import gzip
import io
import lzma
import pickle
import tarfile
import zipfile

import numpy as np
import pandas as pd
import pytest

from utils.data import jena, weather

HOURS = 48


def as_csv(frame: pd.DataFrame) -> bytes:
    """Write a table as the station publishes it."""
    return frame.to_csv(date_format=jena.TIME_FORMAT, lineterminator="\n").encode()


def zipped(content: bytes, *names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in names:
            archive.writestr(name, content)
    return buffer.getvalue()


def every_ten_minutes(content: bytes) -> bytes:
    """Put five rows of other values between each row and the next."""
    header, *rows = content.decode().splitlines()
    other = ",".join(["01.01.2009 00:20:00", *["1.5"] * 14])
    spread = [line for row in rows for line in (row, *[other] * 5)]
    return "\n".join([header, *spread[:-1]]).encode()


@pytest.fixture(scope="module")
def small() -> pd.DataFrame:
    return weather.simulate(0, HOURS)


@pytest.fixture(scope="module")
def edition(small) -> jena.Edition:
    return jena.Edition(HOURS, 6 * HOURS - 1, jena.fingerprint(small))


@pytest.fixture(scope="module")
def content(small) -> bytes:
    return as_csv(small)


@pytest.fixture(scope="module")
def whole() -> tuple[pd.DataFrame, jena.Edition]:
    """Return the real table where there is one, else the simulated one."""
    frame, simulated = jena.load_or_simulate(download=False)
    edition = jena.Edition(70_092, 420_551, jena.fingerprint(frame))
    return frame, edition if simulated else jena.JENA


@pytest.fixture
def nowhere(monkeypatch, tmp_path):
    """A machine without the Jena file and without a network."""
    monkeypatch.delenv("JENA_CLIMATE_FILE", raising=False)
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COURSE_OFFLINE", "1")


def refused(content: bytes, edition: jena.Edition) -> str:
    """Return the sentence with which the content is refused."""
    with pytest.raises(jena.DataError) as caught:
        jena.parse(content, name="jena.csv", edition=edition)
    sentence = str(caught.value)
    assert sentence.startswith("jena.csv: ")
    assert "JENA_CLIMATE_FILE" in sentence
    assert "\n" not in sentence
    return sentence


# --- the table -------------------------------------------------------------------


def test_the_official_and_the_hourly_file_give_the_identical_table(whole, tmp_path):
    frame, edition = whole
    hourly = as_csv(frame)
    (tmp_path / "hourly.csv").write_bytes(hourly)
    (tmp_path / "official.csv.zip").write_bytes(
        zipped(every_ten_minutes(hourly), "jena_climate_2009_2016.csv")
    )
    tables = [
        jena.load(tmp_path / name, edition=edition)
        for name in ("hourly.csv", "official.csv.zip")
    ]
    for table in tables:
        pd.testing.assert_frame_equal(table, frame, check_exact=True)
        assert table.attrs["source"] == "Jena"


def test_the_table_has_the_published_shape_types_and_order(whole):
    frame, _ = whole
    assert frame.shape == (70_092, 14)
    assert tuple(frame.columns) == jena.COLUMNS
    assert set(frame.dtypes) == {np.dtype(float)}
    assert frame.index.name == "Date Time"
    assert str(frame.index[0]) == "2009-01-01 00:10:00"
    assert str(frame.index[-1]) == "2016-12-31 23:20:00"
    assert not frame.index.is_monotonic_increasing


def test_every_column_says_its_unit_and_meaning():
    assert len(jena.QUANTITIES) == 14
    for quantity in jena.QUANTITIES:
        assert quantity.name
        assert quantity.meaning
        unit = quantity.unit.replace("°C", "degC").replace("°", "deg")
        assert f"({unit.replace('g/m³', 'g/m**3')})" in quantity.column


@pytest.mark.parametrize("name", ["weather.csv", "weather.csv.zip", "weather.part"])
@pytest.mark.parametrize("wrap", ["plain", "zip", "byte order mark", "windows lines"])
def test_the_table_may_come_in_other_wrappings(
    wrap, name, content, small, edition, tmp_path
):
    forms = {
        "plain": content,
        "zip": zipped(content, "any.csv", "__MACOSX/any.csv"),
        "byte order mark": b"\xef\xbb\xbf" + content,
        "windows lines": content.replace(b"\n", b"\r\n"),
    }
    path = tmp_path / name
    path.write_bytes(forms[wrap])
    table = jena.load(path, edition=edition)
    pd.testing.assert_frame_equal(table, small, check_exact=True, check_freq=False)


HEADERS = {
    "blanks": lambda title: f"  {title} ",
    "tabs": lambda title: f"\t{title}\t",
    "blanks within": lambda title: title.replace(" ", "\t  "),
    "quotes": lambda title: f'"{title}"',
    "blanks and quotes": lambda title: f' " {title} " ',
    "an apostrophe before": lambda title: f"'{title}",
    "a stray quote before": lambda title: f'"{title}',
    "a stray quote after": lambda title: f'{title}"',
    "two stray quotes": lambda title: f'""{title}',
    "typographic quotes": lambda title: f"“{title}”",
    "blanks without width": lambda title: f"\N{NO-BREAK SPACE}{title}",
}


@pytest.mark.parametrize("where", ["first", "middle", "last", "all"])
@pytest.mark.parametrize("kind", HEADERS)
def test_blanks_tabs_and_quotes_in_the_header_change_nothing(
    kind, where, content, small, edition
):
    header, _, rows = content.decode().partition("\n")
    titles = header.split(",")
    places = {"first": [0], "middle": [6], "last": [14], "all": range(15)}[where]
    for place in places:
        titles[place] = HEADERS[kind](titles[place])
    spoilt = f"{','.join(titles)}\n{rows}".encode()
    table = jena.parse(spoilt, name="jena.csv", edition=edition)
    pd.testing.assert_frame_equal(table, small, check_exact=True, check_freq=False)


@pytest.mark.parametrize("before", [b"\n", b"\r\n\r\n", b" \n\t\n", b"\xef\xbb\xbf\n"])
def test_empty_lines_before_the_header_change_nothing(before, content, small, edition):
    table = jena.parse(before + content, name="jena.csv", edition=edition)
    pd.testing.assert_frame_equal(table, small, check_exact=True, check_freq=False)


def test_other_columns_and_another_order_change_nothing(content, small, edition):
    lines = [line.split(",") for line in content.decode().splitlines()]
    mixed = [[f"x{line[0]}", *line[:0:-1], line[0], line[1]] for line in lines]
    mixed[0][-1] = mixed[0][0] = "other"
    text = "\n".join(map(",".join, mixed)).encode()
    table = jena.parse(text, name="jena.csv", edition=edition)
    pd.testing.assert_frame_equal(table, small, check_exact=True, check_freq=False)


# --- the fingerprint -------------------------------------------------------------


def test_the_fingerprint_changes_with_any_value_time_name_or_order(small):
    mark = jena.fingerprint(small)
    value, order = small.copy(), small.iloc[::-1]
    value.iloc[7, 1] += 0.01
    time = small.set_axis(small.index + pd.Timedelta("1min"))
    name = small.rename(columns={"T (degC)": "T (degF)"})
    hole = small.mask(small == small.iloc[7, 1])
    marks = [jena.fingerprint(other) for other in (value, order, time, name, hole)]
    assert len({mark, *marks}) == 6


def test_the_fingerprint_ignores_how_a_table_is_held_in_memory(small):
    other = small.copy(deep=True)
    other.index = other.index.astype("datetime64[ns]")
    other = pd.concat([other.iloc[:10], other.iloc[10:]])
    assert jena.fingerprint(other) == jena.fingerprint(small)


def test_the_fingerprint_is_sixteen_hexadecimal_digits(small):
    assert len(jena.fingerprint(small)) == 16
    assert int(jena.fingerprint(small), 16) >= 0


# --- tables that are refused -----------------------------------------------------


def test_an_empty_file_is_refused(edition):
    assert "the file is empty" in refused(b" \n", edition)


@pytest.mark.parametrize("title", ["T (degC)", '" T  (degC)"'])
def test_a_column_that_stands_there_twice_is_named(content, edition, title):
    both = content.replace(b"rh (%)", f"rh (%),{title}".encode(), 1)
    assert "'T (degC)' stands there more than once" in refused(both, edition)


@pytest.mark.parametrize("extra", [b",1", b",1,2,3", b","])
def test_rows_longer_than_the_header_are_refused_or_read_exactly(
    content, small, edition, extra
):
    header, _, rows = content.partition(b"\n")
    spoilt = header + b"\n" + rows.replace(b"\n", extra + b"\n")
    with contextlib.suppress(jena.DataError):
        table = jena.parse(spoilt, name="jena.csv", edition=edition)
        pd.testing.assert_frame_equal(table, small, check_exact=True, check_freq=False)


def test_a_missing_column_is_named(content, edition):
    sentence = refused(content.replace(b"rho (g/m**3)", b"density", 1), edition)
    assert "'rho (g/m**3)' is missing" in sentence
    assert "found 'density' instead" in sentence


def test_another_stations_units_are_named(content, edition):
    sentence = refused(content.replace(b"T (degC)", b"T (degF)", 1), edition)
    assert "'T (degC)' is missing (found 'T (degF)' instead)" in sentence


@pytest.mark.parametrize(("mark", "word"), [(b";", "semicolons"), (b"\t", "tabs")])
def test_a_wrong_separator_is_named(content, edition, mark, word):
    assert f"separated by {word}" in refused(content.replace(b",", mark), edition)


@pytest.mark.parametrize("where", ["header", "row"])
def test_a_wrong_encoding_is_named(content, edition, where):
    spoilt = {
        "header": content.replace(b"wd (deg)", "wd (°)".encode("latin-1"), 1),
        "row": content.replace(b"00:10:00", b"00:10:0\xb0", 1),
    }
    assert "not encoded in UTF-8" in refused(spoilt[where], edition)


def test_sixteen_bit_text_is_a_wrong_encoding(content, edition):
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        spoilt = content.decode().encode(encoding)
        assert "not encoded in UTF-8" in refused(spoilt, edition), encoding


def test_a_page_instead_of_a_table_is_refused(edition):
    sentence = refused(b"<html><body>Sign in, please</body></html>", edition)
    assert "'Date Time' is missing" in sentence


def test_a_quote_that_is_never_closed_is_refused(content, edition):
    spoilt = content.replace(b"01.01.2009 04:10:00", b'"01.01.2009 04:10:00')
    assert "not a well-formed CSV (EOF inside string" in refused(spoilt, edition)


def test_values_that_a_decimal_comma_shifts_are_refused(content, edition):
    lines = content.splitlines()
    lines[3] = lines[3].replace(b".", b",").replace(b",", b".", 2)
    assert "some values differ" in refused(b"\n".join(lines), edition)


@pytest.mark.parametrize("rows", [0, 1, HOURS - 1])
def test_a_truncated_table_tells_its_rows(content, edition, rows):
    lines = content.splitlines()[: rows + 1]
    assert f"has {rows:,} rows instead of" in refused(b"\n".join(lines), edition)


def test_another_years_table_tells_its_rows(edition):
    longer = as_csv(weather.simulate(1, HOURS + 5, start="2017-01-01"))
    assert f"has {HOURS + 5} rows" in refused(longer, edition)


def test_a_row_cut_short_is_refused(content, edition):
    sentence = refused(content.rstrip().rpartition(b",")[0], edition)
    assert "'wd (deg)' at 02.01.2009 23:10:00 is 'nan', not a number" in sentence


@pytest.mark.parametrize("text", ["warm", "", "nan", "inf", "1.5 C"])
def test_what_is_not_a_number_is_named_with_its_place(small, edition, text):
    spoilt = small.astype(object)
    spoilt.iloc[4, 1] = text
    sentence = refused(as_csv(spoilt), edition)
    shown = text or "nan"
    assert f"'T (degC)' at 01.01.2009 04:10:00 is '{shown}', not a number" in sentence


@pytest.mark.parametrize("date", [b"2009-01-01 04:10:00", b"32.01.2009 04:10:00", b""])
def test_a_date_that_cannot_be_read_is_shown(content, edition, date):
    spoilt = content.replace(b"01.01.2009 04:10:00", date)
    assert "is not written like '31.12.2016 23:50:00'" in refused(spoilt, edition)


def test_another_sampling_is_told_in_minutes(small, edition):
    times = pd.date_range("2009-01-01", periods=HOURS, freq="30min", name=jena.TIME)
    assert "30 minutes apart" in refused(as_csv(small.set_axis(times)), edition)


def test_an_altered_value_is_refused(small, edition):
    altered = small.copy()
    altered.iloc[20, 5] += 0.01
    assert "some values differ" in refused(as_csv(altered), edition)


def test_rows_in_another_order_are_refused(small, edition):
    order = [0, 2, 1, *range(3, HOURS)]
    assert "some values differ" in refused(as_csv(small.iloc[order]), edition)


# --- files that are refused ------------------------------------------------------


@pytest.mark.parametrize("name", ["weather.csv", "weather.csv.zip"])
def test_a_truncated_zip_is_refused(content, tmp_path, name):
    path = tmp_path / name
    path.write_bytes(zipped(content, "weather.csv")[:-100])
    with pytest.raises(jena.DataError, match="zip file is truncated or damaged"):
        jena.load(path)


def test_a_zip_with_a_flipped_byte_is_refused(content, tmp_path):
    spoilt = bytearray(zipped(content, "weather.csv"))
    spoilt[len(spoilt) // 2] ^= 0xFF
    path = tmp_path / "weather.zip"
    path.write_bytes(spoilt)
    with pytest.raises(jena.DataError, match="zip file is truncated or damaged"):
        jena.load(path)


def saved(save, *values):
    """Return the bytes that a function writes into a file."""
    file = io.BytesIO()
    save(file, *values)
    return file.getvalue()


FORMATS = {
    "a gzip file": gzip.compress,
    "a bzip2 file": bz2.compress,
    "an xz file": lzma.compress,
    "a Zstandard file": lambda content: b"\x28\xb5\x2f\xfd" + content,
    "a 7-Zip archive": lambda content: b"7z\xbc\xaf\x27\x1c" + content,
    "a RAR archive": lambda content: b"Rar!\x1a\x07\x01" + content,
    "a tar archive": lambda content: saved(archived, content),
    "a Parquet file": lambda content: b"PAR1" + content,
    "a Feather file": lambda content: b"FEA1" + content,
    "an HDF5 file": lambda content: b"\x89HDF\r\n\x1a\n" + content,
    "a NumPy array": lambda content: saved(np.save, np.ones(3)),
    "a NumPy archive": lambda content: saved(np.savez, np.ones(3)),
    "a pickle": pickle.dumps,
    "an Excel workbook": lambda content: zipped(content, "xl/workbook.xml"),
    "an OpenDocument sheet": lambda content: zipped(content, "content.xml"),
    "an SQLite database": lambda content: b"SQLite format 3\0" + content,
    "a PDF document": lambda content: b"%PDF-1.7" + content,
}


def archived(file, content):
    with tarfile.open(fileobj=file, mode="w") as archive:
        member = tarfile.TarInfo("weather.csv")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))


@pytest.mark.parametrize("name", ["weather.csv", "weather.csv.zip", "weather"])
@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_of_another_format_is_named(kind, name, content, tmp_path):
    path = tmp_path / name
    path.write_bytes(FORMATS[kind](content))
    with pytest.raises(jena.DataError) as caught:
        jena.load(path)
    assert f"it is {kind}, not a CSV or a zip file with one" in str(caught.value)


@pytest.mark.parametrize("names", [["read.me"], [], ["a.csv", "b.csv"]])
def test_a_zip_must_hold_one_csv(content, tmp_path, names):
    path = tmp_path / "weather.zip"
    path.write_bytes(zipped(content, *names))
    held = sum(name.endswith(".csv") for name in names)
    with pytest.raises(jena.DataError, match=f"holds {held} CSV files, not one"):
        jena.load(path)


def test_a_path_without_a_file_is_named(tmp_path):
    with pytest.raises(jena.DataError, match=r"gone\.csv: there is no such file"):
        jena.load(tmp_path / "gone.csv")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(jena.DataError, match="cannot be read"):
        jena.load(tmp_path)


# --- finding ---------------------------------------------------------------------


def test_the_environment_names_the_file_before_the_cache(
    nowhere, monkeypatch, tmp_path
):
    cached = tmp_path / "cache" / "jena_climate_2009_2016.csv.zip"
    assert jena.find() is None
    cached.parent.mkdir()
    cached.touch()
    assert jena.find() == cached
    monkeypatch.setenv("JENA_CLIMATE_FILE", str(tmp_path / "mine.csv"))
    assert jena.find() == tmp_path / "mine.csv"


def test_a_file_named_by_the_environment_must_be_there(nowhere, monkeypatch, tmp_path):
    monkeypatch.setenv("JENA_CLIMATE_FILE", str(tmp_path / "mine.csv"))
    for loader in (jena.load, jena.load_or_simulate):
        with pytest.raises(jena.DataError, match="no such file"):
            loader()


def test_without_a_file_loading_says_what_to_do(nowhere):
    with pytest.raises(jena.DataError, match=r"JENA_CLIMATE_FILE.*load_or_simulate"):
        jena.load(download=False)


@pytest.mark.parametrize("download", [True, False])
def test_without_a_file_the_weather_is_simulated_and_says_so(nowhere, download):
    frame, simulated = jena.load_or_simulate(download=download)
    assert simulated
    assert frame.attrs["source"] == "simulated weather"
    assert frame.attrs["reason"]
    assert frame.shape == (70_092, 14)


def test_a_spoilt_copy_in_the_cache_is_named_with_its_place(nowhere, content, tmp_path):
    cached = tmp_path / "cache" / "jena_climate_2009_2016.csv.zip"
    cached.parent.mkdir()
    cached.write_bytes(zipped(content, "weather.csv")[:-50])
    with pytest.raises(
        jena.DataError, match="delete it and download it again"
    ) as caught:
        jena.load()
    assert str(caught.value).startswith(f"{cached}: the zip file is truncated")


def test_a_wrong_file_is_never_replaced_by_simulated_weather(
    nowhere, monkeypatch, content, tmp_path
):
    (tmp_path / "mine.csv").write_bytes(content)
    monkeypatch.setenv("JENA_CLIMATE_FILE", str(tmp_path / "mine.csv"))
    with pytest.raises(jena.DataError, match="48 rows instead of 420,551"):
        jena.load_or_simulate()
