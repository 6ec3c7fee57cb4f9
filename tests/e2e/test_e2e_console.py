"""The console: the whole road with nothing set up, as people meet it first."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image
from rich.console import Console

from bot.console_app.blocks import blocks
from generator.compositing import png
from tests.e2e.people_in_photos import DARK, FAIR, landscape, photo
from tests.e2e.processes import REPOSITORY, SMALL
from tests.style.small import write_weights


def console(
    *arguments: str, lines: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MOEMOJI_", "DISCORD_", "TELEGRAM_", "REDIS_", "LC_", "LANG"))
    }
    path = f"{REPOSITORY}{os.pathsep}{clean.get('PYTHONPATH', '')}".rstrip(os.pathsep)
    return subprocess.run(
        [sys.executable, "-m", "bot", "console", *arguments],
        env=clean | {"PYTHONPATH": path, "MOEMOJI_ENGINE": SMALL, "LANG": "C.UTF-8"} | environment,
        cwd=REPOSITORY,
        input=lines,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def alive(place: Path) -> list[str]:
    """What runs with this folder for its temporary files, or in it, as Redis does."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            inside = (process / "cwd").readlink().is_relative_to(place)
            if inside or f"TMPDIR={place}".encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue  # It has just ended, or is somebody else's.
    return found


