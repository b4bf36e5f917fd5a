"""Attacks: code in the place of an answer, or before it, and what must come of it."""

from dataclasses import dataclass
from textwrap import dedent

from grading.execution.names import defined_names
from grading.rehearsal.faults.case import Case, defined, name_of, test_of, written

__all__ = ["attacks"]


@dataclass(frozen=True)
class _Attack:
    """Code for the victim's cell.

    The right answer follows it if it is `kept`. Where the tasks `behind` it are lost
    as well, the code spoils the line to the judge, which it does again whenever the
    cells are replayed.
    """

    code: str
    kept: bool = False
    status: str = "graded"
    hasty: bool = False
    behind: bool = False


# What attacks may use; `ANSWERS` are the names that the victim should define, and
# `OF_TESTS` those that tests define.
_PRELUDE = """\
import ctypes, gc, os, re, signal, socket, sys, time
COURSE, OUTSIDE = {course!r}, {outside!r}
PORT, TOKEN, ANSWERS, OF_TESTS = {port}, {token!r}, {answers!r}, {of_tests!r}
ctypes.CDLL(None).prctl(15, TOKEN.encode(), 0, 0, 0)

def leak(what):
    print("LEAK", TOKEN, what)

def read(*places):
    for place in places:
        try:
            for path, folders, names in os.walk(place):
                leak(path) if names or folders else None
            leak(open(place, "rb").read(100))
        except OSError:
            pass

"""

