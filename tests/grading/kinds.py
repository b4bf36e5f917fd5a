"""One small task of every kind that people test, with a right and a wrong answer.

Each is a task of an assignment as other courses have them: nothing of it was made for
a sandbox. `way` says where its test is to run.
"""

from dataclasses import dataclass
from textwrap import dedent

__all__ = ["FILES", "KINDS", "Kind"]

FILES = {
    "table.txt": b"3 4 5\n",
    "given/numbers+more.txt": b"1 2\n",
    "course_tools.py": b"def doubled(x):\n    return 2 * x\n",
}
"""What the instructor puts beside the notebook."""


@dataclass(frozen=True)
class Kind:
    """A task: its answers, its test, and where the test runs."""

    right: str
    wrong: str
    test: str
    way: str = ""

    def __post_init__(self):
        for name in ("right", "wrong", "test"):
            object.__setattr__(self, name, dedent(getattr(self, name)).strip())


KINDS = {
    "deletes": Kind(
        """
        def square(x): return x * x
        def sum_of_squares(x, y): return square(x) + square(y)
        """,
        """
        def square(x): return x * x
        def sum_of_squares(x, y): return x * x + y * y
        """,
        """
        kept = square
        del square
        try:
            sum_of_squares(1, 2)
        except NameError:
            pass
        else:
            raise AssertionError("Call square.")
        finally:
            square = kept
        """,
        "process",
    ),
    "patches": Kind(
        """
        def rate(): return 2
        def price(x): return rate() * x
        """,
        """
        def rate(): return 2
        def price(x): return 2 * x
        """,
        """
        def rate(): return 5
        assert price(3) == 15, "Ask rate."
        """,
        "process",
    ),
    "file-beside": Kind(
        "def total(words): return sum(map(int, words))",
        "def total(words): return len(words)",
        "assert total(open('table.txt').read().split()) == 12",
        "copy",
    ),
    "file-in-a-folder": Kind(
        "def first(name): return open(name).read().split()[0]",
        "def first(name): return open(name).read()",
        "assert first('given/numbers+more.txt') == '1'",
    ),
    "file-written": Kind(
        "with open('made.txt', 'w') as file: print(7, file=file)",
        "with open('made.txt', 'w') as file: print(8, file=file)",
        "with open('made.txt') as file: assert file.read() == '7\\n'",
        "copy",
    ),
    "module": Kind(
        "import course_tools\ndef fourfold(x): return 2 * course_tools.doubled(x)",
        "import course_tools\ndef fourfold(x): return course_tools.doubled(x)",
        "import course_tools as tools\nassert fourfold(3) == 2 * tools.doubled(3)",
        "copy",
    ),
    "state-of-a-test": Kind(
        "def up(counts): counts.append(len(counts))",
        "def up(counts): counts.append(0)",
        "counts = [0]\nup(counts)\nassert counts == [0, 1]",
    ),
    "state-from-a-test": Kind(
        "def up_twice(counts): up(counts), up(counts)",
        "def up_twice(counts): up(counts)",
        "up_twice(counts)\nassert len(counts) == 4",
    ),
    "state-of-an-answer": Kind(
        "calls = []\ndef remember(x): calls.append(x)",
        "calls = []\ndef remember(x): calls[:] = [x]",
        "remember(1)\nremember(2)\nassert calls == [1, 2]",
        "copy",
    ),
    "own-class": Kind(
        """
        class Point:
            def __init__(self, x, y): self.x, self.y = x, y
            def __str__(self): return f"({self.x}, {self.y})"
            def __eq__(self, other): return (self.x, self.y) == (other.x, other.y)
        """,
        """
        class Point:
            def __init__(self, x, y): self.x, self.y = x, y
            def __str__(self): return f"({self.x}, {self.y})"
        """,
        """
        point = Point(1, 2)
        assert str(point) == "(1, 2)" and isinstance(point, Point)
        assert point == Point(1, 2) and point != Point(2, 2)
        """,
        "copy",
    ),
    "unequal": Kind(
        """
        class Money:
            def __init__(self, euros): self.euros = euros
            def __eq__(self, other): return self.euros == other.euros
        """,
        """
        class Money:
            def __init__(self, euros): self.euros = euros
            def __eq__(self, other): return True
        """,
        "assert Money(1) != Money(2), 'These are different.'",
        "copy",
    ),
    "dataclass": Kind(
        """
        from dataclasses import dataclass
        @dataclass(order=True)
        class Version:
            major: int
            minor: int = 0
        """,
        """
        from dataclasses import dataclass
        @dataclass(order=True)
        class Version:
            major: int
            minor: int = 1
        """,
        """
        from dataclasses import asdict
        assert asdict(Version(1)) == {"major": 1, "minor": 0}
        assert Version(1, 2) < Version(2)
        """,
        "copy",
    ),
    "enum": Kind(
        """
        from enum import Enum
        class Colour(Enum):
            RED = 1
            BLUE = 2
        """,
        """
        from enum import Enum
        class Colour(Enum):
            RED = 1
        """,
        "assert [colour.name for colour in Colour] == ['RED', 'BLUE']\n"
        "assert Colour(1) is Colour.RED",
        "copy",
    ),
    "own-exception": Kind(
        """
        class TooMuch(ValueError): pass
        def pay(x):
            if x > 3: raise TooMuch(x)
        """,
        """
        class TooMuch(ValueError): pass
        def pay(x):
            if x > 3: raise ValueError(x)
        """,
        """
        try:
            pay(4)
        except TooMuch:
            pass
        else:
            raise AssertionError("Raise TooMuch.")
        """,
        "copy",
    ),
    "generator": Kind(
        "def countdown(n):\n    while n: yield n; n -= 1",
        "def countdown(n):\n    while n: n -= 1; yield n",
        "numbers = countdown(2)\nassert next(numbers) == 2 and list(numbers) == [1]",
    ),
    "print-captured": Kind(
        "def greet(name): print('Hello', name)",
        "def greet(name): return 'Hello ' + name",
        """
        import contextlib, io
        with contextlib.redirect_stdout(io.StringIO()) as said:
            greet("Ada")
        assert said.getvalue() == "Hello Ada\\n", said.getvalue()
        """,
    ),
    "print-patched": Kind(
        "def shout(name): print(name.upper())",
        "def shout(name): print(name)",
        """
        from unittest import mock
        with mock.patch("builtins.print") as printed:
            shout("Ada")
        printed.assert_called_once_with("ADA")
        """,
        "copy",
    ),
    "input-patched": Kind(
        "def ask(): return int(input('A number: ')) + 1",
        "def ask(): return input('A number: ')",
        """
        from unittest import mock
        with mock.patch("builtins.input", return_value="41"):
            assert ask() == 42
        """,
        "copy",
    ),
    "source": Kind(
        "def no_loop(x): return sum(x)",
        "def no_loop(x):\n    total = 0\n    for i in x: total += i\n    return total",
        "import inspect\nassert 'for' not in inspect.getsource(no_loop)",
        "copy",
    ),
    "docstring": Kind(
        "def area(r):\n    'Return the area.'\n    return 3 * r * r",
        "def area(r):\n    return 3 * r * r",
        "assert area.__doc__",
        "copy",
    ),
    "default": Kind(
        "def power(x, n=2): return x**n",
        "def power(x, n=3): return x**n",
        "import inspect\nassert inspect.signature(power).parameters['n'].default == 2",
        "copy",
    ),
    "seed": Kind(
        "import random\ndef throw(): return random.randint(1, 6)",
        "import random\ndef throw(): return random.randint(0, 6)",
        """
        import random
        random.seed(3)
        expected = [random.randint(1, 6) for _ in range(9)]
        random.seed(3)
        assert [throw() for _ in range(9)] == expected
        """,
        "copy",
    ),
    "figures": Kind(
        "half = 0.5",
        "half = 2",
        "%matplotlib inline\nassert half == 1 / 2",
    ),
    "partial-credit": Kind(
        "def triple(x): return 3 * x",
        "def triple(x): return 3 * abs(x)",
        "held = [triple(x) == 3 * x for x in (-2, -1, 1, 2)]\nsum(held) / 2",
    ),
    "exact-types": Kind(
        "from fractions import Fraction\nthird, days = Fraction(1, 3), frozenset({1})",
        "third, days = 0.3, {1}",
        "from fractions import Fraction\n"
        "assert third == Fraction(1, 3) and isinstance(days, frozenset)",
    ),
    "pandas": Kind(
        "import pandas as pd\ntable = pd.DataFrame({'a': [1, 2]}, index=['x', 'y'])",
        "import pandas as pd\ntable = pd.DataFrame({'a': [1, 2]})",
        "import pandas as pd\n"
        "expected = pd.DataFrame({'a': [1, 2]}, index=['x', 'y'])\n"
        "pd.testing.assert_frame_equal(table, expected)",
    ),
    "name-of-a-test": Kind(
        "from math import floor\ndef down(x): return floor(x)",
        "from math import floor\ndef down(x): return round(x)",
        "from math import ceil\nassert down(1.7) == ceil(0.7)",
        "process",
    ),
    "import-of-a-test": Kind(
        "def up_to(x): return ceil(x)  # imported by the test above",
        "def up_to(x): return ceil(x) - 1",
        "assert up_to(0.3) == 1",
        "process",
    ),
}
