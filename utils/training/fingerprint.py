"""What a stored result was made from: the code, the model's configuration, the data.

A result is stored with its fingerprint and is loaded only where the present course
still has the same one.  Three parts are compared:

code
    What a fit reaches through calls, in every module of the house.  Comments, layout,
    annotations, messages of errors, imports, and the names and places of functions do
    not count: a helper that was moved or renamed is the same helper.
configuration
    What Keras says about the built model, and the settings of the training.
data
    The arrays that went into the fit, by shape, dtype, column moments and fixed random
    projections, to 1e-5.  Bytes are not compared: processors round differently.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib
import importlib.util
import inspect
import linecache
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import keras

HOUSE = __name__.partition(".")[0]  # the package whose code is followed
TOLERANCE = 1e-5
PROJECTIONS = 4


class Fingerprint(NamedTuple):
    """What a result was made from.

    Attributes
    ----------
    code : dict
        As :func:`code_of` returns it.
    configuration : dict
        As :func:`configuration_of` returns it, or empty.
    data : dict
        By array, as :func:`summary` returns it.

    Examples
    --------
    >>> one = Fingerprint({}, {"loss": "mse"}, {"X": summary(np.eye(3))})
    >>> other = Fingerprint({}, {"loss": "mae"}, {"X": summary(np.eye(3) * (1 + 1e-9))})
    >>> other.differences(one._asdict())
    ["the configuration (loss: 'mse', now 'mae')"]
    """

    code: dict
    configuration: dict
    data: dict

    def differences(self, stored: Mapping) -> list[str]:
        """Say in what a stored fingerprint differs, the most telling part first."""
        found = {
            "the configuration": _in_values(
                stored.get("configuration") or {}, self.configuration
            ),
            "the data": _in_data(stored.get("data") or {}, self.data),
            "the code": _in_code(stored.get("code") or {}, self.code),
        }
        return [f"{part} ({details})" for part, details in found.items() if details]


def _listed(found: list[str], most: int = 3) -> str:
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(found[:most]) + more


# ------------------------------------------------------------------------------ data


def summary(array) -> dict:
    """Describe an array by numbers that rounding does not change.

    Parameters
    ----------
    array : array, shape (n, ...)
        Numbers, times, truth values or texts; the last axis of several holds columns.

    Returns
    -------
    dict
        ``shape`` and ``dtype``; of floating numbers ``mean`` and ``std`` by column and
        ``projections``, sums of all values under fixed random signs, which depend on
        the order of the values; of anything else a ``hash``.

    Examples
    --------
    >>> found = summary(np.array([[1.0, 5.0], [3.0, 5.0]]))
    >>> found["shape"], found["mean"], found["std"]
    ([2, 2], [2.0, 5.0], [1.0, 0.0])
    """
    array = np.asarray(array)
    described = {"shape": list(array.shape), "dtype": array.dtype.name}
    if array.dtype.kind == "M":  # its unit depends on the version of pandas
        described["dtype"], array = "datetime64", array.astype("datetime64[s]")
    if array.dtype.kind != "f":
        text = "\n".join(map(str, array.ravel())) if array.dtype.kind in "UO" else ""
        content = text.encode() or array.astype("<i8").tobytes()
        return {**described, "hash": hashlib.sha256(content).hexdigest()[:12]}
    width = array.shape[-1] if array.ndim > 1 else 1
    mean, std, projections = _numbers(array.reshape(len(array), -1), width)
    found = {"mean": mean, "std": std, "projections": projections}
    return described | {
        name: [float(f"{value:.9g}") for value in values]
        for name, values in found.items()
    }


def _numbers(rows: np.ndarray, width: int) -> tuple[np.ndarray, ...]:
    """Moments of ``width`` columns and projections, in one pass in double precision."""
    n, m = rows.shape
    signs = np.vstack([np.ones(n), _signs(n)])
    sums, squares = np.zeros((len(signs), m)), np.zeros(m)
    step = max(1, 2**18 // m)
    for start in range(0, n, step):
        block = rows[start : start + step].astype(np.float64)
        # Not by BLAS, whose threads wait for each other on a busy machine.
        sums += np.einsum("ij,jk->ik", signs[:, start : start + step], block)
        squares += np.einsum("ij,ij->j", block, block)
    count = n * m / width
    mean = sums[0].reshape(-1, width).sum(axis=0) / count
    variance = squares.reshape(-1, width).sum(axis=0) / count - mean**2
    projections = (sums[1:] * _signs(m)).sum(axis=1)
    return mean, np.sqrt(np.maximum(variance, 0)), projections


@functools.lru_cache(maxsize=16)
def _signs(n: int) -> np.ndarray:
    """Random signs, shape (4, n), from raw bits, which no version of NumPy changes."""
    bits = np.random.PCG64(n).random_raw(n)
    which = np.arange(PROJECTIONS, dtype=np.uint64)[:, None]
    return 1.0 - 2.0 * (bits >> which & np.uint64(1))


def _in_data(stored: Mapping, present: Mapping) -> str:
    found = [name for name in present if name not in stored]
    found = [f"{name}: not among the stored" for name in found]
    found += [f"{name}: no longer used" for name in stored if name not in present]
    for name in present.keys() & stored.keys():
        if reason := _in_array(stored[name], present[name]):
            found.append(f"{name}: {reason}")
    return _listed(sorted(found))


def _in_array(stored: dict, present: dict) -> str:
    """Say in what two summaries of an array differ."""
    for key in ("shape", "dtype", "hash"):
        if stored.get(key) != present.get(key):
            return f"{key} {stored.get(key)}, now {present.get(key)}"
    if "mean" not in present:
        return ""
    old, new = (
        {key: np.asarray(each[key]) for key in ("mean", "std", "projections")}
        for each in (stored, present)
    )
    scale = np.abs(new["mean"]) + new["std"]
    for key, word in (("mean", "mean"), ("std", "standard deviation")):
        off = ~(np.abs(old[key] - new[key]) <= TOLERANCE * scale)
        if off.any():
            j = int(np.argmax(off))
            where = f" of column {j}" if len(off) > 1 else ""
            return f"{word}{where} {old[key][j]:.6g}, now {new[key][j]:.6g}"
    size = np.prod(present["shape"]) / len(scale)
    norm = np.sqrt(size * np.sum(new["mean"] ** 2 + new["std"] ** 2))
    off = ~(np.abs(old["projections"] - new["projections"]) <= TOLERANCE * norm)
    return "other values or another order, with the same moments" if off.any() else ""


# --------------------------------------------------------------------- configuration


def configuration_of(model: keras.Model, **settings) -> dict:
    """Describe a built model and the settings of its training.

    Parameters
    ----------
    model : keras.Model
        Built from layers.
    **settings : plain values
        What else decides the outcome, by name.

    Returns
    -------
    dict
        ``layers`` as Keras describes them, without the names that depend on which
        models were built before; and the settings.
    """
    config = model.get_config()
    names = {layer["name"]: f"layer {k}" for k, layer in enumerate(config["layers"])}
    kept = {key: config[key] for key in ("layers", "input_layers", "output_layers")}
    return {**_anonymous(kept, names), **settings}


def _anonymous(value, names: dict[str, str]):
    """Rewrite names of layers to their numbers, and leave out names inside layers."""
    if isinstance(value, dict):
        own = "trainable" in value or "batch_shape" in value
        return {
            key: _anonymous(each, names)
            for key, each in value.items()
            if not (own and key == "name")
        }
    if isinstance(value, list | tuple):
        return [_anonymous(each, names) for each in value]
    return names.get(value, value) if isinstance(value, str) else value


def _in_values(stored, present) -> str:
    return _listed([f"{where}{what}" for where, what in _walk(stored, present)])


def _walk(stored, present, where: str = "") -> Iterator[tuple[str, str]]:
    """Yield where two nested values differ, and how."""
    if isinstance(stored, dict) and isinstance(present, dict):
        label = present.get("class_name") or where
        for key in dict.fromkeys([*stored, *present]):
            inner = f"{label} {key}" if key != "config" else label
            yield from _walk(stored.get(key), present.get(key), inner.strip())
    elif (
        isinstance(stored, list)
        and isinstance(present, list)
        and len(stored) == len(present)
    ):
        for old, new in zip(stored, present, strict=True):
            yield from _walk(old, new, where)
    elif isinstance(stored, list) and isinstance(present, list):
        yield where, f": {len(stored)}, now {len(present)}"
    elif stored != present:
        yield where, f": {stored!r}, now {present!r}"


# ------------------------------------------------------------------------------ code


def code_of(*roots: Callable, leave_out: Sequence[Callable] = ()) -> dict:
    """Hash functions and all that they reach in the house.

    Functions, methods and classes of the package are followed, whichever module they
    are in; so are the values of constants and what an inner function encloses.  A
    method counts when something that is reached uses an attribute of its name.  What
    comes from other packages counts by its full name.

    Parameters
    ----------
    *roots : function or class
        Where to start; a class gives the methods that are used.
    leave_out : sequence of function or class
        What is not followed: what cannot change a result, and what is compared in
        another way, such as classes that hold data.

    Returns
    -------
    dict
        ``hash``, 12 hexadecimal digits, and ``parts``, a short hash of each function,
        by which a difference is found.

    Examples
    --------
    >>> def power(exponent):
    ...     return lambda x: x**exponent
    >>> hashes = [code_of(power(exponent))["hash"] for exponent in (2, 2, 3)]
    >>> hashes[0] == hashes[1], hashes[0] == hashes[2]
    (True, False)
    """
    reached = _Reached(roots, leave_out)
    forms = [piece.form for piece in reached.pieces]
    parts = {
        piece.name: _short(re.sub("«[0-9]+»", "«»", piece.form))
        for piece in reached.pieces
    }
    return {"hash": _short("\n".join(forms), 12), "parts": parts}


def _short(text: str, digits: int = 6) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:digits]


def _in_code(stored: Mapping, present: Mapping) -> str:
    if stored.get("hash") == present.get("hash"):
        return ""
    old, new = stored.get("parts", {}), present.get("parts", {})
    changed = [name for name, part in new.items() if part not in old.values()]
    changed += [name for name, part in old.items() if part not in new.values()]
    return _listed(list(dict.fromkeys(changed)) or ["order of calls"])


@dataclass(frozen=True)
class _External:
    """Something of another package, by its full name."""

    name: str


@dataclass(frozen=True)
class _House:
    """A module of the house, not yet imported."""

    name: str


class _Piece(NamedTuple):
    """One function, method or class, written so that only what it does counts."""

    name: str
    form: str


_UNKNOWN = object()  # what only a run can tell, such as a local variable
_PLAIN = (bool, int, float, complex, str, bytes, type(None), type(...))
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class _Reached:
    """Everything of the house that some functions reach, in order of discovery."""

    def __init__(self, roots: Sequence[Callable], leave_out: Sequence[Callable]):
        self.house = {HOUSE, *(_package(inspect.unwrap(root)) for root in roots)}
        self.left_out = {id(each): k for k, each in enumerate(leave_out)}
        self.numbers: dict[int, int] = {}
        self.found: list[Any] = []  # keeps alive what the numbers stand for
        self.pieces: list[_Piece] = []
        self.attributes: set[str] = set()
        self.classes: list[tuple[int, ast.ClassDef, _Writer]] = []
        for root in roots:
            self.write(root)
        self._follow_methods()

    def write(self, value) -> str:
        """Write a value: code of the house by a number, plain values as they are."""
        if isinstance(value, _External | _House):
            return value.name
        if isinstance(value, ModuleType):
            return value.__name__
        value = inspect.unwrap(value) if callable(value) else value
        if isinstance(value, FunctionType | type):
            if _package(value) in self.house:
                return self._reference(value)
            return f"{value.__module__}.{value.__qualname__}"
        if isinstance(value, _PLAIN):
            return repr(value)
        return self._write_composite(value)

    def _write_composite(self, value) -> str:
        if isinstance(value, Mapping):
            items = value.items()
            inside = [f"{self.write(key)}: {self.write(each)}" for key, each in items]
        elif isinstance(value, tuple | list):
            inside = [self.write(each) for each in value]
        elif isinstance(value, set | frozenset):
            inside = sorted(map(self.write, value))
        elif isinstance(value, functools.partial):
            inside = map(self.write, (value.func, value.args, value.keywords))
        elif isinstance(value, np.ndarray):
            inside = [str(value.shape), *(f"{each:.6g}" for each in value.ravel())]
        else:
            inside = []  # another object: its class is all that is known
        return f"{self.write(type(value))}({', '.join(inside)})"

    def _reference(self, value: Callable) -> str:
        if id(value) in self.left_out:
            return f"«left out {self.left_out[id(value)]}»"
        number = self.numbers.get(id(value))
        if number is None:
            number = self.numbers[id(value)] = len(self.pieces)
            self.found.append(value)
            self.pieces.append(_Piece("", ""))  # a function may reach itself
            writer = _Writer(self, value)
            if isinstance(value, type):
                node = writer.source.class_node(value)
                self.classes.append((number, node, writer))
            else:
                node = writer.source.function_node(value)
            name = value.__qualname__.replace("<locals>.", "")
            self.pieces[number] = _Piece(name, writer.write_whole(node))
        return f"«{number}»"

    def _follow_methods(self) -> None:
        """Add methods of the classes reached until nothing uses another one."""
        done: set[tuple[int, str]] = set()
        while True:
            before = len(done)
            for number, node, writer in self.classes:
                for method in sorted(_methods(node), key=lambda each: each.name):
                    key = (number, method.name)
                    if key not in done and self._is_used(method.name):
                        done.add(key)
                        form = f"«{number}».{method.name} {writer.write_whole(method)}"
                        self.pieces.append(_Piece(f"{node.name}.{method.name}", form))
            if len(done) == before:
                return

    def _is_used(self, name: str) -> bool:
        special = name.startswith("__") and name not in ("__repr__", "__str__")
        return special or name in self.attributes


def _package(value) -> str:
    return (value.__module__ or "").partition(".")[0]


def _methods(node: ast.ClassDef) -> list[ast.FunctionDef]:
    return [each for each in node.body if isinstance(each, ast.FunctionDef)]


class _Writer:
    """Writes the functions of one module with every name replaced by what it means."""

    def __init__(self, reached: _Reached, owner: Callable):
        self.reached = reached
        self.enclosed: dict[str, Any] = {}
        if isinstance(owner, FunctionType):
            self.globals, file = owner.__globals__, owner.__code__.co_filename
            self.enclosed = dict(inspect.getclosurevars(owner).nonlocals)
        else:
            module = importlib.import_module(owner.__module__)
            self.globals, file = vars(module), module.__file__
        package = self.globals.get("__package__") or ""
        self.source = _source(file, package)

    def write_whole(self, node: ast.AST) -> str:
        """Write a definition without its name, and a class without its methods."""
        if isinstance(node, ast.ClassDef):
            fields = [each for each in node.body if not isinstance(each, _FUNCTIONS)]
            parts = (node.decorator_list, node.bases, node.keywords, fields)
            return " ".join(self._write(part, {}) for part in parts)
        local = _bound(node, self.source.package)
        parts = (getattr(node, "decorator_list", []), node.args, node.body)
        return " ".join(self._write(part, local) for part in parts)

    def _write(self, node, local: dict) -> str:
        if isinstance(node, list):
            inside = [self._write(each, local) for each in node if not _is_silent(each)]
            return f"[{', '.join(inside)}]"
        if not isinstance(node, ast.AST):
            return repr(node)
        if isinstance(node, ast.Name | ast.Attribute):
            return self._write_name(node, local)
        if isinstance(node, ast.Raise):
            return "raise"
        if isinstance(node, _FUNCTIONS):
            local = local | _bound(node, self.source.package)
        fields = (
            (name, value)
            for name, value in ast.iter_fields(node)
            if name not in _NO_MATTER and value not in (None, [])
        )
        inside = [f"{name}={self._write(value, local)}" for name, value in fields]
        return f"{type(node).__name__}({', '.join(inside)})"

    def _write_name(self, node: ast.Name | ast.Attribute, local: dict) -> str:
        meaning = self._meaning(node, local)
        if meaning is not _UNKNOWN:
            return self.reached.write(meaning)
        if isinstance(node, ast.Name):
            return node.id
        self.reached.attributes.add(node.attr)
        return f"{self._write(node.value, local)}.{node.attr}"

    def _meaning(self, node: ast.AST, local: dict):
        """Find what a name or a chain of names stands for, if the source tells."""
        if isinstance(node, ast.Name):
            if node.id in local:
                name = local[node.id]
                return _UNKNOWN if name is None else self._imported(name)
            return self._global(node.id)
        if not isinstance(node, ast.Attribute):
            return _UNKNOWN
        owner = self._meaning(node.value, local)
        if isinstance(owner, _External):
            return _External(f"{owner.name}.{node.attr}")
        if isinstance(owner, _House):
            return self._imported(f"{owner.name}.{node.attr}")
        return _UNKNOWN

    def _global(self, name: str):
        if name.startswith("__"):  # a module's own name changes when it moves
            return _External(name)
        if name in self.enclosed:
            return self.enclosed[name]
        if name in self.source.imports:
            return self._imported(self.source.imports[name])
        return self.globals.get(name, _External(name))

    def _imported(self, dotted: str):
        """Find what an import gives, without importing other packages."""
        module, *rest = dotted.split(".")
        if module not in self.reached.house:
            return _External(dotted)
        while rest and _is_package(module) and _spec(f"{module}.{rest[0]}"):
            module = f"{module}.{rest.pop(0)}"
        if not rest:
            return _House(module)
        again = _source_of(module).imports.get(rest[0])
        if again is not None:  # handed on from elsewhere
            return self._imported(".".join([again, *rest[1:]]))
        value = importlib.import_module(module)
        for name in rest:
            value = getattr(value, name)
        return value


_NO_MATTER = {"ctx", "annotation", "returns", "type_comment", "type_params", "kind"}
_NO_MATTER |= {"msg", "simple"}


def _is_silent(node) -> bool:
    """Tell statements that compute nothing: imports, docstrings, bare annotations."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    return isinstance(node, ast.Import | ast.ImportFrom | ast.Pass)


