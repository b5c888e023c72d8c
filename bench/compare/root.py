"""Where a peer runs: on this system, or in another root, such as a newer Debian's."""
import os
import shutil

from machine import HERE

# What is mounted is seen by the peer alone, and gone when it ends: unshare gives it mounts of its own.
MOUNTS = """
mount -t tmpfs tmpfs "$1/mnt"
mkdir "$1/mnt/compare" "$1/mnt/dotnet"
: > "$1/mnt/text"
mount --bind "$2" "$1/mnt/compare"
mount --bind "$3" "$1/mnt/dotnet"
mount --bind "$4" "$1/mnt/text"
mount --rbind /proc "$1/proc"
mount --rbind /dev "$1/dev"
root=$1
shift 4
exec chroot "$root" "$@"
"""


class ThisSystem:
    """Commands run as they are."""

    name = None

    def command(self, words):
        return [str(word) for word in words]

    def has(self, path):
        return shutil.which(path) is not None


class Root:
    """
    The folder of another system's root directory. This folder, .NET and the text are mounted beneath its /mnt while a
    command runs; paths to them, and into the root, are translated.
    """

    def __init__(self, folder, text):
        self.folder, self.text = os.path.abspath(folder), os.path.realpath(text)
        self.dotnet = os.path.dirname(os.path.realpath(shutil.which("dotnet")))
        self.places = {HERE: "/mnt/compare", self.dotnet: "/mnt/dotnet", self.text: "/mnt/text", self.folder: ""}

    @property
    def name(self):
        """The system's name, as it calls itself."""
        try:
            with open(os.path.join(self.folder, "etc", "os-release"), encoding="utf-8") as file:
                facts = dict(line.strip().split("=", 1) for line in file if "=" in line)
            return facts["PRETTY_NAME"].strip('"')
        except (OSError, KeyError):
            return "another root"

    def command(self, words):
        user = [] if os.geteuid() == 0 else ["--map-root-user"]
        mounted = [self.folder, HERE, self.dotnet, self.text]
        return ["unshare", "--mount", *user, "sh", "-ec", MOUNTS, "sh", *mounted, *map(self._inside, words)]

    def has(self, path):
        """Whether a path lies in the root."""
        return os.path.abspath(path).startswith(self.folder + os.sep)

    def _inside(self, word):
        word = str(word)
        path = os.path.abspath(word) if os.sep in word else word
        for outside, inside in self.places.items():
            if path == outside or path.startswith(outside + os.sep):
                return inside + path[len(outside) :]
        return word
