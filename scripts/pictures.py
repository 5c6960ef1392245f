"""Take the documentation's pictures anew: `make pictures`.

Starts a demo of its own beside any that runs, visits it in Chromium and writes docs/pictures/*.png. Whoever
and whatever they show is fictional.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright  # noqa: E402

from mpcrm.demo import PASSWORD, SIGN_INS  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
EMAILS = {person.role: person.email for person in SIGN_INS}
SIZE: ViewportSize = {"width": 1280, "height": 800}
TALL: ViewportSize = {"width": 1280, "height": 1400}
# A Chromium without British English writes the month first, whatever it is asked.
WRITE_DATES_AS_HERE = """() => document.querySelectorAll("input[type=date]").forEach((field) => {
    const [year, month, day] = field.value.split("-");
    field.type = "text";
    field.value = day ? `${day}/${month}/${year}` : "dd/mm/yyyy";
})"""
# Fictional people on seats that exist: the import takes no others.
LIST_OF_MPS = """Name,Constituency,ONS code,Party
Ms Imogen Hartley,Leeds North East,E14001328,Independent
Callum Reddish,Ynys Môn,W07000112,Independent
Dr Farida Qureshi,Leeds North East,E14001328,Independent
"""


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium:
        sys.exit("There is no Chromium on this machine, so the pictures stay as they are.")
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        demo = start_demo(port, folder)
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=chromium,
                    args=["--no-sandbox", "--disable-gpu"],
                )
                take_pictures(browser, f"http://127.0.0.1:{port}", Path(folder))
                browser.close()
        finally:
            demo.terminate()
            demo.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_demo(port: int, folder: str) -> subprocess.Popen[str]:
    """A demo with data of its own; returns when it answers."""
    demo = subprocess.Popen(
        [sys.executable, ROOT / "scripts" / "demo.py"],
        env={**os.environ, "PORT": str(port), "DEMO_FOLDER": folder},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    for line in demo.stdout or []:
        if str(port) in line:
            return demo
    sys.exit("The demo did not start.")


def take_pictures(browser: Browser, address: str, folder: Path) -> None:
    officer = sign_in(browser, address, "Officer")
    officer.goto(f"{address}/northmoor/enquiries/?tab=team")
    save(officer, "queue")

    officer.goto(f"{address}/northmoor/enquiries/log/")
    officer.locator("input[role=combobox]:focus").wait_for()
    officer.keyboard.type("ha")
    officer.get_by_role("option").first.wait_for()
    save(officer, "log")

    officer.goto(f"{address}/northmoor/mps/")
    officer.get_by_role("link", name="Ms Imogen Hartley").click()
    officer.get_by_role("heading", name="Ms Imogen Hartley").wait_for()
    officer.set_viewport_size(TALL)
    save(officer, "mp")

    executive = sign_in(browser, address, "Executive")
    executive.goto(f"{address}/northmoor/dashboard/")
    save(executive, "dashboard")

    the_list = folder / "mps-2026-11-02.csv"
    the_list.write_text(LIST_OF_MPS)
    admin = sign_in(browser, address, "Admin")
    admin.goto(f"{address}/instance/imports/upload/")
    admin.get_by_label("File with the list").set_input_files(the_list)
    admin.get_by_label("This is a partial list").check()
    admin.get_by_role("button", name="Read the file").click()
    admin.get_by_role("heading", name="What the list would change").wait_for()
    save(admin, "import")


def sign_in(browser: Browser, address: str, role: str) -> Page:
    page = browser.new_context(viewport=SIZE, locale="en-GB").new_page()
    page.goto(f"{address}/account/sign-in/")
    page.get_by_label("E-mail address").fill(EMAILS[role])
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").first.wait_for()
    return page


def save(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.evaluate(WRITE_DATES_AS_HERE)
    PICTURES.mkdir(parents=True, exist_ok=True)
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
