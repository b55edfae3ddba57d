"""Through Python: this package, both of its wheels, against other packages and raw libzstd.

    python compare.py CORPORA RAW PACKAGES [TEXT]

Each side is a process of its own (side.py, raw.c) and does what it is told, a few milliseconds at a time, so that only
one of them works; they take turns, in an order that changes. A ratio is the median of the rounds' ratios. Writes a JSON
object a line for each row.
"""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import rows as all_of
from inputs import Maker
from rows import Row

HERE = Path(__file__).resolve().parent
TURN = 5e6  # ns
ROUNDS, ROUNDS_OF_SLOW, SLOW = 31, 9, 30e6
FRESH_ROUNDS = 2  # of figures, each in a process of its own
CPUS = sorted(os.sched_getaffinity(0))

PACKAGE = {"compiled": "zstandard", "pure": "zstandard", "cext": "zstandard", "cffi": "zstandard", "pyzstd": "pyzstd",
           "backports": "backports"}
MODULE = {"pyzstd": "pyzstd", "backports": "backports.zstd"}
SIDES = ["compiled", "pure", "raw", "cext", "cffi", "pyzstd", "backports"]
PAIRS = [("compiled", other) for other in SIDES[2:]] + [("pure", other) for other in ("raw", "cext", "cffi")]


class Process:
    """A side. It may be asked for the next thing before it has answered."""

    def __init__(self, command, environment):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = subprocess.Popen(command, env=environment, text=True, **pipes)

    def tell(self, line):
        print(line, file=self.process.stdin, flush=True)

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise ChildProcessError
        return line.split()

    def ask(self, line):
        self.tell(line)
        return self.answer()

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Machine:
    """Starts sides, and knows their times."""

    def __init__(self, raw, packages, maker):
        self.raw, self.packages, self.maker = raw, packages, maker
        self.processes = {}

    def environment(self, side, malloc=False):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        if side in ("compiled", "pure"):
            environment["PYTHONPATH"] = str(self.packages / side)
        if malloc:
            environment["PYTHONMALLOC"] = "malloc"
        if side in ("cext", "cffi"):
            environment["PYTHON_ZSTANDARD_IMPORT_POLICY"] = side
        return environment

    def start(self, side, malloc=False):
        inputs = str(self.maker.directory)
        command = [str(self.raw), inputs]
        if side != "raw":
            command = [sys.executable, str(HERE / "side.py"), PACKAGE[side], inputs]
        return Process(command, self.environment(side, malloc))

    def prepare(self, command):
        """The sides that can do this, and what came of it: a size, and a checksum."""
        results = {}
        for side in SIDES:
            if side not in self.processes:
                self.processes[side] = self.start(side)
            self.processes[side].tell("prepare " + command)
        for side in SIDES:
            try:
                answer = self.processes[side].answer()
            except ChildProcessError:
                # Its own words are on stderr.
                print(f"{side} fails: {command}", file=sys.stderr)
                del self.processes[side]
                continue
            if answer[0] == "ok":
                results[side] = int(answer[1]), int(answer[2])
        return results

    def time(self, side, threads, calls):
        """What a call takes: on the clock, and of the processor."""
        wall, cpu = map(int, self.processes[side].ask(f"time {calls} {threads}"))
        return wall / calls, cpu / calls

    def put_on(self, cpus):
        """One CPU may be slower than another for minutes, and a process comes back to where it was."""
        for process in self.processes.values():
            os.sched_setaffinity(process.process.pid, cpus)

    def calls(self, side, threads):
        """As many calls as a turn has, and the time that one takes."""
        calls = 1
        while (took := self.time(side, threads, calls)[0] * calls) < TURN / 4:
            calls *= 8 if took < TURN / 32 else 4
        return max(1, round(calls * TURN / took)), took / calls

    def close(self):
        for process in self.processes.values():
            process.close()


def compare_results(row, results):
    """All sides have done the same work; those with the same API have given the same bytes."""
    alike = {side: result for side, result in results.items() if PACKAGE.get(side) == "zstandard"}
    sizes = {size for size, _ in results.values()}
    # Headers of others' frames differ a little.
    different = len(set(alike.values())) > 1 or max(sizes) - min(sizes) > 16 + max(sizes) / 50
    if different and "estimate" not in row.command:
        print(f"{row.area}: {row.name}: the results differ: {results}", file=sys.stderr)


def rounds_of(machine, keys):
    """Times of each key, round by round, on the clock and of the processor. A key is a side and a number of threads."""
    calls, slowest = {}, 0
    for key in keys:
        calls[key], took = machine.calls(*key)
        slowest = max(slowest, took)
    clock, cpu = {key: [] for key in keys}, {key: [] for key in keys}
    order = list(keys)
    for number in range(ROUNDS if slowest < SLOW else ROUNDS_OF_SLOW):
        order = order[1:] + order[:1]
        for key in order if number % 2 else order[::-1]:
            took = machine.time(*key, calls[key])
            clock[key].append(took[0])
            cpu[key].append(took[1])
    return clock, cpu


