"""Converts a decoded picture for publishing: upright, square, 8-bit sRGB.

Only this module and `artwork.py` use Pillow.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageChops, ImageCms, ImageMath

if TYPE_CHECKING:
    from episodes.pictures.metadata import PictureParts

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
}  # fmt: skip
NEAR = 3  # of 255: colours that differ by less look alike
_STEPS = range(0, 256, 51)


def open_picture(parts: PictureParts) -> Image.Image:
    """Open a picture without decoding it. None of Pillow's other readers is used."""
    return Image.open(io.BytesIO(parts.data), formats=("JPEG", "PNG"))


def decode_picture(image: Image.Image, bits: int) -> None:
    """Decode a picture, and correct Pillow's value for its transparency."""
    image.load()
    clear = image.info.get("transparency")
    if image.mode == "L" and isinstance(clear, int) and bits < 8:
        image.info["transparency"] = clear * 255 // (2**bits - 1)
    elif image.mode == "RGB" and isinstance(clear, tuple) and bits == 16:
        image.info["transparency"] = tuple(each >> 8 for each in clear)


def is_opaque(image: Image.Image) -> bool:
    """Return whether no pixel is transparent."""
    return not image.has_transparency_data or _alpha(image).getextrema() == (255, 255)


def _alpha(image: Image.Image) -> Image.Image:
    """Return the opacity of each pixel, 0 to 255."""
    if image.mode.startswith("I"):  # 16 bits of grey, of which one value may be clear
        clear = image.info.get("transparency")
        seen = ImageMath.lambda_eval(lambda each: (each["v"] != clear) * 255, v=image.convert("I"))
        mask: Image.Image = seen.convert("L")
        return mask
    return image.convert("RGBA").getchannel("A")


def colour_transform(mode: str, profile: bytes) -> Any:
    """Return the transform to sRGB; None if colours are the same or the profile is unusable."""
    if not profile:
        return None
    try:
        theirs = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        transform = ImageCms.buildTransform(theirs, ImageCms.createProfile("sRGB"), mode, "RGB")
        return None if mode == "RGB" and _is_alike(transform) else transform
    except Exception:  # a profile is a stranger's; who shows the picture ignores a broken one too
        return None


def _is_alike(transform: Any) -> bool:
    colours = bytes(each for r in _STEPS for g in _STEPS for b in _STEPS for each in (r, g, b))
    before = Image.frombytes("RGB", (len(colours) // 3, 1), colours)
    after = ImageCms.applyTransform(before, transform)
    if after is None:
        return False
    bands = ImageChops.difference(before, after).split()
    return all(band.getextrema()[1] <= NEAR for band in bands)  # type: ignore[operator]


def flatten(image: Image.Image) -> Image.Image:
    """Return a picture on white with 8 bits a channel: RGB, grey or CMYK."""
    if image.mode == "CMYK":  # Pillow takes every one for Adobe's, where 255 is no ink
        return image if "adobe" in image.info else ImageChops.invert(image)
    mask = None if is_opaque(image) else _alpha(image)
    if image.mode.startswith("I"):
        shown = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    elif image.mode in {"1", "L"}:
        shown = image.convert("L")
    else:
        shown = image.convert("RGBA" if image.has_transparency_data else "RGB").convert("RGB")
    if mask is None:
        return shown
    white = Image.new("RGB", image.size, "white")
    white.paste(shown, mask=mask)
    return white


def crop_square(image: Image.Image, orientation: int, largest: int) -> Image.Image:
    """Return the middle of a picture, square and upright, at most `largest` pixels wide."""
    if orientation in _TURNS:
        image = image.transpose(_TURNS[orientation])
    (width, height), side = image.size, min(image.size)
    if width != height:
        left, top = (width - side) // 2, (height - side) // 2
        image = image.crop((left, top, left + side, top + side))
    if side > largest:
        image = image.resize((largest, largest), Image.Resampling.LANCZOS)
    return image


def to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Return a picture in sRGB."""
    transform = colour_transform(image.mode, profile)
    changed = ImageCms.applyTransform(image, transform) if transform else image.convert("RGB")
    rgb = changed or image.convert("RGB")
    rgb.info.clear()  # Pillow writes what it finds there into the next file
    return rgb
