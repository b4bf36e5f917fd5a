"""A download is whole and checked, or it leaves nothing that would be trusted."""

import contextlib
import http.server
import os
import re
import signal
import subprocess
import sys
import threading
import time

import pytest

from utils.data import download, jena, weather
from utils.data.download import DownloadError, Patience

PAYLOAD = bytes(range(256)) * 1200
OTHER = PAYLOAD[::-1]
QUICK = Patience(tries=3, pause=0.01, silence=10)
ONCE = Patience(tries=1, silence=10)
IMPATIENT = Patience(tries=3, pause=0.01, silence=1)


# --- a server that misbehaves as told --------------------------------------------


class Mirror(http.server.ThreadingHTTPServer):
    """Answers each request with the next of its answers, the last one for ever."""

    daemon_threads = True

    def __init__(self, *answers):
        """Listen on a free port of this machine."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = list(answers)
        self.ranges: list[str | None] = []
        self.closing = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}/table.bin"

    def next_answer(self):
        """Return the answer to the request that has just come in."""
        return self.answers[min(len(self.ranges), len(self.answers)) - 1]

    def handle_error(self, request, client_address):
        """Say nothing when a client hangs up."""


class Handler(http.server.BaseHTTPRequestHandler):
    """Hands every request to the mirror's next answer."""

    def do_GET(self):
        """Record the range that was asked for, and answer."""
        self.server.ranges.append(self.headers["Range"])
        self.server.next_answer()(self)

    def log_message(self, *args):
        """Print nothing."""

    def send(self, status, body, headers, *, limit=None):
        """Send a header for all of `body`, and at most `limit` bytes of it."""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            if value is not None:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[:limit])
        self.wfile.flush()


def start_of(handler) -> int:
    match = re.fullmatch(r"bytes=(\d+)-", handler.headers["Range"] or "bytes=0-")
    return int(match[1])


def honest(payload=PAYLOAD, *, limit=None):
    """Honour ranges; send at most `limit` bytes of what was promised."""

    def answer(handler):
        start, total = start_of(handler), len(payload)
        if start >= total:
            return handler.send(416, b"", {"Content-Range": f"bytes */{total}"})
        if not start:
            return handler.send(200, payload, {}, limit=limit)
        extent = {"Content-Range": f"bytes {start}-{total - 1}/{total}"}
        return handler.send(206, payload[start:], extent, limit=limit)

    return answer


def deaf(payload=PAYLOAD):
    """Send everything, whatever part was asked for."""
    return lambda handler: handler.send(200, payload, {})


def without_length(handler):
    """Send everything without saying how much it is."""
    handler.send(200, PAYLOAD, {"Content-Length": None})


def status(code):
    """Refuse with a status."""
    return lambda handler: handler.send(code, b"no such thing", {})


def wrong_part(handler):
    """Send a later part than the one asked for."""
    start = start_of(handler) + 10
    extent = {"Content-Range": f"bytes {start}-{len(PAYLOAD) - 1}/{len(PAYLOAD)}"}
    handler.send(206, PAYLOAD[start:], extent)


def stalling(after):
    """Send `after` bytes, then nothing more until the test ends."""

    def answer(handler):
        honest(limit=after)(handler)
        handler.server.closing.wait(10)

    return answer


def trickling(handler):
    """Send byte after byte, slowly but never stopping."""
    handler.send(200, PAYLOAD, {}, limit=1)
    while not handler.server.closing.wait(0.02):
        handler.wfile.write(b"x")
        handler.wfile.flush()


def hanging_up(handler):
    """Close the connection without a word."""
    handler.connection.close()


@contextlib.contextmanager
def serving(*answers):
    """Run a mirror in a thread."""
    mirror = Mirror(*answers)
    thread = threading.Thread(target=mirror.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield mirror
    finally:
        mirror.closing.set()
        mirror.shutdown()
        thread.join()
        mirror.server_close()


# --- helpers ---------------------------------------------------------------------


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch):
    """Neither a proxy nor a wish to stay offline comes between test and server."""
    monkeypatch.delenv("COURSE_OFFLINE", raising=False)
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def target(tmp_path):
    return tmp_path / "cache" / "table.bin"