def quartiles(values):
    return statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3


def report(row, times, pairs=PAIRS):
    """A row of times, or of other values, by side and round."""
    ratios = {}
    for ours, other in pairs:
        if ours in times and other in times:
            ratios[f"{ours}/{other}"] = quartiles([a / b for a, b in zip(times[ours], times[other]) if b > 0] or [0.0])
    values = {side: quartiles(values) for side, values in times.items()}
    print(json.dumps({"kind": "python", "area": row.area, "name": row.name, "unit": row.unit, "values": values,
                      "ratios": ratios, "goals": row.goals, "instructions": row.instructions, "limit": row.limit,
                      "counts": row.counts, "rounds": max(map(len, times.values()))}), flush=True)


def compare_times(machine, row):
    results = machine.prepare(row.command)
    compare_results(row, results)
    machine.put_on(CPUS[-1:])
    _, cpu = rounds_of(machine, [(side, 1) for side in results])
    report(row, {side: cpu[side, 1] for side in results})


def compare_batch(machine, row):
    results = machine.prepare(row.command)
    compare_results(row, results)
    machine.put_on(CPUS)
    batch = row.command.startswith("batch_")
    clock, cpu = rounds_of(machine, [(side, threads) for threads in (1, 2) for side in results])
    for threads in (1, 2):
        goals = all_of.batch_goals(row.command, threads) if batch else {"compiled/cext": 1.0, "compiled/raw": 1.02}
        name = f"{row.name}, {threads} thread{'s' if threads > 1 else ''}"
        one = Row(row.area, name, row.command, goals)
        # With one thread the time of the processor, which says more on a busy machine.
        times = cpu if threads == 1 else clock
        report(one, {side: times[side, threads] for side in results})
    least = all_of.least_speed_up(row.command) if batch else 1.6
    speed_ups = {side: [one / two for one, two in zip(clock[side, 1], clock[side, 2])] for side in results}
    name = f"{row.name}, speed-up of 2 threads over 1"
    report(Row(row.area, name, row.command, limit=least, unit="speed-up", counts=False), speed_ups)
    if "records-1 " in row.command:
        extra = {side: [two - one for one, two in zip(clock[side, 1], clock[side, 2])] for side in results}
        name = f"{row.area.split()[1]} {row.name}: 2 threads, more than with 1"
        report(Row("batch, costs", name, row.command, limit=15e3), extra, pairs=[])


def compare_list(machine, row):
    """What an item of a list costs more than a segment of a buffer."""
    items = 100_000
    extra = {}
    for _ in range(ROUNDS_OF_SLOW):
        took = {}
        for form in ("list", "buffer"):
            results = machine.prepare(f"{row.command} {form}")
            for side in results:
                machine.time(side, 1, 1)
                took[side, form] = machine.time(side, 1, 3)[1]
        for side in results:
            if side != "raw":
                extra.setdefault(side, []).append((took[side, "list"] - took[side, "buffer"]) / items)
    report(row, extra, pairs=[])


def compare_figures(machine, row):
    values = {}
    for side in SIDES:
        if side == "raw":
            continue
        for _ in range(FRESH_ROUNDS):
            process = machine.start(side, malloc=row.command.endswith(" heap"))
            try:
                values.setdefault(side, []).append(float(process.ask(row.command)[0]))
            except ChildProcessError:
                values.pop(side, None)
                print(f"{side} fails: {row.command}", file=sys.stderr)
                break
            process.close()
    report(row, values)


def compare_imports(machine, row):
    values = {side: [] for side in SIDES if side != "raw"}
    for number in range(ROUNDS):
        for side in list(values):
            program = (f"import time\nstart = time.process_time_ns()\nimport {MODULE.get(side, 'zstandard')}\n"
                       "print(time.process_time_ns() - start)")
            command = [sys.executable, "-c", program]
            took = subprocess.run(command, env=machine.environment(side), stdout=subprocess.PIPE, text=True, check=True)
            values[side].append(float(took.stdout))
    report(row, values)


COMPARE = {"time": compare_times, "batch": compare_batch, "list": compare_list, "figure": compare_figures,
           "import": compare_imports}


def wanted(row, only):
    # A batch becomes several rows.
    suffix = ", 1 thread, 2 threads, speed-up of 2 threads over 1" if row.kind == "batch" else ""
    return not only or only in f"python, {row.area}: {row.name}{suffix}"


def main():
    corpora, raw, packages, *only = sys.argv[1:]
    maker = Maker(corpora, Path(corpora) / "inputs")
    maker.dictionary()
    machine = Machine(Path(raw), Path(packages), maker)
    for row in all_of.all_rows():
        if wanted(row, only[0] if only else ""):
            operation, *arguments = row.command.split() or [""]
            if arguments:
                maker.make(arguments[1] if operation == "peak" else arguments[0])
            COMPARE[row.kind](machine, row)
    machine.close()


if __name__ == "__main__":
    main()
