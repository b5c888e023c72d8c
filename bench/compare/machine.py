"""Commands and their JSON results, versions, and the processor, for the comparisons."""
import json
import os
import platform
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
CHARRNN = os.path.join(ROOT, "src", "CharRnn.Cli", "bin", "Release", "net10.0", "CharRnn.Cli.dll")
# Beginnings of the environment variables by which the peers' libraries are told what to do.
PEER_SETTINGS = ("ATEN_", "DNNL_", "GOMP_", "MKL_", "OMP_", "ONEDNN_", "OPENBLAS_")
CORES = os.cpu_count()
THREADS = sorted({1, CORES})


def run(command, environment=None):
    """Runs a command to its end. An environment variable of None is one that is not set."""
    variables = {**os.environ, **(environment or {})}
    return subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        env={name: value for name, value in variables.items() if value is not None},
    )


def output_of(command, environment=None):
    done = run(command, environment)
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1]
        raise RuntimeError(f"{' '.join(map(str, command))} failed: {reason}")
    return done.stdout.strip()


def result_of(command, environment=None):
    return json.loads(output_of(command, environment).splitlines()[-1])


def quiet(threads):
    """
    Environment variables of a peer: its number of threads, which wait without spinning. It chooses its instructions
    itself, whatever the user's environment says.
    """
    chosen = {name: None for name in os.environ if name.startswith(PEER_SETTINGS)}
    return {
        **chosen,
        "OMP_NUM_THREADS": str(threads),
        "OPENBLAS_NUM_THREADS": str(threads),
        "OMP_WAIT_POLICY": "PASSIVE",
    }


def build(project=os.path.join(ROOT, "src", "CharRnn.Cli")):
    subprocess.run(
        ["dotnet", "build", "-c", "Release", "-v", "q", "--nologo", project],
        check=True,
        stdout=sys.stderr,
    )


def version_of(python, module, within=None):
    """Version and BLAS of a Python module, or None if it is not installed; within another root, if one is given."""
    command = [python, os.path.join(HERE, "peer_version.py"), module]
    done = run(within.command(command) if within else command, quiet(1))
    return done.stdout.strip() if done.returncode == 0 else None


def processor():
    """The processor's name, its cores, its vectors as .NET uses them, and its caches."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            facts = dict(line.split(":", 1) for line in file if ":" in line)
        facts = {key.strip(): value.strip() for key, value in facts.items()}
    except OSError:
        facts = {}
    name = facts.get("model name") or platform.processor() or platform.machine()
    return f"{name}, {CORES} cores, {vectors(facts.get('flags', '').split())}{caches()}"


def vectors(flags):
    """The width of vectors in .NET, and why it is not the processor's where it is not."""
    bits = int(output_of(["dotnet", "run", os.path.join(HERE, "vectors.cs")]))
    own = next((width for flag, width in (("avx512f", 512), ("avx2", 256)) if flag in flags), bits)
    beginnings = ("DOTNET_Enable", "DOTNET_Preferred")
    settings = [f"{name}={value}" for name, value in sorted(os.environ.items()) if name.startswith(beginnings)]
    reason = ", ".join(settings) or ".NET's own choice"
    return f"{bits}-bit vectors" + (f" of the processor's {own} ({reason})" if bits < own else "")


def caches():
    """Sizes of the caches that the first core uses, as the system tells them."""
    folder = "/sys/devices/system/cpu/cpu0/cache"
    sizes = []
    for index in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        facts = {}
        for fact in ("level", "type", "size"):
            try:
                with open(os.path.join(folder, index, fact), encoding="ascii") as file:
                    facts[fact] = file.read().strip()
            except OSError:
                break
        else:
            if facts["type"] != "Instruction":
                name = f"L{facts['level']}{'d' if facts['type'] == 'Data' else ''}"
                sizes.append(f"{facts['size'].removesuffix('K')} KB {name}")
    return f"; caches: {', '.join(sizes)}" if sizes else ""


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