def part_of(target):
    return target.with_name("table.bin.part")


def verify(path) -> None:
    """Refuse everything but the payload."""
    if path.read_bytes() != PAYLOAD:
        raise jena.DataError("the content is wrong")


def fetch(target, *urls, patience=QUICK, verify=verify):
    return download.fetch(
        urls, target, verify=verify, patience=patience, progress=False
    )


def failure(target, *urls, patience=QUICK) -> str:
    """Return the message with which the download fails."""
    with pytest.raises(DownloadError) as caught:
        fetch(target, *urls, patience=patience)
    assert not target.exists()
    return str(caught.value)


def closed_port() -> str:
    """Return an address on this machine where nobody listens."""
    with serving(honest()) as mirror:
        return mirror.url


# --- what works ------------------------------------------------------------------


@pytest.mark.parametrize("answer", [honest(), deaf(), without_length])
def test_a_good_file_is_put_in_its_place_and_nothing_else(target, answer):
    with serving(answer) as mirror:
        assert fetch(target, mirror.url) == target
    assert target.read_bytes() == PAYLOAD
    assert [path.name for path in target.parent.iterdir()] == ["table.bin"]


@pytest.mark.parametrize("wish", ["0", "1"])
def test_a_file_that_is_there_is_not_fetched_again(target, monkeypatch, wish):
    monkeypatch.setenv("COURSE_OFFLINE", wish)
    target.parent.mkdir()
    target.write_bytes(b"mine")
    with serving(honest()) as mirror:
        fetch(target, mirror.url)
    assert mirror.ranges == []
    assert target.read_bytes() == b"mine"


def test_the_progress_bar_counts_the_bytes_that_were_there_already(target, capsys):
    with serving(honest(limit=100_000), honest()) as mirror:
        download.fetch([mirror.url], target, verify=verify, patience=QUICK)
    assert "table.bin: 100%" in capsys.readouterr().err


def test_the_second_mirror_serves_when_the_first_does_not(target):
    with serving(status(404)) as first, serving(honest()) as second:
        fetch(target, first.url, second.url, patience=ONCE)
    assert target.read_bytes() == PAYLOAD


@pytest.mark.parametrize("trouble", [status(500), status(404), status(503), hanging_up])
def test_a_passing_trouble_is_tried_again(target, trouble):
    with serving(trouble, honest()) as mirror:
        fetch(target, mirror.url)
    assert len(mirror.ranges) == 2
    assert target.read_bytes() == PAYLOAD


@pytest.mark.parametrize("trouble", [stalling(1000), trickling])
def test_a_transfer_that_stalls_or_crawls_is_given_up_and_tried_again(target, trouble):
    with serving(trouble, honest()) as mirror:
        fetch(target, mirror.url, patience=IMPATIENT)
    assert target.read_bytes() == PAYLOAD


# --- continuing ------------------------------------------------------------------


def test_a_cut_transfer_continues_where_it_stopped(target):
    with serving(honest(limit=70_000), honest(limit=80_000), honest()) as mirror:
        fetch(target, mirror.url)
    assert mirror.ranges == [None, "bytes=70000-", "bytes=150000-"]
    assert target.read_bytes() == PAYLOAD


def test_another_mirror_continues_what_the_first_began(target):
    with serving(honest(limit=70_000)) as first, serving(honest()) as second:
        fetch(target, first.url, second.url)
    assert second.ranges == ["bytes=70000-"]
    assert target.read_bytes() == PAYLOAD


def test_a_later_run_continues_an_earlier_one(target):
    with serving(honest(limit=70_000)) as mirror, pytest.raises(DownloadError):
        fetch(target, mirror.url, patience=ONCE)
    assert part_of(target).stat().st_size == 70_000
    with serving(honest()) as mirror:
        fetch(target, mirror.url)
    assert mirror.ranges == ["bytes=70000-"]
    assert target.read_bytes() == PAYLOAD


