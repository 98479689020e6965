"""Reads certificates with libraries that this house did not write, from nothing but what it publishes."""

import io
import json
import re
import zlib
from base64 import b64decode
from base64 import b64encode as _b64encode
from typing import Any

import base45
import cwt
import segno
import zxingcpp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.jwk import KeySet
from PIL import Image

REGISTRY = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)


def picture(code: "segno.QRCode") -> bytes:
    """As a printer draws it."""
    out = io.BytesIO()
    code.save(out, kind="png", scale=4)
    return out.getvalue()


def scanned(image: bytes) -> list[str]:
    """Every QR code in a picture; among so many squares a line of bars is seen now and then that nobody drew."""
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(image)), formats=zxingcpp.BarcodeFormat.QRCode)
    return [code.text for code in found]


def jws_of(text: str) -> str:
    digits = text.removeprefix("shc:/")
    return "".join(chr(int(digits[n : n + 2]) + 45) for n in range(0, len(digits), 2))


def shc(text: str, jwks: list[dict[str, Any]]) -> dict[str, Any]:
    """The claims of a SMART Health Card; raises where signature or key does not hold."""
    keys = KeySet.import_key_set({"keys": [{k: v for k, v in key.items() if k != "crlVersion"} for key in jwks]})
    body = jws.deserialize_compact(jws_of(text), keys, registry=REGISTRY).payload
    return json.loads(zlib.decompress(body, -15))


def dcc(text: str, trust: list[dict[str, str]]) -> dict[int, Any]:
    """The claims of an EU certificate; raises where signature, key or time does not hold."""
    keys = []
    for row in trust:
        public = x509.load_der_x509_certificate(b64decode(row["rawData"])).public_key()
        pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        keys.append(cwt.COSEKey.from_pem(pem, alg="ES256", kid=b64decode(row["kid"])))
    return cwt.decode(zlib.decompress(base45.b45decode(text.removeprefix("HC1:"))), keys)


def b64encode(raw: bytes) -> str:
    return _b64encode(raw).decode()


def drawn(size: int, path: str) -> bytes:
    """The picture that a browser draws of a code's path: strokes one module high."""
    image = Image.new("L", (size, size), 255)
    x = y = 0.0
    for command, x1, x2 in re.findall(r"([Mmh])\s*(-?[\d.]+)(?:[ ,]?(-?[\d.]+))?", path):
        if command == "h":
            for n in range(int(float(x1))):
                image.putpixel((int(x) + n, int(y)), 0)
            x += float(x1)
        else:
            x, y = (float(x1), float(x2)) if command == "M" else (x + float(x1), y + float(x2))
    out = io.BytesIO()
    image.resize((size * 4, size * 4), Image.Resampling.NEAREST).save(out, "png")
    return out.getvalue()