def _bound(function: ast.AST, package: str) -> dict[str, str | None]:
    """Names that a function binds: None, or what a name of an import stands for."""
    every = function.args
    arguments = [*every.posonlyargs, *every.args, *every.kwonlyargs]
    arguments += [each for each in (every.vararg, every.kwarg) if each]
    names: dict[str, str | None] = {each.arg: None for each in arguments}
    body = function.body if isinstance(function.body, list) else [function.body]
    for node in _own_nodes(body):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= _names_of_import(node, package)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names[node.id] = None
        elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.ExceptHandler):
            names[node.name or ""] = None
    return names


def _own_nodes(nodes: list[ast.AST]) -> Iterator[ast.AST]:
    """Walk through statements, but not into functions and classes inside them."""
    for node in nodes:
        yield node
        if not isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            yield from _own_nodes(list(ast.iter_child_nodes(node)))


def _names_of_import(node: ast.Import | ast.ImportFrom, package: str) -> dict[str, str]:
    if isinstance(node, ast.Import):
        return {
            each.asname or each.name.partition(".")[0]: each.name
            if each.asname
            else each.name.partition(".")[0]
            for each in node.names
        }
    above = package.split(".")[: len(package.split(".")) - node.level + 1]
    start = ".".join([*above, node.module or ""] if node.level else [node.module])
    start = start.rstrip(".")
    return {each.asname or each.name: f"{start}.{each.name}" for each in node.names}


