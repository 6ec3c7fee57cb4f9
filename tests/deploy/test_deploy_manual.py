"""The manual: builds without a warning, fetches nothing, and says what the code says."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from bot.texts import texts
from deploy import chat_pictures, readme_picture
from deploy.manual import GROUPS, settings_tables, variable

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", str(folder)]
    # Whatever asks the network ends there.
    env = os.environ | {
        "NO_MKDOCS_2_WARNING": "1",
        "http_proxy": "http://127.0.0.1:1",
        "https_proxy": "http://127.0.0.1:1",
    }
    built = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    assert built.stdout + built.stderr == ""
    return folder


def shown(page: Path) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", page.read_text()))


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    pages = list(site.glob("*.html"))
    assert len(pages) > 14
    for page in pages:
        for tag in re.findall(r"<(?:script|link|img|iframe)\b[^>]*>", page.read_text()):
            assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", tag), (page.name, tag)
        # The one thing for which the theme would fetch a script when it is read.
        assert 'class="mermaid"' not in page.read_text()
    for style in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(?:https?:)?//|@import", style.read_text()), style


def test_every_setting_is_there_and_says_what_it_is(site: Path) -> None:
    page = shown(site / "settings.html")
    for settings in GROUPS.values():
        for name, field in settings.model_fields.items():
            assert variable(settings, name) in page
            assert field.description, (settings.__name__, name)
            assert " ".join(field.description.split()) in " ".join(page.split()), name
    # Each once, where it belongs; the console has a level of its own, and each frontend a URL.
    named = re.findall(r"^\| `(\w+)` \|", settings_tables(), re.M)
    twice = {name for name in named if named.count(name) > 1}
    assert twice == {"REDIS_URL", "MOEMOJI_LOG_LEVEL"}
    assert "DISCORD_TOKEN=" in page


def test_privacy_is_a_page(site: Path) -> None:
    assert "moemoji:request:JOB" in shown(site / "privacy.html")
    assert 'href="privacy.html"' in (site / "index.html").read_text()


def test_what_is_said_in_troubleshooting_is_what_is_said(site: Path) -> None:
    page = shown(site / "troubleshooting.html")
    for key, sentence in texts("en").section("errors").items():
        assert key in page
        assert re.sub(r"\{\w+\}", "…", " ".join(sentence.split())) in page
    code = "\n".join(
        path.read_text()
        for folder in ("bot", "worker", "deploy/redis")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".sh")
    )
    text = (ROOT / "docs/troubleshooting.md").read_text()
    sentences = re.findall(r"^\| `([^`]+)`[^|]* \| [^|]+ \|$", text, re.M)
    lines = [
        line
        for cell in re.findall(r"^\| (`[a-z`, -]+`) \|", text, re.M)
        for line in re.findall(r"`([a-z-]+)`", cell)
    ]
    assert len(sentences) > 20
    assert len(lines) > 8
    for line in lines:
        assert f'"{line}"' in code, line
    for sentence in set(sentences) - set(lines):
        size = min(18, len(sentence))
        parts = (sentence[at : at + size] for at in range(len(sentence) - size + 1))
        assert any(part in code for part in parts), sentence


def test_links_of_the_readme_lead_somewhere() -> None:
    for name in ("README.md", "CONTRIBUTING.md", "PRIVACY.md", *os.listdir(ROOT / "docs")):
        path = ROOT / name if (ROOT / name).is_file() else ROOT / "docs" / name
        if path.suffix == ".md":
            for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text()):
                assert (path.parent / link).exists(), (path, link)


def test_no_number_is_made_up() -> None:
    table = (ROOT / "docs/scaling.md").read_text().split("## How to size")[0]
    # All rows but the heads of the tables.
    rows = re.findall(r"^(\| .* \|)$(?!\n\|-)", table, re.M)
    assert len(rows) > 8
    for row in rows:
        figures = [cell for cell in row.split("|")[2:-1] if cell.strip()]
        assert "not measured yet" in row or re.search(r"\d", figures[-1]), row


async def test_the_manuals_conversation_can_be_had_again(tmp_path: Path) -> None:
    await chat_pictures.main(tmp_path)
    for name in ("chat-avatar.png", "chat-pick.png", "chat-vary.png"):
        with Image.open(tmp_path / name) as made, Image.open(ROOT / "docs/art" / name) as shown:
            assert made.size == shown.size


def test_the_readmes_picture_can_be_drawn_again(tmp_path: Path) -> None:
    readme_picture.main(tmp_path / "readme.png")
    pages = (tmp_path / "readme.png", ROOT / "docs/art/readme.png")
    made, shown = (Image.open(page).convert("L") for page in pages)
    apart = ImageChops.difference(made, shown)
    assert ImageStat.Stat(apart).mean[0] < 1
