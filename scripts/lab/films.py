"""Films to measure with, made by ffmpeg once and kept for the next time."""

import os
import subprocess
from pathlib import Path

from lab.program import ROOT

# Beside what is built, so that whoever removes the one removes the other.
SHELF = ROOT / ".build-release" / "bench-films"

# An argument of mpv's: where a film only begins, its head and the place are the same blocks.
MID_FILM = "--start=13.3"

PIECE_BYTES = 1 << 20

# How each container is made; what an opening player has to read differs much between them.
CONTAINERS: dict[str, tuple[str, ...]] = {
    # As most films come: the index is behind the data.
    "index-at-end.mp4": ("-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"),
    "faststart.mp4": (
        *("-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"),
        *("-movflags", "+faststart"),
    ),
    "film.mkv": ("-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"),
    "film.webm": ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libvorbis"),
    "film.avi": ("-c:v", "mpeg4", "-c:a", "libmp3lame"),
}


def random_film(path: Path, size: int) -> Path:
    """Bytes that nothing can compress or guess; not a film to play."""
    with path.open("wb") as file:
        for begin in range(0, size, PIECE_BYTES):
            file.write(os.urandom(min(PIECE_BYTES, size - begin)))
    return path


def film(container: str, *, seconds: int = 60, megabits: int = 4) -> Path:
    """A film of moving noise and a tone, of about this bit rate, a key frame every two seconds."""
    path = SHELF / f"{seconds}s-{megabits}mbit-{container}"
    if path.exists():
        return path
    SHELF.mkdir(parents=True, exist_ok=True)
    draft = SHELF / f"draft-{path.name}"
    rate = f"{megabits}M"
    command = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y"]
    command += ["-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=25,noise=alls=20:allf=t"]
    command += ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"]
    command += ["-t", str(seconds), "-pix_fmt", "yuv420p", "-g", "50"]
    command += [*CONTAINERS[container], "-b:v", rate, "-maxrate", rate, "-bufsize", rate]
    subprocess.run([*command, str(draft)], check=True)
    draft.rename(path)
    return path


def huge_film(size: int) -> Path:
    """A film that plays, followed by nothing up to `size` bytes.

    Matroska says how long its content is, so what follows is never looked at by a player; it takes
    no place on the disk, but whoever hashed the film before sharing it would have to read it.
    """
    path = SHELF / f"{size >> 30}GiB.mkv"
    if not path.exists():
        beginning = film("film.mkv").read_bytes()
        with path.open("wb") as file:
            file.write(beginning)
            file.truncate(size)
    return path


def forget(path: Path) -> None:
    """Drops what the kernel keeps of the file in memory, so that the disk is read again."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)
