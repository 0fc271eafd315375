"""Runs two programs on inputs that look for a difference, and prints the differences. Jobs come on standard input, one JSON list.

Seen is what a caller can see: the result, the type of the exception, what is left in the arguments, and the order of all that the
elements were asked for.
"""

import __future__

import ast
import json
import math
import sys
import tempfile
import types

# Annotations are read, not evaluated: `list[str]` is no type on Python 3.8.
ANNOTATIONS = __future__.annotations.compiler_flag
MOST_ITEMS = 400


class Boom(Exception):
    pass


class Log:
    """What the elements were asked for, in order; the use with the number `fuse` raises."""

    def __init__(self, fuse=None):
        self.entries = []
        self.fuse = fuse

    def note(self, *entry):
        self.entries.append(entry)
        if len(self.entries) == self.fuse:
            raise Boom
        if len(self.entries) > 20000:
            raise OverflowError


DUNDERS = (
    "add radd sub rsub mul rmul floordiv truediv mod pow neg abs and or xor lshift rshift eq ne lt le gt ge hash bool str repr format "
    "len iter next contains getitem setitem delitem iadd reversed index int float"
).split()
METHODS = (
    "append extend insert pop remove clear index count sort reverse copy add discard update union get items keys values setdefault "
    "startswith endswith lower upper split strip join encode decode replace popleft appendleft"
).split()


def logged(kind, log, silent=()):
    """A subclass of a builtin that behaves as it does, and tells."""
    space = {}

    def told(name):
        own = getattr(kind, name)

        def method(self, *args, **keywords):
            log.note(kind.__name__, name)
            return own(self, *args, **keywords)

        return method

    for name in ["__%s__" % word for word in DUNDERS] + METHODS:
        if name in ("__repr__", "__hash__") and kind in (list, dict, set):
            continue
        if callable(getattr(kind, name, None)):
            space[name] = told(name)
    # What is shown in the end must not tell on its own account.
    for name in ("__repr__",) + silent:
        space.pop(name, None)
    return type(kind.__name__.title() + "Told", (kind,), space)


def unhashable(kind):
    return type("Unhashable", (kind,), {"__hash__": None, "__eq__": kind.__eq__})


class Walk:
    """Rebuilds a value with other leaves and containers."""

    def __init__(self, leaf=lambda x: x, container=lambda x: x):
        self.leaf = leaf
        self.container = container

    def __call__(self, value, depth=0):
        kind = type(value)
        if depth == 0 and kind in (str, bytes):
            return self.container(value)
        if depth < 4:
            if kind is list:
                return self.container([self(x, depth + 1) for x in value])
            if kind is tuple:
                return tuple(self(x, depth + 1) for x in value)
            if kind is dict:
                return self.container({self(k, depth + 1): self(v, depth + 1) for k, v in value.items()})
            if kind in (set, frozenset):
                return kind(self(x, depth + 1) for x in sorted(value, key=repr))
        return self.leaf(value)


def interrupted(items, after):
    for i, item in enumerate(items):
        if i == after:
            raise Boom
        yield item


def broken_list(items, after):
    """A list whose iterator raises midway."""
    kind = type("Broken", (list,), {"__iter__": lambda self: interrupted(list.__getitem__(self, slice(None)), after)})
    return kind(items)


def telling(log, silent=()):
    told = {}

    def leaf(x):
        kind = type(x)
        if kind not in (int, str, float, bytes, list, dict):
            return x
        if kind not in told:
            told[kind] = logged(kind, log, silent)
        return told[kind](x)

    return leaf


# Inputs that are what annotations say, and no worse.
def decent(log):
    yield "as it is", Walk()
    # What numbers, texts and containers are asked for is their own affair: less of it is what a fix is for. What comes out is not.
    yield "elements of a class of their own", Walk(telling(Log()))
    yield "containers of a class of their own", Walk(container=telling(Log()))
    yield "nan", Walk(lambda x: float("nan") if type(x) is float else x)
    yield "empty text", Walk(lambda x: type(x)() if type(x) in (str, bytes) else x)


# What only code without annotations has to expect.
def rough(log):
    yield "elements that tell", Walk(telling(log))
    yield "containers that tell", Walk(container=telling(log))
    yield "unhashable", Walk(lambda x: unhashable(type(x))(x) if type(x) in (int, str, float) else x)
    yield "nan for numbers", Walk(lambda x: float("nan") if type(x) in (int, float) else x)
    yield "equal and not the same", Walk(lambda x: float(x) if type(x) is int and x % 2 and abs(x) < 2**50 else bool(x) if x in (0, 1) else x)
    yield "none", Walk(lambda x: None if type(x) is int and x % 3 == 2 else x)
    yield "text", Walk(lambda x: str(x) if type(x) is int else x)
    for after in (0, 1, 3):
        yield "iterator that raises at %d" % after, Walk(container=lambda x: broken_list(x, after) if type(x) is list else x)
    yield "generator", lambda x: (item for item in x) if type(x) is list else x
    yield "tuple", lambda x: tuple(x) if type(x) is list else x
    yield "nested", Walk(lambda x: [x] if type(x) is int else x)


class Hook(ast.NodeTransformer):
    """Sends the calls of the example's own functions through `__hook__`."""

    def __init__(self, own):
        self.own = own

    def visit_Call(self, call):
        self.generic_visit(call)
        if isinstance(call.func, ast.Name) and call.func.id in self.own:
            hook = ast.copy_location(ast.Name("__hook__", ast.Load()), call)
            return ast.copy_location(ast.Call(hook, [call.func] + call.args, call.keywords), call)
        return call


