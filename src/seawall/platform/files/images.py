"""Pictures that people send: known by their content, made small, and without what the camera wrote beside them."""

import io
import warnings

from PIL import Image, ImageOps

from seawall.terms.acts import Refused

KINDS = ("JPEG", "PNG", "WEBP")
MOST_BYTES, MOST_PIXELS = 12_000_000, 50_000_000
SIDE, QUALITY = 1_600, 80  # pixels of the longer side, and quality, as it is kept


def small(content: bytes) -> bytes:
    """The picture as a JPEG that tells nothing of place, moment or device; IMAGE_TOO_LARGE, IMAGE_KIND, IMAGE_BROKEN."""
    if len(content) > MOST_BYTES:
        raise too_large()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=KINDS)
            if picture.width * picture.height > MOST_PIXELS:
                raise too_large()
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except Image.UnidentifiedImageError as error:
        raise Refused("IMAGE_KIND", kinds=", ".join(KINDS)) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise too_large() from error
    except (OSError, SyntaxError, ValueError) as error:
        raise Refused("IMAGE_BROKEN") from error
    upright.thumbnail((SIDE, SIDE))
    kept = io.BytesIO()
    upright.save(kept, "JPEG", quality=QUALITY)
    return kept.getvalue()


def too_large() -> Refused:
    """What is said of a picture with more than is taken."""
    return Refused("IMAGE_TOO_LARGE", megabytes=MOST_BYTES // 1_000_000, megapixels=MOST_PIXELS // 1_000_000)