def test_once_saves_the_picture_and_stops_everything(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "demo.png"
    ended = console("--once", "/avatar cute girl seed:7", "--out", str(out), TMPDIR=str(tmp_path))
    assert ended.returncode == 0, ended.stderr
    assert Image.open(out).size == (520, 520)
    assert str(out) in ended.stdout
    # A script has no buttons to be told of.
    assert "“cute girl”\n" in ended.stdout
    assert not alive(tmp_path)
    again = tmp_path / "again.png"
    assert console("--once", "/avatar cute girl seed:7", "--out", str(again)).returncode == 0
    assert again.read_bytes() == out.read_bytes()


def test_a_killed_console_leaves_nothing_running(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "console", "--folder", str(tmp_path)],
        env=os.environ
        | {"TMPDIR": str(tmp_path), "MOEMOJI_ENGINE": SMALL, "PYTHONPATH": str(REPOSITORY)},
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    end = time.monotonic() + 60
    while len(alive(tmp_path)) < 3:
        assert time.monotonic() < end, alive(tmp_path)
        time.sleep(0.05)
    process.kill()
    process.wait()
    while alive(tmp_path):
        assert time.monotonic() < end, alive(tmp_path)
        time.sleep(0.05)


def test_once_without_a_picture_fails_with_the_reason(tmp_path: Path) -> None:
    out = tmp_path / "demo.png"
    ended = console("--once", "/avatar girl count:9", "--out", str(out))
    assert ended.returncode == 1
    assert "1 to 4" in ended.stdout
    assert not out.exists()
    assert console("--once", "/privacy").returncode == 0


def test_a_chat(tmp_path: Path) -> None:
    lines = "/avatar cute girl\n2\n/settings language zh_hans\n/help\n/quit\n"
    ended = console("--folder", str(tmp_path), lines=lines)
    assert ended.returncode == 0, ended.stderr
    assert "Here it is, full size." in ended.stdout
    assert "保存" not in ended.stdout
    assert "可爱女孩" in ended.stdout
    sizes = {Image.open(path).size for path in tmp_path.glob("*.png")}
    assert sizes == {(520, 520), (512, 512)}


def test_the_console_may_do_everything(tmp_path: Path) -> None:
    lines = "/admin words deny blorp\n/avatar bl0rp\n/admin status\n/admin audit\n/quit\n"
    ended = console("--folder", str(tmp_path), lines=lines)
    assert ended.returncode == 0, ended.stderr
    assert "Refused: blorp" in ended.stdout
    assert "won't draw that" in ended.stdout
    assert "Waiting: 0" in ended.stdout
    assert "words deny blorp (terminal)" in ended.stdout


def test_delete_edit_and_buttons_that_are_not_there(tmp_path: Path) -> None:
    # Under four candidates: 1-4 pick, 5 again, 6 edit, 7 blend, 8 file, 9 details, 10 delete.
    lines = "/avatar cute girl\n99\n6\nboy\n10\n"
    ended = console("--folder", str(tmp_path), lines=lines)
    assert ended.returncode == 0, ended.stderr
    assert "There is no button 99 here." in ended.stdout
    assert "Edit your wish: cute girl" in ended.stdout
    assert "“boy” Pick a number" in ended.stdout
    (kept,) = tmp_path.glob("*.png")
    (removed,) = re.findall(r"✕ (\S+)", ended.stdout)
    assert Path(removed) != kept
    assert not Path(removed).exists()


def test_photos_paintings_and_blends(tmp_path: Path) -> None:
    pytest.importorskip("mediapipe")
    (tmp_path / "me too.jpg").write_bytes(photo(FAIR))
    (tmp_path / "you.jpg").write_bytes(photo(DARK))
    (tmp_path / "view.jpg").write_bytes(landscape())
    weights = write_weights(tmp_path / "style.safetensors")
    lines = (
        f'/selfie "{tmp_path}/me too.jpg" as a witch\n1\n'
        f"/stylize {tmp_path}/view.jpg ukiyo e\n"
        f"/stylize {tmp_path}/view.jpg\n"
        f"/stylize {tmp_path}/view.jpg {tmp_path}/you.jpg strength:50\n"
        f'/blend "{tmp_path}/me too.jpg" {tmp_path}/you.jpg + shy maid\n'
        f"/morph {tmp_path}/you.jpg + shy maid\n"
        f"/selfie {tmp_path}/nobody.jpg\n/selfie {tmp_path}/view.jpg\n"
    )
    made = tmp_path / "made"
    ended = console(*("--folder", str(made)), lines=lines, MOEMOJI_STYLE_WEIGHTS=str(weights))
    assert ended.returncode == 0, ended.stderr
    for words in (
        *("“as a witch” Pick a number", "By sending a photo", "full size"),
        *("woodblock print (ukiyo-e).", "Which style?", "like your other picture"),
        *("All of them in one", "From one to the next", "nobody.jpg", "can't find a face"),
    ):
        assert words in ended.stdout, words
    assert len(list(made.glob("*.png"))) == 5
    (film,) = made.glob("*.gif")
    assert Image.open(film).is_animated  # type: ignore[attr-defined]


def test_the_style_is_changed_after_the_fact(tmp_path: Path) -> None:
    pytest.importorskip("mediapipe")
    view, me = tmp_path / "view.jpg", tmp_path / "me.jpg"
    view.write_bytes(landscape())
    me.write_bytes(photo(FAIR))
    weights = write_weights(tmp_path / "style.safetensors")
    lines = (
        # Twelve styles, and 13 for more of them; under a painting 1 asks for styles.
        f"/stylize {view} keep-faces strength:2\n13\n6\n1\n2\n"
        # Under a selfie: 1-4 pick, 5 again, 6 edit, 7 blend, 8 styles.
        f"/selfie {me}\n8\n1\n"
        f"/stylize {view} pastel:2 + comic\n"
    )
    made = tmp_path / "made"
    ended = console("--folder", str(made), lines=lines, MOEMOJI_STYLE_WEIGHTS=str(weights))
    assert ended.returncode == 0, ended.stderr
    said = re.findall(r"Painted: (.+)\.", ended.stdout)
    assert said == ["moe", "great wave", "woodblock print (ukiyo-e)", "pastel + comic"]
    assert ended.stdout.count("Which style?") == 4
    first, second, portrait, _ = (
        Image.open(path).convert("RGB")
        for path in re.findall(r"Painted: .+\n(?:By sending.+\n)?→ (\S+)", ended.stdout)
    )
    assert first.size == second.size == (400, 300)
    plain = Image.open(view).convert("RGB")
    # As faintly as the first one was asked for.
    for image in (first, second):
        assert abs(image.getpixel((9, 9))[0] - plain.getpixel((9, 9))[0]) < 9
    assert portrait.height > portrait.width


def test_a_script_is_told_which_styles_there_are(tmp_path: Path) -> None:
    (tmp_path / "view.jpg").write_bytes(landscape())
    weights = write_weights(tmp_path / "style.safetensors")
    out = tmp_path / "out.png"

    def once(words: str) -> subprocess.CompletedProcess[str]:
        return console(
            *("--once", f"/stylize {tmp_path}/view.jpg {words}", "--out", str(out)),
            MOEMOJI_STYLE_WEIGHTS=str(weights),
        )

    told = once("")
    assert told.returncode == 1
    assert "I can paint in these styles" in told.stdout
    assert once("pastel + comic --keep-colours").returncode == 0
    assert Image.open(out).size == (400, 300)


@pytest.mark.parametrize("words", ["/avatar girl", "/stylize view.jpg pastel"])
def test_a_worker_that_cannot_start_is_one_sentence(tmp_path: Path, words: str) -> None:
    (tmp_path / "view.jpg").write_bytes(landscape())
    words = words.replace("view.jpg", f"{tmp_path}/view.jpg")
    ended = console("--once", words, MOEMOJI_ENGINE="tests.e2e.nothing:Engine")
    assert ended.returncode == 78
    assert "MOEMOJI_ENGINE" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(("width", "height"), [(40, 20), (40, 10), (16, 20)])
def test_blocks_show_two_pixels_a_cell(width: int, height: int) -> None:
    image = Image.new("RGBA", (64, 64), "#ff0000")
    image.paste("#0000ff", (0, 32, 64, 64))
    out = io.StringIO()
    screen = Console(file=out, force_terminal=True, color_system="truecolor", width=200)
    screen.print(blocks(png(image), width, height))
    lines = out.getvalue().splitlines()
    assert len(lines) <= height
    first, last = lines[0], [line for line in lines if line][-1]
    assert "38;2;255;0;0;48;2;255;0;0" in first
    assert "38;2;0;0;255;48;2;0;0;255" in last
    plain = re.sub(r"\x1b\[[0-9;]*m", "", first)
    assert 0 < len(plain) <= width
