"""Pictures of people: drawn from their names, or asked of a service by the browser."""

import hashlib
import zlib

HUES = 12
"""How many colours there are; ``faces.css`` has one rule for each."""


def initials(title: str) -> str:
    """Return the one or two letters that stand for somebody."""
    words = [word for word in title.split() if word[0].isalnum()]
    if not words:
        return title.strip()[:1].upper() or "?"
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return letters.upper()


def hue(key: str) -> int:
    """Return the number of the colour that belongs to *key*: always the same."""
    return zlib.crc32(key.encode(errors="replace")) % HUES


def picture(service: str, email: str) -> str:
    """Return where *service* has a picture for *email*; nothing where it is off.

    The service learns a hash of the address, and who looks at which page of ours.
    """
    if not service or not email:
        return ""
    digest = hashlib.sha256(email.strip().lower().encode()).hexdigest()
    return f"{service.rstrip('/')}/{digest}?d=404&s=160"