# ---------------------------------------------------------------------------- source


class _Source:
    """A module's text: its definitions by line, and what its imports stand for."""

    def __init__(self, file: str, package: str):
        self.file, self.package = file, package
        self.tree = ast.parse("".join(linecache.getlines(file)))
        self.imports: dict[str, str] = {}
        for node in _own_nodes(self.tree.body):
            if isinstance(node, ast.Import | ast.ImportFrom):
                self.imports |= _names_of_import(node, package)

    def function_node(self, function: FunctionType) -> ast.AST:
        """Find a function's definition by its first line and its name."""
        code = function.__code__
        for node in ast.walk(self.tree):
            if isinstance(node, _FUNCTIONS):
                decorators = getattr(node, "decorator_list", [])
                first = min(each.lineno for each in (node, *decorators))
                name = getattr(node, "name", "<lambda>")
                arguments = [each.arg for each in node.args.args]
                count = code.co_argcount - len(node.args.posonlyargs)
                if (first, name) == (code.co_firstlineno, code.co_name) and (
                    arguments == list(code.co_varnames[:count])
                ):
                    return node
        raise LookupError(self._missing(function))

    def class_node(self, cls: type) -> ast.ClassDef:
        """Find a class's definition by its name."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ClassDef) and node.name == cls.__name__:
                return node
        raise LookupError(self._missing(cls))

    def _missing(self, value) -> str:
        return (
            f"the source of {value.__qualname__} is no longer in {self.file}: it was "
            "changed after it was imported, so start Python anew."
        )


@functools.lru_cache(maxsize=256)
def _source_cached(file: str, package: str, stamp: tuple) -> _Source:
    return _Source(file, package)


def _source(file: str, package: str) -> _Source:
    lines = linecache.getlines(file)
    return _source_cached(file, package, (len(lines), hash(tuple(lines))))


def _source_of(module: str) -> _Source:
    package = module if _is_package(module) else module.rpartition(".")[0]
    return _source(_spec(module).origin, package)


@functools.cache
def _spec(module: str):
    return importlib.util.find_spec(module)


def _is_package(module: str) -> bool:
    spec = _spec(module)
    return spec is not None and spec.submodule_search_locations is not None
