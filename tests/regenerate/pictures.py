"""Make the pictures of docs/coding-page.md anew: python tests/regenerate/pictures.py.

Fonts differ between machines, so a test compares which pictures there are, and not their dots.
"""

from __future__ import annotations

import io
import shutil
import tempfile
from pathlib import Path

import walk

COLOURS = 64  # of a picture, which text on a plain ground does not need more of


def main() -> None:
    """Walk through the tutorial and write its pictures."""
    from PIL import Image
    from playwright.sync_api import sync_playwright

    walk.PICTURES.mkdir(exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        case, documents = walk.prepare(Path(folder))
        for like, follow in ((("all",), walk.walk), ((), walk.settle)):
            page = browser.new_context(viewport=walk.WIDE).new_page()

            def keep(name: str, page: object = page) -> None:
                picture = Image.open(io.BytesIO(page.screenshot()))  # type: ignore[attr-defined] # of Playwright
                small = picture.convert("RGB").quantize(COLOURS)
                small.save(walk.PICTURES / f"{name}.png", optimize=True)

            with walk.serve(case, documents, like) as address:
                follow(page, address, keep)
            if follow is walk.walk:
                walk.write_second_coder(case)


if __name__ == "__main__":
    main()