def shown(value, depth=0):
    """A value in words that do not depend on its address, nor on what it logs."""
    kind = type(value)
    base = next((b for b in (bool, int, float, str, bytes, bytearray, list, tuple, dict, set, frozenset) if isinstance(value, b)), None)
    if depth > 6:
        return kind.__name__
    if base in (list, tuple):
        items = list.__getitem__(value, slice(None)) if base is list else tuple.__getitem__(value, slice(None))
        return [kind.__name__] + [shown(x, depth + 1) for x in items[:MOST_ITEMS]]
    if base is dict:
        return [kind.__name__] + [[shown(k, depth + 1), shown(v, depth + 1)] for k, v in list(dict.items(value))[:MOST_ITEMS]]
    if base in (set, frozenset):
        return [kind.__name__] + sorted(str(shown(x, depth + 1)) for x in base.__iter__(value))[:MOST_ITEMS]
    if base is float and math.isnan(value):
        return "nan"
    if base is str and str.startswith(value, tempfile.gettempdir()):
        return "a temporary file"
    if base is not None:
        return [kind.__name__, base.__repr__(value)]
    if hasattr(kind, "__next__"):
        return [kind.__name__] + [shown(x, depth + 1) for x, _ in zip(value, range(MOST_ITEMS))]
    slots = [name for base in kind.__mro__ for name in base.__dict__.get("__slots__", ()) if isinstance(name, str)]
    state = getattr(value, "__dict__", None)
    if state is None and slots:
        state = {name: getattr(value, name) for name in slots if hasattr(value, name)}
    if isinstance(state, dict) and not isinstance(value, type):
        return [kind.__name__] + [[k, shown(v, depth + 1)] for k, v in state.items()]
    text = repr(value)
    return kind.__name__ if " at 0x" in text else [kind.__name__, text]


def annotated(function):
    """Names of the parameters with an annotation; None where it cannot be told."""
    if isinstance(function, type):
        function = function.__dict__.get("__init__", function)
    code = getattr(function, "__code__", None)
    return set(getattr(function, "__annotations__", {})), code


def seen(program, job, n, number, roughly, fuse):
    """What a caller sees of one program with one kind of input."""
    module = sys.modules["example"] = types.ModuleType("example")
    space = module.__dict__
    space["n"] = n
    try:
        exec(compile(program, "example", "exec", ANNOTATIONS), space)
    except SyntaxError as error:
        return {"result": type(error).__name__}
    except ModuleNotFoundError as error:
        # A package that is not installed here; a fix that asks for another one shows.
        return {"result": str(error)}
    own = {name for name, value in space.items() if callable(value) and getattr(value, "__module__", "") == "example"}
    *setup, last = job["input"].strip().split("\n")
    try:
        exec("\n".join(setup), space)
    except ModuleNotFoundError as error:
        return {"result": str(error)}
    log = Log()
    log.fuse = None
    kept = []

    def hook(function, *args, **keywords):
        names, code = annotated(function)
        parameters = code.co_varnames[: code.co_argcount] if code else ()
        if parameters[:1] == ("self",):
            parameters = parameters[1:]

        def adverse(value, name):
            if roughly and (name is None or name in names):
                return value
            kinds = list(rough(log) if roughly else decent(log))
            return kinds[number][1](value)

        args = [adverse(x, parameters[i] if i < len(parameters) else None) for i, x in enumerate(args)]
        keywords = {k: adverse(v, k) for k, v in keywords.items()}
        kept.append((args, keywords))
        log.entries.clear()
        log.fuse = fuse
        return function(*args, **keywords)

    space["__hook__"] = hook
    tree = ast.fix_missing_locations(Hook(own).visit(ast.parse(last, mode="eval")))
    try:
        value = eval(compile(tree, "call", "eval"), space)
        if hasattr(value, "__next__"):
            value = list(value)
        result = ["gave", value]
    except Exception as error:
        result = ["raised", type(error).__name__]
    log.fuse = None
    entries = [list(map(str, entry)) for entry in log.entries]
    result = [result[0], shown(result[1])]
    return {"result": result, "log": entries, "left": [shown(list(a)) for a, _ in kept] + [shown(k) for _, k in kept]}


def differences(job, sizes, fuses):
    for n in sizes:
        for roughly, kinds in ((False, decent), (True, rough)):
            for number, (name, _) in enumerate(kinds(Log())):
                if (n > 100 or not job["safe"]) and name != "as it is":
                    continue
                if "tell" in name and job["repeats"]:
                    continue
                for fuse in fuses if "tell" in name else (None,):
                    one, other = (seen(job[half], job, n, number, roughly, fuse) for half in ("before", "after"))
                    for part in one:
                        if one[part] != other[part]:
                            yield "n=%d, %s%s: %s" % (n, name, "" if fuse is None else ", raising at use %d" % fuse, part), one[part], other[part]
                            break


def short(value):
    text = json.dumps(value)
    return text if len(text) < 400 else text[:200] + " ... " + text[-200:]


def main():
    sys.setrecursionlimit(2000)
    task = json.load(sys.stdin)
    for job in task["jobs"]:
        found = 0
        for where, one, other in differences(job, task["sizes"], [None] + task["fuses"]):
            found += 1
            if found <= 2:
                print("%s\n  %s\n  before: %s\n  after:  %s" % (job["name"], where, short(one), short(other)))
        if found:
            print("  (%d differences)\n  ----\n%s  ----\n%s" % (found, job["before"], job["after"]))
    print("ran %d" % len(task["jobs"]))


main()
