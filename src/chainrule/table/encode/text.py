"""The encoder of a column of free text: what its texts have in common, as a few numbers.

    grams     the words, pairs of words, and pieces of three to five characters of every word
    v_g       (1 + ln count of the gram in the text) idf_g                 one bucket g a hash
    v         v / |v|                                                      length 1
    inputs    v V, with the V of the truncated singular value decomposition of all training rows
    idf_g     1 + ln((1 + N) / (1 + texts that have g)), 0 where one text or none has it

The buckets are hashes, so that neither words nor texts stand in the model.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import ClassVar

import numpy as np

from chainrule.errors import DataError
from chainrule.table.column import CATEGORY, Column, as_category
from chainrule.table.encode.column_encoder import NUMBERS, ColumnEncoder
from chainrule.table.encode.scaling import robust_scale, smooth_clip

N_BUCKETS = 4096
MAX_COMPONENTS = 12
_WORD = re.compile(r"\w+")
_PIECES = (3, 4, 5)
_ROWS = 4096  # a block
_MOST_TEXTS = 20_000  # from which the directions are found
_MIN_ROWS = 30
_MIN_WORDS = 3.0  # on average
_MIN_DISTINCT = 0.5


@dataclass(frozen=True)
class TextEncoder(ColumnEncoder):
    """Free text as its coordinates along the directions in which the training texts differ most.

    Attributes
    ----------
    idf : str
        float32 of shape (N_BUCKETS,) in base64.
    directions : tuple of str
        float32 of shape (N_BUCKETS,) in base64, for each of the n inputs: a model file holds no
        longer text than that.
    medians, factors : tuple of float
        Scale of each of the n inputs.
    """

    code: ClassVar[str] = "text"
    idf: str
    directions: tuple[str, ...]
    medians: tuple[float, ...]
    factors: tuple[float, ...]

    @property
    def suffixes(self) -> tuple[str, ...]:
        """`.text0`, `.text1`, ...."""
        return tuple(f".text{index}" for index in range(len(self.medians)))

    @property
    def groups(self) -> tuple[int, ...]:
        """Numbers."""
        return (NUMBERS,) * len(self.medians)

    @property
    def file_kind(self) -> str | None:
        """Text."""
        return "text"

    @cached_property
    def _arrays(self) -> tuple[np.ndarray, np.ndarray]:
        return unpacked(self.idf), np.column_stack([*map(unpacked, self.directions)])

    def write(self, column: Column, out: np.ndarray) -> str | None:
        """Fill `out` of shape (n, n inputs); a missing text is 0 everywhere. No notice."""
        if column.kind != CATEGORY and not column.missing.all():
            column = as_category(column)
        texts = [str(level) for level in column.levels]
        idf, directions = self._arrays
        found = np.empty((len(texts) + 1, len(self.medians)))
        found[:-1] = _projected(texts, idf, directions)
        found[-1] = np.array(self.medians)  # code -1 meets it
        scaled = smooth_clip(found, np.array(self.medians), np.array(self.factors))
        codes = column.values if column.levels else np.full(len(column.values), -1)
        out[:] = scaled[codes]
        return None


def is_free_text(column: Column) -> bool:
    """Whether a column of categories holds texts of many words, mostly different ones."""
    known = int(np.count_nonzero(column.values >= 0))
    if known < _MIN_ROWS or len(column.levels) < _MIN_DISTINCT * known:
        return False
    texts = [level for level in column.levels if isinstance(level, str)]
    if len(texts) < len(column.levels):
        return False
    return sum(len(text.split()) for text in texts) >= _MIN_WORDS * len(texts)


def fit_text(column: Column, weights: np.ndarray | None) -> TextEncoder:
    """The encoder of a column of free text, from all its rows and their weights.

    Raises
    ------
    DataError
        Where no piece of a word stands in two texts.
    """
    from scipy.sparse import csr_matrix
    from sklearn.decomposition import TruncatedSVD

    codes = column.values[column.values >= 0]
    mass = np.ones(len(codes)) if weights is None else weights[column.values >= 0]
    row_mass = np.bincount(codes, mass, len(column.levels))
    texts = [str(level) for level in column.levels]
    if len(texts) > _MOST_TEXTS:  # as many of them, evenly spread, tell the directions
        chosen = np.linspace(0, len(texts) - 1, _MOST_TEXTS).astype(int)
        texts, row_mass = [texts[index] for index in chosen], row_mass[chosen]
    rows, buckets, counts = _grams(texts)
    n_texts = np.bincount(buckets, minlength=N_BUCKETS)
    idf = np.where(n_texts > 1, 1.0 + np.log((1.0 + len(texts)) / (1.0 + n_texts)), 0.0)
    idf = idf.astype(np.float32).astype(np.float64)
    values = _weighted(rows, buckets, counts, idf, len(texts))
    n_components = min(MAX_COMPONENTS, len(texts) - 1, int(np.count_nonzero(n_texts > 1)) - 1)
    if n_components < 1:
        raise DataError(f"column '{column.name}' holds texts that have nothing in common.")
    matrix = csr_matrix((values, (rows, buckets)), (len(texts), N_BUCKETS))
    matrix = matrix.multiply(np.sqrt(row_mass)[:, np.newaxis]).tocsr()
    svd = TruncatedSVD(n_components, n_iter=7, random_state=0).fit(matrix)
    directions = svd.components_.T.astype(np.float32)
    found = _projected(texts, idf, directions)
    scales = [robust_scale(found[:, index], row_mass) for index in range(n_components)]
    medians, factors = zip(*scales, strict=True)
    packed = tuple(map(_packed, directions.T))
    idf_text = _packed(idf.astype(np.float32))
    return TextEncoder(column.name, column.kind, idf_text, packed, medians, factors)


def _grams(texts: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(text, bucket, how often) of every bucket that a text has, sorted."""
    known: dict[str, list[int]] = {}
    rows: list[int] = []
    found: list[int] = []
    for row, text in enumerate(texts):
        words = _WORD.findall(text.lower())
        start = len(found)
        for word in words:
            if word not in known:
                known[word] = [_bucket(piece) for piece in _pieces(word)]
            found += known[word]
        found += [_bucket(f"{one} {two}") for one, two in pairwise(words)]
        rows += [row] * (len(found) - start)
    keys = np.array(rows, np.int64) * N_BUCKETS + np.array(found, np.int64)
    keys, counts = np.unique(keys, return_counts=True)
    return keys // N_BUCKETS, keys % N_BUCKETS, counts