def test_a_server_that_ignores_the_range_starts_over(target):
    with serving(honest(limit=70_000), deaf()) as mirror:
        fetch(target, mirror.url)
    assert mirror.ranges == [None, "bytes=70000-"]
    assert target.read_bytes() == PAYLOAD


def test_a_file_that_changed_meanwhile_is_fetched_anew(target):
    with serving(honest(OTHER, limit=70_000), honest()) as mirror:
        fetch(target, mirror.url)
    assert mirror.ranges == [None, "bytes=70000-", None]
    assert target.read_bytes() == PAYLOAD


@pytest.mark.parametrize("size", [len(PAYLOAD), len(PAYLOAD) + 5])
def test_a_leftover_that_is_already_whole_or_longer_starts_over(target, size):
    target.parent.mkdir()
    part_of(target).write_bytes(b"?" * size)
    with serving(honest()) as mirror:
        fetch(target, mirror.url)
    assert mirror.ranges == [f"bytes={size}-", None]
    assert target.read_bytes() == PAYLOAD


def test_the_wrong_part_of_the_file_is_not_taken(target):
    with serving(honest(limit=70_000), wrong_part, honest()) as mirror:
        fetch(target, mirror.url)
    assert mirror.ranges == [None, "bytes=70000-", "bytes=70000-"]
    assert target.read_bytes() == PAYLOAD


# --- giving up -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (status(404), "the server answered 404 Not Found"),
        (status(500), "the server answered 500 Internal Server Error"),
        (honest(OTHER), "the content is wrong"),
        (honest(limit=0), "the transfer ended after 0 of 307,200 bytes"),
        (hanging_up, "no connection"),
        (wrong_part, "the server sent the wrong part"),
    ],
)
def test_a_failure_names_mirror_and_cause_and_is_not_trusted(target, answer, reason):
    with serving(answer) as mirror:
        message = failure(target, mirror.url, patience=ONCE)
    assert f"no mirror gave table.bin (127.0.0.1:{mirror.server_port}: " in message
    assert reason in message


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (stalling(1000), "the transfer stalled for 1 seconds"),
        (trickling, "the transfer slowed to"),
    ],
)
def test_a_stall_is_named(target, answer, reason):
    with serving(answer) as mirror:
        assert reason in failure(target, mirror.url, patience=IMPATIENT)


def test_every_mirror_is_tried_in_every_round(target):
    with serving(status(500)) as first, serving(status(404)) as second:
        reason = failure(target, first.url, second.url)
    assert re.search("500 .*; .*404", reason)
    assert len(first.ranges) == len(second.ranges) == QUICK.tries


def test_a_refused_file_leaves_nothing_at_all(target):
    with serving(honest(OTHER)) as mirror:
        failure(target, mirror.url)
    assert list(target.parent.iterdir()) == []


def test_nobody_listening_is_no_connection(target):
    assert "no connection" in failure(target, closed_port())


def test_an_address_that_is_none_is_no_connection(target):
    assert "no connection" in failure(target, "table.bin")


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    with serving(honest()) as mirror, pytest.raises(DownloadError) as caught:
        fetch(tmp_path / "file" / "table.bin", mirror.url)
    assert "table.bin cannot be written" in str(caught.value)
    assert mirror.ranges == []


@pytest.mark.parametrize("wish", ["1", "yes", "true"])
def test_offline_asks_nobody(target, monkeypatch, wish):
    monkeypatch.setenv("COURSE_OFFLINE", wish)
    with serving(honest()) as mirror:
        assert "COURSE_OFFLINE is set" in failure(target, mirror.url)
    assert mirror.ranges == []


# --- interruptions ---------------------------------------------------------------


