"""Times the two halves of a rule's example over growing sizes. Reads jobs from standard input, writes one JSON line each.

The halves run in turn, each on a fresh input, with the garbage collector off as timeit has it; the minimum counts.
"""

import __future__

import ast
import collections
import faulthandler
import gc
import importlib.util
import json
import platform
import sys
import sysconfig
import time
import types

try:
    import tracemalloc
except ImportError:
    # PyPy counts no bytes.
    tracemalloc = None

# Annotations are read, not evaluated: `list[str]` is no type on Python 3.8.
ANNOTATIONS = __future__.annotations.compiler_flag

SIZES = (10, 100, 1000, 10000, 30000)
# A half that takes longer than this at some size is not tried at larger ones.
ENOUGH = 0.03
# All rounds of one size together, in seconds of CPU: what other programs take in between must not cost rounds.
BUDGET = 0.2
# Fewer rounds than this are at the mercy of one disturbance, which matters less the longer a call takes.
FEWEST, FEWEST_LONG, LONG = 5, 2, 0.1
# The same by the clock on the wall, for halves that wait.
PATIENCE = 4.0
# A pair that is not done after so many seconds hangs: the program ends, and tells where.
HOPELESS = 300


def load(code, setup, call, n):
    # Dataclasses look their module up.
    module = sys.modules["example"] = types.ModuleType("example")
    space = module.__dict__
    space["n"] = n
    exec(compile(code, "example", "exec", ANNOTATIONS), space)
    own = {name for name, value in space.items() if callable(value)}
    taken, call = Arguments(own).split(call)
    return space, compile(setup + "\n" + taken, "setup", "exec"), compile(call, "call", "eval")


class Arguments(ast.NodeTransformer):
    """Takes the arguments of calls of the example's own functions out of the timed expression."""

    def __init__(self, own):
        self.own = own
        self.taken = []

    def visit_Call(self, call):
        if not (isinstance(call.func, ast.Name) and call.func.id in self.own):
            return self.generic_visit(call)
        for i, argument in enumerate(call.args):
            if not isinstance(argument, ast.Starred):
                name = "argument_%d" % len(self.taken)
                self.taken.append("%s = %s" % (name, ast.get_source_segment(self.text, argument)))
                call.args[i] = ast.copy_location(ast.Name(name, ast.Load()), argument)
        return call

    def split(self, call):
        self.text = call
        tree = self.visit(ast.parse(call, mode="eval"))
        return "\n".join(self.taken), tree


def value_of(call, space):
    """Evaluates the call, and runs to its end what would only run when somebody asks for the next item."""
    value = eval(call, space)
    if hasattr(value, "__next__"):
        collections.deque(value, maxlen=0)


def peak(half):
    if tracemalloc is None:
        return 0
    space, setup, call = half
    exec(setup, space)
    tracemalloc.start()
    value_of(call, space)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def waits(half):
    """Whether a half does something else than computing, so that the time of the processor does not tell."""
    return several(half, 1, time.perf_counter_ns) > 2 * several(half, 1, time.process_time_ns) + 0.0001


def several(half, times, clock):
    """The time of one call, from `times` calls in a row where a single one is too short for the clock."""
    space, setup, call = half
    total = 0
    for _ in range(times):
        exec(setup, space)
        before = clock()
        value_of(call, space)
        total += clock() - before
    return total / 1e9 / times


def measure(job):
    lines = job["input"].strip().split("\n")
    setup, call = "\n".join(lines[:-1]), lines[-1]
    sizes = []
    # What computes for milliseconds is interrupted by other programs each time; the clock of the processor stands still then. For
    # short calls it is too slow itself.
    precise, patient = time.perf_counter_ns, time.perf_counter_ns
    if not any(min(waits(load(job[half], setup, call, SIZES[0])) for _ in range(3)) for half in ("bad", "good")):
        patient = time.process_time_ns
    for n in SIZES:
        clock = precise if n < 1000 else patient
        bad, good = (load(job[half], setup, call, n) for half in ("bad", "good"))
        start, cpu = time.perf_counter(), time.process_time()
        first = several(bad, 1, clock)
        several(good, 1, clock)
        times = max(1, min(50, int(0.0005 / max(first, 1e-7))))
        best = [float("inf"), float("inf")]
        rounds = 0
        fewest = FEWEST if first < LONG else FEWEST_LONG
        while rounds < fewest or (
            rounds < 40
            and time.process_time() - cpu < BUDGET
            and time.perf_counter() - start < PATIENCE
        ):
            best[0] = min(best[0], several(bad, times, clock))
            best[1] = min(best[1], several(good, times, clock))
            rounds += 1
        sizes.append({"n": n, "bad": best[0], "good": best[1]})
        if first > ENOUGH:
            break
    # Counting slows allocation down so much that a quadratic half would take minutes at the largest size.
    n = min(sizes[-1]["n"], 1000)
    memory = [peak(load(job[half], setup, call, n)) for half in ("bad", "good")]
    return {"sizes": sizes, "memory": {"n": n, "bad": memory[0], "good": memory[1]}}


def packages(jobs):
    """The versions of the packages that the jobs import from outside of the standard library; those that are not there have none."""
    roots = set()
    for job in jobs:
        for node in ast.walk(ast.parse(job["bad"] + job["good"] + job["input"])):
            if isinstance(node, ast.Import):
                roots.update(alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                roots.add(node.module.split(".")[0])
    found = {}
    for root in sorted(roots):
        spec = importlib.util.find_spec(root)
        if spec is None:
            found[root] = None
        elif spec.origin and "site-packages" in spec.origin:
            found[root] = str(getattr(__import__(root), "__version__", "?"))
    return found


def main():
    jobs = json.load(sys.stdin)
    found = packages(jobs)
    gc.disable()
    flags = " ".join(str(sysconfig.get_config_var(name)) for name in ("CONFIG_ARGS", "PY_CORE_CFLAGS", "PY_CFLAGS"))
    # Debian's builds, and those derived from them, are guided by profiles, and keep quiet about it.
    of_debian = "deb_system" in sysconfig.get_scheme_names()
    profiled = of_debian or "--enable-optimizations" in flags or "-fprofile-use" in flags
    print(
        json.dumps(
            {
                "version": platform.python_version(),
                "implementation": platform.python_implementation(),
                "build": "PGO" if profiled else "plain",
                "packages": {name: version for name, version in found.items() if version},
                "missing": [name for name, version in found.items() if not version],
            }
        ),
        flush=True,
    )
    if None in found.values():
        return
    for job in jobs:
        faulthandler.dump_traceback_later(HOPELESS, exit=True)
        print(json.dumps(measure(job)), flush=True)


main()
