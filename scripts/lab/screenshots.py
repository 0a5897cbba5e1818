"""Pictures of the window's panels: a real program on a real screen, shown a room that is made up."""

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from lab.films import SHELF
from lab.program import ROOT, Program
from lab.remote_mpv import RemoteMpv

PLACE = ROOT / "docs" / "screenshots"
SCRIPT = ROOT / "Sources" / "MpvPlayer" / "Resources" / "peerwatch"
SIZES = ((1280, 720), (1920, 1080))

PATIENCE_SECONDS = 30
# Until what was told is drawn, on a machine that draws without a graphics card.
SETTLE_SECONDS = 1.2
# More colours are not seen, and make the pictures twice as large.
COLORS = "200"

Scene = Callable[[RemoteMpv], None]
Room = Callable[[list[str], Path], AbstractContextManager[None]]


def viewer(name: str, **fields: Any) -> dict[str, Any]:
    return {"name": name, "link": "direct"} | fields


VIEWERS = [
    viewer(
        "Ana", host=True, buffered=14.6, error_ms=-3.2, offset_ms=0, rtt_ms=18, correction=0.0,
        down=2_345_678, up=120_000,
    ),
    viewer(
        "Jonas", me=True, buffered=14.2, error_ms=4.1, offset_ms=-18_234, rtt_ms=18,
        correction=0.0012, down=3_456_789, up=870_000,
    ),
    viewer(
        "明日香", buffered=6.4, error_ms=-61, offset_ms=2_345, rtt_ms=212, correction=-0.004,
        down=456_000, up=1_230_000,
    ),
    viewer("ليلى", link="relayed", buffered=4.1, error_ms=22, offset_ms=120, rtt_ms=95),
    viewer(
        "Grandma's living room", stalled=True, buffered=0.4, error_ms=-1_840, offset_ms=-71,
        rtt_ms=44, down=0, up=540_000,
    ),
    viewer("attic", headless=True, down=1_200_000, up=0),
]

ROOM: dict[str, Any] = {"film": "The General (1926).mkv", "viewers": VIEWERS}

DOWNLOAD = {
    "have": 734_003_200,
    "total": 1_468_006_400,
    "parts": "9" * 120 + "98310" + "0" * 60 + "9" * 12 + "0" * 43,
}


def say(mpv: RemoteMpv, *words: str) -> None:
    mpv.command("script-message-to", "peerwatch", *words)


def show(mpv: RemoteMpv, **changes: Any) -> None:
    say(mpv, "set-state", json.dumps(ROOM | changes))


def talk(mpv: RemoteMpv) -> None:
    for name, text in (
        ("Ana", "popcorn is ready"),
        ("明日香", "始まるよ！"),
        ("Jonas", "one moment, the dog has eaten the remote control, and now it skips chapters"),
    ):
        say(mpv, "show-chat", name, text, "other")


def page(name: str) -> Scene:
    def scene(mpv: RemoteMpv) -> None:
        show(mpv, download=DOWNLOAD)
        say(mpv, name)

    return scene


def card(_: RemoteMpv) -> None:
    """What a real room shows at its start."""


def wait(mpv: RemoteMpv) -> None:
    waiting = {"names": ["Grandma's living room"], "buffered": 0.4, "needed": 4, "left": 9}
    show(mpv, wait=waiting | {"skip": True}, download=DOWNLOAD)
    talk(mpv)
    say(mpv, "show-reaction", "Ana", "heart")
    say(mpv, "show-notice", "Ana jumped to 1:02:03")


def chat(mpv: RemoteMpv) -> None:
    show(mpv)
    talk(mpv)
    say(mpv, "chat")
    time.sleep(SETTLE_SECONDS)
    for key in "Grüße aus Köln!":
        mpv.command("keypress", "SPACE" if key == " " else key)


def react(mpv: RemoteMpv) -> None:
    show(mpv)
    say(mpv, "show-reaction", "Ana", "laugh")
    say(mpv, "show-reaction", "明日香", "wow")
    say(mpv, "react")


def chat_history(mpv: RemoteMpv) -> None:
    show(mpv)
    talk(mpv)
    say(mpv, "talk")


def start(mpv: RemoteMpv) -> None:
    watching = [one for one in VIEWERS if "headless" not in one]
    asked = [one | {"ready": one["name"] not in ("Jonas", "ليلى")} for one in watching]
    show(mpv, viewers=asked, start={"ready": 3, "all": 5, "mine": False})
    say(mpv, "peers")


