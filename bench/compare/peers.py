"""The peers of charrnn: NumPy, PyTorch and LibTorch, each with one thread and with all."""
import os
import shutil
import subprocess

from machine import CORES, HERE, build, output_of, quiet, result_of, version_of
from root import Root, ThisSystem

LIBTORCH = os.path.join(HERE, "libtorch")
PROGRAM = os.path.join(LIBTORCH, "bin", "Release", "net10.0", "LibTorchPeer.dll")

# The configuration of min-char-rnn, and its hidden units.
MIN_CHAR_RNN, MIN_CHAR_RNN_HIDDEN = "rnn-100", 100

# Ways to run a peer, the fastest of which counts: threads that wait for work asleep or, as OpenMP's do where nothing is
# set, spinning. Which is faster differs between libraries, and with the size of the network.
WAYS = {"1": quiet(1)}
if CORES > 1:
    WAYS[f"{CORES}"] = quiet(CORES)
    WAYS[f"{CORES}, spinning"] = {**quiet(CORES), "OMP_WAIT_POLICY": None}


# What limits the peers' vectors to 256 bits: ATen's own, oneDNN's by its two names, MKL's and OpenBLAS's.
AVX2 = {
    "ATEN_CPU_CAPABILITY": "avx2",
    "DNNL_MAX_CPU_ISA": "AVX2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
    "OPENBLAS_CORETYPE": "Haswell",
}


class PeerError(Exception):
    """A peer that was asked for cannot be had."""


class Peer:
    """A program that trains a configuration and samples from it.

    name: of its column; version: everything about it; place: where it runs; program: its first words; limits:
    environment variables beside those of the way it runs.
    """

    def __init__(self, name, version, place, program):
        self.name, self.place, self.program, self.limits = name, place, program, {}
        self.version = f"{version} on {place.name}" if place.name else version

    def measures(self, name):
        return True

    def arguments(self, name, configuration, way):
        threads = way.split(",")[0]
        return [*configuration, threads]

    def run(self, name, configuration, way, text, seconds):
        command = [*self.program, text, seconds, *self.arguments(name, configuration, way)]
        return result_of(self.place.command(command), {**WAYS[way], **self.limits})


class NumPy(Peer):
    """min-char-rnn, which does not sample."""

    def measures(self, name):
        return name == MIN_CHAR_RNN

    def arguments(self, name, configuration, way):
        return [MIN_CHAR_RNN_HIDDEN]


def of_python(python, root):
    """NumPy and PyTorch as a Python has them."""
    place = root if root and root.has(python) else ThisSystem()
    if not place.has(python):
        raise PeerError(f"--python: there is no program {python!r}")
    peers = []
    for kind, module, name in ((NumPy, "numpy", "NumPy"), (Peer, "torch", "PyTorch")):
        version = version_of(python, module, place)
        if version:
            script = os.path.join(HERE, f"peer_{module}.py")
            number, details = version.split(" ", 1)
            peers.append(kind(f"{name} {number}", f"{name} {number} {details}", place, [python, script]))
    return peers


def libtorch(root):
    """LibTorch through TorchSharp, which is downloaded when this is first called."""
    try:
        build(LIBTORCH)
    except subprocess.CalledProcessError:
        raise PeerError("--libtorch: its program cannot be built; what is needed was said above") from None
    place = root or ThisSystem()
    program = ["/mnt/dotnet/dotnet" if root else "dotnet", PROGRAM]
    try:
        version = output_of(place.command([*program, "--version"]))
    except RuntimeError as error:
        reason = str(error).split("failed: ", 1)[1]
        advice = (
            "; --root FOLDER runs it in the root of a system with a newer C++ library, such as Debian 13's"
            " (`debootstrap trixie FOLDER` makes one)"
        )
        raise PeerError(
            f"--libtorch: LibTorch cannot be loaded: {reason}{advice if 'GLIBCXX' in reason else ''}"
        ) from None
    return Peer(version.split(" (")[0], version, place, program)


def peers_of(options):
    """The peers that the options ask for and the machine has."""
    if options.root and not all(os.path.isdir(os.path.join(options.root, name)) for name in ("dev", "mnt", "proc")):
        raise PeerError(f"--root: {options.root!r} is not the root of a system, with folders dev, mnt and proc")
    if options.root and not shutil.which("unshare"):
        raise PeerError("--root: there is no unshare here (package util-linux)")
    root = Root(options.root, options.text) if options.root else None
    peers = [peer for python in options.python for peer in of_python(python, root)]
    if options.libtorch:
        peers.append(libtorch(root))
    for peer in peers:
        peer.limits = AVX2 if options.peers_avx2 else {}
    return peers
