"""What a cell prints, shows and raises is kept in order, up to a limit."""

import json

import pytest

from grading.execution.outputs import Outputs, error_of, relayed


def shown(text):
    """Return what IPython hands over for something shown."""
    return {"data": {"text/plain": text}, "metadata": {}}


def texts(outputs):
    """Return the kinds of outputs with their texts."""
    return [
        (o["output_type"], o.get("text") or o.get("evalue") or o["data"]["text/plain"])
        for o in outputs
    ]


def test_outputs_keep_their_order_and_join_what_was_printed():
    outputs = Outputs(1000)
    outputs.write("stdout", "a")
    outputs.write("stdout", "b")
    outputs.append(shown("c"))
    outputs.write("stdout", "d")
    outputs.write("stderr", "e")
    outputs.fail(error_of(ValueError, ValueError("f")))
    kinds = ["stream", "display_data", "stream", "stream", "error"]
    assert texts(outputs) == list(zip(kinds, ["ab", "c", "d", "e", "f"], strict=True))
    assert outputs.printed == "abd"
    assert outputs.failed


def test_what_is_printed_and_what_is_shown_share_the_room():
    outputs = Outputs(400)
    outputs.write("stdout", 260 * "a")
    outputs.append(shown(241 * "b"))
    note = "[This output was too large to be kept.]"
    assert texts(outputs)[1:] == [("display_data", note)]
    outputs.append(shown("c"))
    outputs.append(shown("d"))
    outputs.write("stdout", "e")
    (kind, text), (_, cut) = texts(outputs)[2:]
    assert (kind, text) == ("display_data", "c")
    assert "was cut" in cut


@pytest.mark.parametrize("floods", [1, 1000])
def test_a_flood_is_cut_once_and_an_error_after_it_is_kept(floods):
    outputs = Outputs(10)
    for _ in range(floods):
        outputs.write("stdout", 20 * "a")
        outputs.append(shown(20 * "b"))
    outputs.fail(error_of(ValueError, ValueError("why")))
    assert outputs.printed.count("was cut") == 1
    assert outputs.printed.startswith(10 * "a" + "\n")
    assert [kind for kind, _ in texts(outputs)] == ["stream", "error"]


def test_errors_are_limited_in_number_and_length():
    outputs = Outputs(10)
    for _ in range(1000):
        long = 10**6 * "x"
        outputs.fail(error_of(ValueError, ValueError(long), 1000 * [long]))
    assert len(outputs) == 20
    assert sum(len(line) for line in outputs[0]["traceback"]) == 10**6
    assert len(outputs[0]["evalue"]) == 10_000


def test_an_error_without_a_message_is_told():
    class MuteError(Exception):
        def __str__(self):
            raise KeyboardInterrupt

    assert "no message" in error_of(MuteError, MuteError())["evalue"]


def test_what_was_cleared_takes_no_room():
    outputs = Outputs(100)
    for number in range(1000):
        outputs.clear()
        outputs.append(shown(f"{number:089}"))
    assert texts(outputs) == [("display_data", f"{999:089}")]
    outputs.fail(error_of(ValueError, ValueError("why")))
    outputs.clear()
    assert not outputs.failed


def test_no_output_is_free_however_little_it_shows():
    outputs = Outputs(10_000)
    for number in range(1000):
        outputs.append({"data": {}})
        outputs.write(("stdout", "stderr")[number % 2], "a")
    assert len(outputs) <= 102


ERROR = {"output_type": "error", "ename": 999 * "E", "evalue": 10**6 * "x"}
FLOODS = {
    "one text": [{"output_type": "stream", "name": "stdout", "text": 10**6 * "a"}],
    "texts": 10_000 * [{"output_type": "stream", "name": "stdout", "text": 99 * "a"}],
    "nothing": 10_000 * [{"output_type": "display_data", "data": {}}],
    "keys": 100 * [{"output_type": "display_data", "data": {10**6 * "k": ""}}],
    "errors": 1000 * [{**ERROR, "traceback": 1000 * [10**5 * "x"]}],
}


@pytest.mark.parametrize("flood", FLOODS)
def test_what_another_process_sends_is_limited_here_again(flood):
    longest = 21 * 10**6 if flood == "errors" else 5000
    assert len(json.dumps(relayed(FLOODS[flood], 2000))) < longest
    assert len(json.dumps(relayed(FLOODS[flood], 0))) < 11_000 + longest // 1000


def test_what_was_kept_in_the_cage_stays_as_it_is():
    outputs = Outputs(1000)
    outputs.write("stderr", 10_000 * "a")
    outputs.append(shown(2000 * "b"))
    outputs.fail(error_of(ValueError, ValueError("why"), ["a line"]))
    assert relayed(outputs, 1000) == outputs