def _pieces(word: str) -> Iterator[str]:
    """The word, and its pieces with a mark where it begins and ends."""
    yield word
    marked = f"<{word}>"
    for size in _PIECES:
        for start in range(len(marked) - size + 1):
            yield marked[start : start + size]


def _bucket(gram: str) -> int:
    return zlib.crc32(gram.encode("utf-8", "surrogatepass")) % N_BUCKETS


def _weighted(
    rows: np.ndarray, buckets: np.ndarray, counts: np.ndarray, idf: np.ndarray, n_texts: int
) -> np.ndarray:
    """v of every entry, scaled so that each text has the length 1."""
    values = (1.0 + np.log(counts)) * idf[buckets]
    lengths = np.sqrt(np.bincount(rows, values**2, n_texts))
    return np.asarray(values / np.where(lengths > 0, lengths, 1.0)[rows])


def _projected(texts: list[str], idf: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """v V of every text, shape (n, n inputs); the order of the sums is fixed for every text."""
    out = np.zeros((len(texts), directions.shape[1]))
    wide_idf, wide = idf.astype(np.float64), directions.astype(np.float64)
    for start in range(0, len(texts), _ROWS):
        block = texts[start : start + _ROWS]
        rows, buckets, counts = _grams(block)
        values = _weighted(rows, buckets, counts, wide_idf, len(block))
        for index in range(wide.shape[1]):
            out[start : start + len(block), index] = np.bincount(
                rows, values * wide[buckets, index], len(block)
            )
    return out


def _packed(array: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(array, "<f4").tobytes()).decode("ascii")


def unpacked(text: str) -> np.ndarray:
    """float32 from base64; `ValueError` where it is none."""
    return np.frombuffer(base64.b64decode(text, validate=True), "<f4")