def test_an_interrupted_transfer_is_not_trusted_and_continues(target, monkeypatch):
    def interrupted(pieces):
        yield next(pieces)
        raise KeyboardInterrupt

    whole = download._pieces
    with serving(honest()) as mirror:
        monkeypatch.setattr(download, "_pieces", lambda *a: interrupted(whole(*a)))
        with pytest.raises(KeyboardInterrupt):
            fetch(target, mirror.url)
        monkeypatch.setattr(download, "_pieces", whole)
        assert not target.exists()
        arrived = part_of(target).stat().st_size
        assert 0 < arrived < len(PAYLOAD)
        fetch(target, mirror.url)
    assert mirror.ranges == [None, f"bytes={arrived}-"]
    assert target.read_bytes() == PAYLOAD


def test_an_interrupted_check_is_not_trusted(target):
    def interrupted(path):
        raise KeyboardInterrupt

    with serving(honest()) as mirror:
        with pytest.raises(KeyboardInterrupt):
            fetch(target, mirror.url, verify=interrupted)
        assert not target.exists()
        fetch(target, mirror.url)
    assert target.read_bytes() == PAYLOAD


@pytest.mark.skipif(os.name == "nt", reason="needs signals")
def test_a_killed_process_leaves_nothing_that_is_trusted(target):
    code = (
        "import sys; from pathlib import Path; from utils.data import download; "
        "download.fetch([sys.argv[1]], Path(sys.argv[2]), verify=print)"
    )
    with serving(stalling(70_000), honest()) as mirror:
        victim = subprocess.Popen(
            [sys.executable, "-c", code, mirror.url, str(target)],
            stderr=subprocess.DEVNULL,
        )
        while not (part_of(target).exists() and part_of(target).stat().st_size):
            assert victim.poll() is None
            time.sleep(0.01)
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        assert not target.exists()
        fetch(target, mirror.url)
    assert target.read_bytes() == PAYLOAD


@pytest.mark.skipif(download.fcntl is None, reason="the system cannot lock a folder")
def test_two_at_once_fetch_the_file_once(target):
    with serving(honest()) as mirror:
        runs = [threading.Thread(target=fetch, args=(target, mirror.url)) for _ in "ab"]
        for run in runs:
            run.start()
        for run in runs:
            run.join()
    assert mirror.ranges == [None]
    assert target.read_bytes() == PAYLOAD


# --- the cache -------------------------------------------------------------------


def test_the_cache_lies_where_the_course_or_the_system_wants_it(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "mine"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert download.cache_folder() == tmp_path / "mine"
    monkeypatch.delenv("COURSE_CACHE")
    assert download.cache_folder() == tmp_path / "xdg" / "deep-learning-time-series"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    assert download.cache_folder() == tmp_path / ".cache" / "deep-learning-time-series"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert download.cache_folder().parent == tmp_path / "Library" / "Caches"


# --- from the mirror to the table ------------------------------------------------


@pytest.fixture
def small(monkeypatch, tmp_path):
    """A small table, and a machine that has no Jena file."""
    monkeypatch.delenv("JENA_CLIMATE_FILE", raising=False)
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    return weather.simulate(0, 48)


def published(frame, *urls) -> tuple[bytes, jena.Edition]:
    content = frame.to_csv(date_format=jena.TIME_FORMAT).encode()
    return content, jena.Edition(48, 287, jena.fingerprint(frame), urls)


def test_loading_downloads_once_and_then_uses_the_copy(small):
    content, _ = published(small)
    with serving(honest(content)) as mirror:
        _, edition = published(small, mirror.url)
        tables = [jena.load(edition=edition) for _ in range(2)]
    assert len(mirror.ranges) == 1
    assert tables[0].equals(tables[1])
    assert jena.fingerprint(tables[0]) == edition.fingerprint


def test_an_altered_table_is_not_kept_and_the_message_helps(small):
    content, _ = published(small + 1)
    with serving(honest(content)) as mirror:
        _, edition = published(small, mirror.url)
        with pytest.raises(DownloadError) as caught:
            jena._download(edition, patience=ONCE)
    message = str(caught.value)
    assert "some values differ from the published table" in message
    assert f"download it by hand from {mirror.url} and set JENA_CLIMATE_FILE" in message
    assert jena.find() is None