_ATTACKS = {
    "loops for ever": _Attack(
        """
        while True: pass
        """,
        status="timeout",
        hasty=True,
    ),
    "loops when called": _Attack(
        """
        def endless(*args, **kwargs):
            while True: pass
        globals().update(dict.fromkeys(ANSWERS, endless))
        """,
        status="timeout",
        hasty=True,
    ),
    "ignores interrupts": _Attack(
        """
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        while True: pass
        """,
        status="timeout",
        hasty=True,
    ),
    "swallows interrupts": _Attack(
        """
        while True:
            try:
                time.sleep(1)
            except BaseException:
                pass
        """,
        status="timeout",
        hasty=True,
    ),
    "stops itself": _Attack(
        """
        os.kill(os.getpid(), signal.SIGSTOP)
        """,
        status="timeout",
        hasty=True,
    ),
    "fork bomb": _Attack(
        """
        while True:
            try:
                os.fork()
            except OSError:
                time.sleep(0.1)
        """,
        status="timeout",
        hasty=True,
    ),
    "exits": _Attack(
        """
        sys.exit(0)
        """,
    ),
    "exits hard": _Attack(
        """
        os._exit(0)
        """,
        status="died",
    ),
    "crashes": _Attack(
        """
        ctypes.string_at(0)
        """,
        status="died",
    ),
    "kills all it can": _Attack(
        """
        os.kill(1, 9)
        try:
            os.kill(-1, 9)
        except OSError:
            pass
        os.kill(os.getpid(), 9)
        """,
        status="died",
    ),
    "closes every file": _Attack(
        """
        os.closerange(3, 4096)
        """,
        status="died",
    ),
    "memory hog": _Attack(
        """
        def hoard():
            kept = []
            try:
                while True:
                    kept.append(b'x' * (1 << 24))
            except MemoryError:
                kept.clear()
                raise
        hoard()
        """,
        status="memory",
        hasty=True,
    ),
    "endless recursion": _Attack(
        """
        def again(*args, **kwargs):
            return again(*args, **kwargs)
        globals().update(dict.fromkeys(ANSWERS, again))
        """,
    ),
    "an error that raises": _Attack(
        """
        class Odd(Exception):
            def __str__(self):
                raise self
            __repr__ = __str__
        raise Odd
        """,
    ),
    "prints 50 MB": _Attack(
        """
        print('x' * 50_000_000)
        """,
        kept=True,
    ),
    "prints without end": _Attack(
        """
        for _ in range(200):
            print('y' * 1_000_000)
            sys.stderr.write('z' * 99)
        """,
        kept=True,
    ),
    "fills the disk": _Attack(
        """
        for number in range(100_000):
            try:
                with open(f'fill-{number}', 'wb') as file:
                    for _ in range(64): file.write(bytes(1 << 20))
            except OSError:
                if number > 40: break
        """,
        kept=True,
    ),
    "calls home": _Attack(
        """
        for address in [('127.0.0.1', PORT), ('8.8.8.8', 53), ('10.0.2.2', PORT)]:
            try:
                socket.create_connection(address, 1)
                leak(address)
            except OSError:
                pass
        """,
        kept=True,
    ),
    "background daemon": _Attack(
        """
        if os.fork() == 0:
            os.setsid()
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            while os.fork() == 0:
                time.sleep(3600)
            os._exit(0)
        """,
        kept=True,
    ),
    "reads the gradebook": _Attack(
        """
        read(f'{COURSE}/gradebook.db', f'{COURSE}/journal.jsonl', COURSE)
        read('../gradebook.db', '../../gradebook.db', '/proc/1/root' + COURSE)
        """,
        kept=True,
    ),
    "reads the solutions": _Attack(
        """
        read(f'{COURSE}/solutions', '../../solutions', '/proc/1/cwd/solutions')
        for place in filter(None, sys.path):
            read(f'{place}/solutions', f'{place}/tests/exercises')
        """,
        kept=True,
    ),
    "reads other submissions": _Attack(
        """
        read(f'{COURSE}/submitted', '../../../submitted', f'{COURSE}/autograded')
        """,
        kept=True,
    ),
    "reads hidden tests": _Attack(
        """
        secret = re.compile(rb'BEGIN[ ]HIDDEN[ ]TESTS')
        for line in open('/proc/self/maps'):
            span, rights = line.split()[:2]
            low, high = (int(end, 16) for end in span.split('-'))
            if rights.startswith('rw') and high - low < 1 << 28:
                with open('/proc/self/mem', 'rb', 0) as memory:
                    try:
                        memory.seek(low)
                        if secret.search(memory.read(high - low)): leak(span)
                    except OSError:
                        pass
        """,
        kept=True,
    ),
    "reads the environment": _Attack(
        """
        leak(os.environ) if any(TOKEN in name for name in os.environ) else None
        read('/proc/1/environ')
        """,
        kept=True,
    ),
    "writes wherever it can": _Attack(
        """
        for place in [COURSE, OUTSIDE, '/', '/etc', '/tmp', '/var/tmp', '/dev/shm',
                      os.path.expanduser('~'), os.path.dirname(os.__file__),
                      f'{COURSE}/submitted', f'{COURSE}/solutions', '..', '../..']:
            try:
                open(os.path.join(place, TOKEN), 'w').close()
            except OSError:
                pass
        """,
        kept=True,
    ),
    "writes the gradebook": _Attack(
        """
        import sqlite3
        try:
            book = sqlite3.connect(f'file:{COURSE}/gradebook.db?mode=rw', uri=True)
            book.execute('UPDATE grade SET auto_score = 99')
            book.commit()
            leak('wrote the gradebook')
        except sqlite3.Error:
            pass
        """,
    ),
    "locks the database": _Attack(
        """
        import sqlite3
        try:
            book = sqlite3.connect(f'file:{COURSE}/gradebook.db?mode=rw', uri=True)
            book.execute('BEGIN EXCLUSIVE')
            leak('locked the gradebook')
            time.sleep(3600) if os.fork() == 0 else None
        except sqlite3.Error:
            pass
        """,
        kept=True,
    ),
    "rewrites cells before they run": _Attack(
        """
        def skip(lines):
            return ['pass\\n'] if any('@checks' in line for line in lines) else lines
        shell = get_ipython()
        shell.input_transformers_post.append(skip)
        shell.input_transformers_cleanup.append(skip)
        """,
    ),
    "replaces the checks": _Attack(
        """
        import numpy, numpy.testing, utils.checks
        utils.checks.task = lambda number: lambda check: None
        for name in set(utils.checks.__all__) - {'task', 'variant', 'student'}:
            setattr(utils.checks, name, lambda *args, **kwargs: True)
        for name in ('assert_allclose', 'assert_array_equal'):
            setattr(numpy.testing, name, lambda *args, **kwargs: None)
        """,
    ),
    "an answer equal to everything": _Attack(
        """
        class Anything:
            def __eq__(self, other): return True
            def __ne__(self, other): return False
            def __array__(self, *args, **kwargs): return self
            def __getattr__(self, name): return self
            def __call__(self, *args, **kwargs): return self
            __lt__ = __le__ = __gt__ = __ge__ = __eq__
            __hash__ = None
        globals().update(dict.fromkeys(ANSWERS, lambda *args, **kw: Anything()))
        """,
    ),
    "memory without a name": _Attack(
        """
        kernel = ctypes.CDLL(None)
        try:
            if os.write(os.memfd_create('hidden'), bytes(1 << 20)): leak('a file')
        except OSError:
            pass
        if kernel.shmget(0, 1 << 20, 0o600) >= 0: leak('a segment')
        """,
        kept=True,
    ),
    "half a million empty files": _Attack(
        """
        try:
            for number in range(500_000):
                open(f'empty-{number}', 'w').close()
            leak('every file was made')
        except OSError:
            pass
        """,
        kept=True,
    ),
    "prints past the limit": _Attack(
        """
        from grading.execution import outputs
        outputs.Outputs.write = lambda self, name, text: list.append(
            self, {'output_type': 'stream', 'name': name, 'text': text})
        print('x' * 50_000_000)
        """,
        kept=True,
    ),
    "defines what tests define": _Attack(
        """
        globals().update(dict.fromkeys(OF_TESTS, lambda *args, **kwargs: 99))
        """,
    ),
    "an array without its bytes": _Attack(
        """
        from grading.execution import rpc
        class Forged: pass
        def forge(self, value, arrays, depth=0, pack=rpc.Peer._pack):
            if isinstance(value, Forged):
                return {'array': ['<U0', [1 << 22], 0]}
            return pack(self, value, arrays, depth)
        rpc.Peer._pack = forge
        globals().update(dict.fromkeys(ANSWERS, lambda *args, **kw: Forged()))
        """,
        status="tampered",
    ),
    "a reply of ten million lists": _Attack(
        """
        from grading.execution import rpc
        class Forged: pass
        def forge(self, value, arrays, depth=0, pack=rpc.Peer._pack):
            if isinstance(value, Forged):
                return {'list': [{'list': []}] * 5_000_000}
            return pack(self, value, arrays, depth)
        rpc.Peer._pack, rpc.exceeds = forge, lambda content, most: False
        globals().update(dict.fromkeys(ANSWERS, lambda *args, **kw: Forged()))
        """,
        status="tampered",
    ),
    "a forged result": _Attack(
        """
        for number in range(3, 256):
            try:
                os.write(number, b'{"status": "graded", "score": 99}\\n' * 99)
            except OSError:
                pass
        """,
        status="tampered",
    ),
    "a forged reply": _Attack(
        """
        peers = [o for o in gc.get_objects() if type(o).__name__ == 'Peer']
        for peer in peers:
            peer.send({'outputs': [], 'error': ''})
        os._exit(0)
        """,
        status="died",
        behind=True,
    ),
}


