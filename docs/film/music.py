"""Soft music under the films: four slow chords and single notes, computed, so that nobody's rights are touched."""

import array
import math
import random
import wave

RATE = 24_000
BAR = 6.0  # seconds for one chord
CHORDS = (
    (130.81, 196.00, 246.94, 329.63),
    (110.00, 164.81, 261.63, 329.63),
    (87.31, 174.61, 220.00, 329.63),
    (98.00, 196.00, 246.94, 293.66),
)
NOTES = (392.00, 440.00, 523.25, 587.33, 659.25, 783.99)


def write(target, seconds, seed):
    """Write a wave file of this length; the seed chooses the melody."""
    samples = array.array("f", bytes(4 * int(seconds * RATE)))
    for number in range(math.ceil(seconds / BAR)):
        for pitch in CHORDS[number % len(CHORDS)]:
            _swell(samples, number * BAR, pitch)
    dice = random.Random(seed)
    moment, place = 1.5, 2
    while moment < seconds - 5:
        place = min(max(place + dice.choice((-2, -1, -1, 1, 1, 2)), 0), len(NOTES) - 1)
        _pluck(samples, moment, NOTES[place])
        moment += dice.choice((1.5, 1.5, 3.0))
    _save(target, samples, seconds)


def _swell(samples, start, pitch):
    first, length = int(start * RATE), int((BAR + 2) * RATE)
    turn = 2 * math.pi * pitch / RATE
    for i in range(min(length, len(samples) - first)):
        loudness = math.sin(math.pi * i / length) ** 2
        samples[first + i] += 0.055 * loudness * (math.sin(turn * i) + 0.25 * math.sin(2.003 * turn * i))


def _pluck(samples, start, pitch):
    first, length = int(start * RATE), int(2.6 * RATE)
    turn = 2 * math.pi * pitch / RATE
    for i in range(min(length, len(samples) - first)):
        loudness = min(1.0, i / 240) * math.exp(-2.2 * i / RATE)
        samples[first + i] += 0.075 * loudness * (math.sin(turn * i) + 0.2 * math.sin(3 * turn * i))


def _save(target, samples, seconds):
    fade = 2.5 * RATE
    out = array.array("h")
    for i, value in enumerate(samples):
        edge = min(1.0, i / RATE, (len(samples) - i) / fade)
        out.append(int(32_000 * edge * math.tanh(value)))
    with wave.open(str(target), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(out.tobytes())
