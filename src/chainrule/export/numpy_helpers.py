"""Functions that a NumPy file may need, as text, by name."""

from __future__ import annotations

HELPERS = {
    "numbers": '''\
def numbers(values):
    """A column of float64 (n, 1); dates become days since 1970, spans become days."""
    values = np.asarray(values)
    if values.dtype.kind == "M":
        values = (values - np.datetime64(0, "D")) / np.timedelta64(1, "D")
    elif values.dtype.kind == "m":
        values = values / np.timedelta64(1, "D")
    elif values.dtype.kind == "O":
        values = [np.nan if value is None else value for value in values.reshape(-1)]
    return np.asarray(values, np.float64).reshape(-1, 1)
''',
    "matrix": '''\
def matrix(rows, columns):
    """Rows of float64 (n, columns)."""
    return np.asarray(rows, np.float64).reshape(-1, columns)
''',
    "texts": '''\
def texts(values):
    """A column of texts (n, 1), None where missing."""
    cells = np.asarray(values, object).reshape(-1).tolist()
    found = np.empty((len(cells), 1), object)
    found[:, 0] = [None if v is None or v != v else str(v) for v in cells]
    return found
''',
    "lookup": '''\
def lookup(names, numbers):
    """The number of every text (n, 1), 0 for a text that has none."""
    return np.array([[numbers.get(name, 0)] for name in names[:, 0]], np.int64)
''',
    "hashed": '''\
def hashed(names, key):
    """The keyed hash of every text."""
    found = names.copy()
    for row, name in enumerate(names[:, 0]):
        if name is not None:
            data = name.encode("utf-8", "surrogatepass")
            digest = hashlib.blake2b(data, key=bytes.fromhex(key), digest_size=8)
            found[row, 0] = digest.hexdigest()
    return found
''',
    "sigmoid": '''\
def sigmoid(z):
    """1 / (1 + e^-z), without overflow."""
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, small) / (1 + small)
''',
    "normal_cdf": '''\
def normal_cdf(z):
    """The probability that a standard normal number is below z."""
    flat = [0.5 * math.erfc(-v / math.sqrt(2.0)) for v in z.reshape(-1).tolist()]
    return np.array(flat, z.dtype).reshape(z.shape)
''',
    "matmul_groups": '''\
def matmul_groups(a, weights, groups):
    """Groups of columns of a, each times its own rows of the weights."""
    a = a.reshape(len(a), groups, -1).transpose(1, 0, 2)
    weights = weights.reshape(groups, -1, weights.shape[1]).transpose(0, 2, 1)
    made = (a @ weights).transpose(1, 0, 2)
    return made.reshape(made.shape[0], -1)
''',
    "unpacked": '''\
def unpacked(dtype, shape, text):
    """An array from base64."""
    data = np.frombuffer(base64.b64decode(text), np.dtype(dtype).newbyteorder("<"))
    return data.astype(dtype).reshape(shape)
''',
}  # fmt: skip
