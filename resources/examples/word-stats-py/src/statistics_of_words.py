"""Counts words without regard to case or punctuation. Needs nothing but Python, so that it can be tried anywhere."""

import re
import unicodedata
from collections import Counter

# Letters, with an apostrophe or a hyphen only between them: "one's" and "well-being" are one word, "(1)" is none.
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def words_of(text):
    return WORD.findall(unicodedata.normalize("NFC", text).lower())


def statistics(title, text, top):
    words = words_of(text)
    counts = Counter(words)
    ranked = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return {
        "title": title,
        "words": len(words),
        "distinct": len(counts),
        "mean_length": sum(map(len, words)) / len(words) if words else 0.0,
        "top": [{"word": word, "count": count} for word, count in ranked[: max(top, 0)]],
    }