SCENES: dict[str, Scene] = {
    "card": card,
    "peers": page("peers"),
    "wait": wait,
    "chat": chat,
    "react": react,
    "talk": chat_history,
    "stats": page("stats"),
    "help": page("help"),
    "start": start,
}


def film() -> Path:
    """A minute of slowly moving colours."""
    path = SHELF / "colours.mkv"
    if not path.exists():
        SHELF.mkdir(parents=True, exist_ok=True)
        colors = "gradients=s=1280x720:r=24:d=60:n=3:c0=0x14213d:c1=0x3d5a80:c2=0xe0a458:seed=11"
        command = ["ffmpeg", "-loglevel", "error", "-nostdin", "-y", "-f", "lavfi", "-i", colors]
        command += ["-f", "lavfi", "-i", "sine=frequency=220:duration=60"]
        command += ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p"]
        subprocess.run([*command, "-c:a", "aac", str(path)], check=True)
    return path


def settle(mpv: RemoteMpv) -> None:
    """Waits for the first picture and for the script, and pauses."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        bindings = mpv.command("get_property", "input-bindings")
        listens = any("peerwatch/help" in binding["cmd"] for binding in bindings)
        if listens and mpv.command("get_property", "vo-configured"):
            break
        time.sleep(0.1)
    mpv.command("set_property", "pause", True)
    time.sleep(2 * SETTLE_SECONDS)


@contextmanager
def screen(width: int, height: int) -> Iterator[str]:
    """An X server of this size; its name."""
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )
    try:
        assert server.stdout is not None
        yield ":" + server.stdout.readline().strip()
    finally:
        server.terminate()
        server.wait()


@contextmanager
def real_room(window: list[str], directory: Path) -> Iterator[None]:
    """A room with nobody else in it: the card is shown at its start."""
    options = ["--bind", "127.0.0.1", "--name", "Ana", "--no-config"]
    with Program(
        "play", str(film()), *options, cache=directory / "cache", mpv=window
    ) as program:
        program.wait_for("first-frame")
        yield


@contextmanager
def made_up_room(window: list[str], directory: Path) -> Iterator[None]:
    """The script in an mpv without the program, which would tell it of the real room."""
    options = ["--no-config", "--no-terminal", f"--script={SCRIPT}", "--keep-open=yes"]
    # Keys come faster here than from any hand, and mpv drops what is more than this.
    options += ["--input-key-fifo-size=100"]
    mpv = subprocess.Popen(["mpv", *options, *window, str(film())], cwd=directory)
    try:
        yield
    finally:
        mpv.terminate()
        mpv.wait()


@contextmanager
def settled(room: Room, width: int, height: int, *options: str) -> Iterator[RemoteMpv]:
    """The player of a room with a screen to itself, paused on a picture."""
    with screen(width, height) as display, tempfile.TemporaryDirectory() as text:
        os.environ["DISPLAY"] = display
        os.environ.pop("WAYLAND_DISPLAY", None)
        directory = Path(text)
        window = ["--vo=x11", "--ao=null", f"--geometry={width}x{height}", "--no-border"]
        window += [f"--input-ipc-server={directory / 'mpv'}", *options]
        with room(window, directory), RemoteMpv(directory / "mpv") as mpv:
            settle(mpv)
            yield mpv


def take(names: list[str], width: int, height: int) -> None:
    """Each scene in a window of its own, so that none leaves anything to the next."""
    for name in names:
        room = real_room if name == "card" else made_up_room
        with settled(room, width, height, "--start=14") as mpv:
            SCENES[name](mpv)
            time.sleep(SETTLE_SECONDS)
            save(PLACE / f"{name}-{height}.png")


def save(path: Path) -> None:
    """The whole screen, in few colours."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(suffix=".png") as picture:
        subprocess.run(["import", "-silent", "-window", "root", picture.name], check=True)
        few = ["-dither", "None", "-colors", COLORS, "-strip", "-define", "png:compression-level=9"]
        subprocess.run(["convert", picture.name, *few, f"PNG8:{path}"], check=True)
    print(path.relative_to(ROOT), path.stat().st_size)


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/screenshots", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(SCENES))
    names: list[str] = parser.parse_args().names
    if unknown := [name for name in names if name not in SCENES]:
        parser.error(f"no picture is called {unknown[0]}")
    for width, height in SIZES:
        take(names or list(SCENES), width, height)


if __name__ == "__main__":
    main()
