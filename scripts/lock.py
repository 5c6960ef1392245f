"""Write the hash-locked requirements anew from pyproject.toml. No lock file names a package index."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {
    "requirements.txt": ["pyproject.toml"],
    "requirements-dev.txt": ["pyproject.toml", "--group", "dev"],
    "requirements-node.txt": ["--group", "node"],
}
OPTIONS = ["--universal", "--generate-hashes", "--no-header", "--no-emit-index-url", "--quiet"]


def main() -> None:
    """Pass `--upgrade` to move every pin to its newest allowed version; otherwise pins stay if they can."""
    for lock, sources in LOCKS.items():
        print(f"Locking {lock} …")
        command = [sys.executable, "-m", "uv", "pip", "compile", "--python-version", "3.11"]
        subprocess.run([*command, *OPTIONS, *sources, "-o", lock, *sys.argv[1:]], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
