"""Commands and their JSON results, versions, and the processor, for the comparisons."""
import json
import os
import platform
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
CHARRNN = os.path.join(ROOT, "src", "CharRnn.Cli", "bin", "Release", "net10.0", "CharRnn.Cli.dll")
CORES = os.cpu_count()
THREADS = sorted({1, CORES})


def output_of(command, environment=None):
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, env={**os.environ, **(environment or {})}
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))} failed: {done.stderr.strip().splitlines()[-1:]}")
    return done.stdout.strip()


def result_of(command, environment=None):
    return json.loads(output_of(command, environment).splitlines()[-1])


def quiet(threads):
    """Environment variables of a peer: its number of threads, which wait without spinning."""
    return {"OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads), "OMP_WAIT_POLICY": "PASSIVE"}


def build():
    subprocess.run(
        ["dotnet", "build", "-c", "Release", "-v", "q", "--nologo", os.path.join(ROOT, "src", "CharRnn.Cli")],
        check=True,
        stdout=sys.stderr,
    )


def version_of(python, module):
    """Version and BLAS of a Python module, or None if it is not installed."""
    done = subprocess.run([python, os.path.join(HERE, "peer_version.py"), module], capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else None


def processor():
    """The processor's name, its cores and the width of its vectors."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            facts = dict(line.split(":", 1) for line in file if ":" in line)
        facts = {key.strip(): value.strip() for key, value in facts.items()}
    except OSError:
        facts = {}
    flags = facts.get("flags", "").split()
    width = next((f", {bits}-bit vectors" for flag, bits in (("avx512f", 512), ("avx2", 256)) if flag in flags), "")
    return f"{facts.get('model name') or platform.processor() or platform.machine()}, {CORES} cores{width}"


def runtime():
    """Version of the .NET runtime that charrnn runs on: the newest of its major version."""
    versions = [
        line.split()[1]
        for line in output_of(["dotnet", "--list-runtimes"]).splitlines()
        if line.startswith("Microsoft.NETCore.App 10.")
    ]
    return max(versions, key=lambda version: [int(part) for part in version.split("-")[0].split(".")])


def python_version(python):
    return output_of([python, "-c", "import platform; print(platform.python_version())"])
