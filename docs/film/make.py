"""Make the films of the example course.

    python3 docs/film/make.py                     all films, in all languages
    python3 docs/film/make.py why-culture fr      one of them
    python3 docs/film/make.py --look why-culture fr FOLDER    one picture of each scene, to look at

A film has one source for its words and their timing: the caption file beside it. Each caption has the name of a
scene; the scene draws the caption's text. The transcript must contain each caption word for word, in the same
order, or nothing is made. So film, captions and transcript say the same.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import cairo
import draw
import music
from scenes import SCENES

LESSONS = Path(__file__).resolve().parents[2] / "course_content" / "culture" / "lessons"
LANGUAGES = ("en", "fr")
RATE = 20
FADE = 0.4  # seconds in which one scene becomes the next
TAIL = 1.5  # seconds after the last caption
LIMITS = {"mp4": 2_000_000, "png": 100_000}


class Cue(NamedTuple):
    scene: str
    start: float
    end: float
    text: str


def main(arguments):
    looking = arguments[:1] == ["--look"]
    arguments = arguments[looking:]
    films = [name for name in SCENES if not arguments or name == arguments[0]]
    if not films:
        raise SystemExit(f"There is no film {arguments[0]!r}. There are: {', '.join(SCENES)}.")
    for film in films:
        for language in arguments[1:2] or LANGUAGES:
            media = next(LESSONS.glob(f"[0-9][0-9]-{film}")) / "media"
            cues = read_captions(media / f"film.{language}.vtt", SCENES[film])
            check_transcript(media / f"film.{language}.md", cues)
            if looking:
                look(film, cues, language, Path(arguments[2]))
            else:
                make(film, cues, media, language)


def read_captions(file, scenes):
    cues = []
    for block in file.read_text(encoding="utf-8").strip().split("\n\n")[1:]:
        name, times, *text = block.split("\n")
        start, end = (_seconds(time) for time in times.split(" --> "))
        if name not in scenes:
            raise SystemExit(f"{file}: no scene is named {name!r}. There are: {', '.join(scenes)}.")
        if cues and start < cues[-1].end:
            raise SystemExit(f"{file}: {name!r} starts before {cues[-1].scene!r} ends.")
        cues.append(Cue(name, start, end, " ".join(text)))
    return cues


def _seconds(time):
    hours, minutes, seconds = time.split(":")
    return 3600 * int(hours) + 60 * int(minutes) + float(seconds)


def check_transcript(file, cues):
    text = re.sub(r"[ \n]+", " ", file.read_text(encoding="utf-8").replace("*", ""))
    place = 0
    for cue in cues:
        place = text.find(cue.text, place)
        if place < 0:
            raise SystemExit(f"{file}: the words of {cue.scene!r} are missing or not in order: {cue.text}")
        place += len(cue.text)


def picture(film, cues, moment):
    """The film at one moment: the scene, and for a short while what is left of the one before."""
    surface = cairo.ImageSurface(cairo.FORMAT_RGB24, draw.WIDTH, draw.HEIGHT)
    ctx = cairo.Context(surface)
    now = max((i for i, cue in enumerate(cues) if cue.start <= moment), default=0)
    _scene(ctx, film, cues[now], moment)
    since = moment - cues[now].start
    if now and since < FADE:
        ctx.push_group()
        _scene(ctx, film, cues[now - 1], moment)
        ctx.pop_group_to_source()
        ctx.paint_with_alpha(1 - draw.ease(since / FADE))
    return surface


def _scene(ctx, film, cue, moment):
    seconds = max(moment - cue.start, 0.0)
    SCENES[film][cue.scene](ctx, seconds, cue.text)


def look(film, cues, language, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for number, cue in enumerate(cues, 1):
        picture(film, cues, cue.end - 0.3).write_to_png(str(folder / f"{film}.{language}.{number:02}.{cue.scene}.png"))


def make(film, cues, media, language):
    length = cues[-1].end + TAIL
    target, poster = media / f"film.{language}.mp4", media / f"film.{language}.png"
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "music.wav"
        music.write(sound, length, seed=film)
        encode(target, sound, length, lambda moment: picture(film, cues, moment))
    picture(film, cues, cues[0].end - 0.5).write_to_png(str(poster))
    for file in (target, poster):
        size = file.stat().st_size
        print(f"{file.relative_to(LESSONS)}: {length:.1f} s, {size / 1000:.0f} kB")
        if size > LIMITS[file.suffix[1:]]:
            raise SystemExit(f"{file} is too large for a chat message.")


def encode(target, sound, length, picture_at):
    command = [
        "ffmpeg",
        "-loglevel",
        "error",
        "-y",
        "-f",
        "rawvideo",
        "-pix_fmt",
        "bgr0",
        "-s",
        f"{draw.WIDTH}x{draw.HEIGHT}",
        "-r",
        str(RATE),
        "-i",
        "-",
        "-i",
        str(sound),
        "-vf",
        f"fade=out:st={length - 1:.2f}:d=1",
        "-c:v",
        "libx264",
        "-preset",
        "veryslow",
        "-crf",
        "28",
        "-tune",
        "animation",
        "-pix_fmt",
        "yuv420p",
        "-c:a",
        "aac",
        "-b:a",
        "40k",
        "-shortest",
        "-bsf:v",
        "filter_units=remove_types=6",  # no name of the encoder in the film
        "-movflags",
        "+faststart",
        "-map_metadata",
        "-1",
        "-fflags",
        "+bitexact",
        str(target),
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as ffmpeg:
        for frame in range(int(length * RATE)):
            ffmpeg.stdin.write(picture_at(frame / RATE).get_data())
        ffmpeg.stdin.close()
    if ffmpeg.returncode:
        raise SystemExit("ffmpeg could not make the film.")


if __name__ == "__main__":
    main(sys.argv[1:])
