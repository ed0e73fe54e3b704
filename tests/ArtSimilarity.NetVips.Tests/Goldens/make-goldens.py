#!/usr/bin/env python3
"""Writes goldens.json: what Pillow, a decoder independent of libvips, makes of the shared images.

    make-goldens.py SHARED/images goldens.json

For every file: the size of the upright image and the mean red, green and blue of each cell of a 16x16 grid over it, row by
row. Upright means the EXIF orientation is applied; colours are sRGB (an embedded ICC profile is converted, relative
colorimetric); transparency is flattened on white. Needs Pillow with LittleCMS (Debian: python3-pil).
"""
import io
import json
import pathlib
import sys

from PIL import Image, ImageCms, ImageOps, ImageStat

GRID = 16


def to_srgb(image):
    profile = image.info.get("icc_profile")
    if image.mode in ("P", "LA") or "transparency" in image.info:
        image = image.convert("RGBA")
    if image.mode == "RGBA":
        white = Image.new("RGBA", image.size, (255, 255, 255, 255))
        image = Image.alpha_composite(white, image).convert("RGB")
    if profile:
        return ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
        )
    return image.convert("RGB")


def golden(path):
    with Image.open(path) as opened:
        image = to_srgb(ImageOps.exif_transpose(opened))
    width, height = image.size
    cells = []
    for row in range(GRID):
        for column in range(GRID):
            box = (
                column * width // GRID,
                row * height // GRID,
                (column + 1) * width // GRID,
                (row + 1) * height // GRID,
            )
            cells += [round(mean, 2) for mean in ImageStat.Stat(image.crop(box)).mean]
    return {"width": width, "height": height, "cells": cells}


def main():
    root, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    files = sorted(p for folder in ("formats", "large") for p in (root / folder).iterdir())
    lines = [f"{json.dumps(p.relative_to(root).as_posix())}: {json.dumps(golden(p), separators=(',', ':'))}" for p in files]
    target.write_text("{\n" + ",\n".join(lines) + "\n}\n")


main()