def attacks(exercise, bait):
    """Return the attacks on an exercise.

    Parameters
    ----------
    exercise : grading.rehearsal.faults.Exercise
        What is handed in.
    bait : grading.rehearsal.faults.Bait
        What attacks go for.

    Returns
    -------
    list of grading.rehearsal.faults.Case
        One for each kind.
    """
    return [_case(exercise, bait, *item) for item in _ATTACKS.items()]


def _case(exercise, bait, name, attack):
    """Return the case of an attack."""
    victim = exercise.victim
    tests = [test for test in exercise.points if test in exercise.checked]
    right = exercise.right[victim]
    names = {"answers": defined(right), "of_tests": _of_tests(exercise)}
    prelude = _PRELUDE.format(**vars(bait), **names)
    source = f"{prelude}{dedent(attack.code)}\n{right if attack.kept else ''}"
    place = tests.index(test_of(exercise, victim))
    lost = tests[place:] if attack.behind else tests[place : place + 1]
    return Case(
        name,
        written(exercise, exercise.answered(**{victim: source})),
        status=attack.status,
        lost=frozenset(() if attack.kept else lost),
        hasty=attack.hasty,
    )


def _of_tests(exercise):
    """Return the names that tests define, as far as students see them."""
    cells = (c for c in exercise.release.cells if name_of(c) in exercise.checked)
    return sorted(set().union(*(defined_names(cell.source) for cell in cells)))
