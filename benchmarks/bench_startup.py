"""Start-up: CPU and wall time of `--help`, `--version`, `check` beside a bare interpreter; interleaved medians."""

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 5


def cost(words: list[str]) -> tuple[float, float]:
    """(CPU, wall) milliseconds of one child."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return 1000 * cpu, 1000 * wall


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        ours = [sys.executable, "-m", "reactivate"]
        subprocess.run([*ours, "init", folder], check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        cases = {
            "bare interpreter": [sys.executable, "-c", "pass"],
            "import click": [sys.executable, "-c", "import click"],
            "--version": [*ours, "--version"],
            "--help": [*ours, "--help"],
            "plan --help": [*ours, "plan", "--help"],
            "check a campaign": [*ours, "check", str(Path(folder) / "campaign.yml")],
        }
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in cases}
        for _ in range(ROUNDS):
            for name, words in cases.items():
                found[name].append(cost(words))
    print(f"{'case':<18}{'CPU ms':>9}{'wall ms':>9}   median of {ROUNDS}")
    for name, costs in found.items():
        cpu, wall = (statistics.median(column) for column in zip(*costs, strict=True))
        print(f"{name:<18}{cpu:>9.0f}{wall:>9.0f}")


if __name__ == "__main__":
    main()
