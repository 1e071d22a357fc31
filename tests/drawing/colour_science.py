"""What the tests of the themes need of colour science: contrast, colour-vision simulation and colour difference.

Kept beside the tests, with the sources of every formula: the application itself never computes these.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Machado, Oliveira and Fernandes (2009), doi:10.1109/TVCG.2009.113, severity 1.0; they act on linear RGB.
MACHADO = {
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
#: sRGB (IEC 61966-2-1) to XYZ under D65.
_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE = _TO_XYZ.sum(axis=1)


def linear_rgb(colour: str) -> NDArray[np.float64]:
    """Return ``#rrggbb`` as linear RGB in 0 … 1, shape (3,)."""
    value = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255.0
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of WCAG 2.2, 1 … 21."""
    light = sorted(float(linear_rgb(colour) @ _TO_XYZ[1]) for colour in (first, second))
    return (light[1] + 0.05) / (light[0] + 0.05)


def lab(colour: str, vision: str = "") -> NDArray[np.float64]:
    """Return CIE L*a*b* (D65), shape (3,), as seen with normal colour vision or one of `MACHADO`."""
    rgb = linear_rgb(colour)
    if vision:
        rgb = np.clip(MACHADO[vision] @ rgb, 0.0, 1.0)
    ratio = (_TO_XYZ @ rgb) / _WHITE
    f = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def delta_e_2000(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return CIEDE2000 of two L*a*b* colours (Sharma, Wu and Dalal 2005, doi:10.1002/col.20070)."""
    (l1, a1, b1), (l2, a2, b2) = first, second
    mean_chroma = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 0.5 * (1 - np.sqrt(mean_chroma**7 / (mean_chroma**7 + 25.0**7)))
    a1, a2 = (1 + g) * a1, (1 + g) * a2
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    turn = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    d_h = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    l_mean, c_mean = (l1 + l2) / 2, (c1 + c2) / 2
    h_mean = h1 + h2 if c1 * c2 == 0 else (h1 + turn / 2) % 360

    def cosine(degrees: float) -> float:
        return float(np.cos(np.radians(degrees)))

    t = (
        1
        - 0.17 * cosine(h_mean - 30)
        + 0.24 * cosine(2 * h_mean)
        + 0.32 * cosine(3 * h_mean + 6)
        - 0.20 * cosine(4 * h_mean - 63)
    )
    s_l = 1 + 0.015 * (l_mean - 50) ** 2 / np.sqrt(20 + (l_mean - 50) ** 2)
    s_c, s_h = 1 + 0.045 * c_mean, 1 + 0.015 * c_mean * t
    r_c = 2 * np.sqrt(c_mean**7 / (c_mean**7 + 25.0**7))
    r_t = -np.sin(np.radians(60 * np.exp(-(((h_mean - 275) / 25) ** 2)))) * r_c
    parts = (l2 - l1) / s_l, (c2 - c1) / s_c, d_h / s_h
    return float(np.sqrt(parts[0] ** 2 + parts[1] ** 2 + parts[2] ** 2 + r_t * parts[1] * parts[2]))
