"""Functions that a C file may need, as text, by name.

@T stands for the type of their numbers, @f for what the names of functions of that type end with.
"""

from __future__ import annotations

HELPERS = {
    "minimum": """\
/* The smaller of two; NAN where one is. */
static @T minimum@f(@T a, @T b)
{
    return a < b || isnan(a) ? a : b;
}
""",
    "maximum": """\
/* The larger of two; NAN where one is. */
static @T maximum@f(@T a, @T b)
{
    return a > b || isnan(a) ? a : b;
}
""",
    "sigmoid": """\
/* 1 / (1 + e^-z), without overflow. */
static @T sigmoid@f(@T z)
{
    const @T small = exp@f(-fabs@f(z));
    return (z >= 0 ? 1 : small) / (1 + small);
}
""",
    "softplus": """\
/* ln(1 + e^z), without overflow. */
static @T softplus@f(@T z)
{
    return (z > 0 ? z : 0) + log1p@f(exp@f(-fabs@f(z)));
}
""",
    "normal_cdf": """\
/* The probability that a standard normal number is below z. */
static @T normal_cdf@f(@T z)
{
    return (@T)0.5 * erfc@f(z * (@T)-0.70710678118654752);
}
""",
    "row_sum": """\
static @T row_sum@f(const @T *a, int n)
{
    @T sum = 0;
    for (int i = 0; i < n; i++)
        sum += a[i];
    return sum;
}
""",
    "row_max": """\
static @T row_max@f(const @T *a, int n)
{
    @T largest = a[0];
    for (int i = 1; i < n; i++)
        largest = a[i] > largest ? a[i] : largest;
    return largest;
}
""",
    "row_argmax": """\
/* The place of the largest, the first of equals. */
static long long row_argmax@f(const @T *a, int n)
{
    int best = 0;
    for (int i = 1; i < n; i++)
        best = a[i] > a[best] ? i : best;
    return best;
}
""",
    "row_sort": """\
/* Ascending, in place: heapsort. */
static void row_sort@f(@T *a, int n)
{
    for (int start = n / 2, end = n; end > 1;) {
        if (start > 0) {
            start--; /* still building the heap, whose largest is a[0] */
        } else {
            const @T largest = a[0];
            a[0] = a[--end];
            a[end] = largest;
        }
        const @T sinking = a[start];
        int hole = start;
        for (int child; (child = 2 * hole + 1) < end; hole = child) {
            child += child + 1 < end && a[child] < a[child + 1];
            if (a[child] <= sinking)
                break;
            a[hole] = a[child];
        }
        a[hole] = sinking;
    }
}
""",
    "matmul": """\
/* out = W a, of W transposed: (n_in, n_out). */
static void matmul@f(const @T *a, const @T *w, int n_in, int n_out, @T *out)
{
    for (int j = 0; j < n_out; j++)
        out[j] = 0;
    for (int i = 0; i < n_in; i++)
        for (int j = 0; j < n_out; j++)
            out[j] += a[i] * w[i * n_out + j];
}
""",
    "matmul_groups": """\
/* Groups of k elements of a, each times its own (outputs, k) of the weights. */
static void matmul_groups@f(const @T *a, const @T *w, int groups, int k, int outputs, @T *out)
{
    for (int j = 0; j < groups * outputs; j++) {
        const @T *own = a + j / outputs * k;
        out[j] = 0;
        for (int i = 0; i < k; i++)
            out[j] += own[i] * w[j * k + i];
    }
}
""",
    "lookup": """\
struct level {
    const char *text;
    long long number;
};

/* The number of a text among ascending ones; 0 where it has none, or is NULL. */
static long long lookup(const char *text, const struct level *levels, int n)
{
    int low = 0, high = n;
    while (text && low < high) {
        const int middle = low + (high - low) / 2, order = strcmp(text, levels[middle].text);
        if (order == 0)
            return levels[middle].number;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return 0;
}
""",
    "hashed": """\
/* BLAKE2b (RFC 7693) of 8 bytes with a key, in hexadecimal digits; NULL where the text is. */
static const char *hashed(const char *text, const unsigned char *key, int key_size, char *digits)
{
    static const unsigned char ORDER[10][16] = {
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
        {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
        {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
        {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
        {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
        {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
        {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
        {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
        {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
        {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
    };
    static const unsigned char CORNERS[8][4] = {
        {0, 4, 8, 12}, {1, 5, 9, 13}, {2, 6, 10, 14}, {3, 7, 11, 15},
        {0, 5, 10, 15}, {1, 6, 11, 12}, {2, 7, 8, 13}, {3, 4, 9, 14},
    };
    static const unsigned char TURNS[4] = {32, 24, 16, 63};
    static const uint64_t START[8] = {
        0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
        0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
    };
    if (!text)
        return NULL;
    const uint64_t length = strlen(text), total = 128 + length;
    uint64_t h[8];
    memcpy(h, START, sizeof h);
    h[0] ^= 0x01010000u ^ ((uint64_t)key_size << 8) ^ 8u;
    for (uint64_t from = 0; from < total; from += 128) {
        const int is_last = total - from <= 128;
        uint64_t words[16] = {0}, v[16];
        for (uint64_t i = 0; i < 128 && from + i < total; i++) {
            uint64_t byte = from > 0 ? (unsigned char)text[from - 128 + i] : 0;
            if (from == 0 && i < (uint64_t)key_size)
                byte = key[i];
            words[i / 8] |= byte << (8 * (i % 8));
        }
        memcpy(v, h, sizeof h);
        memcpy(v + 8, START, sizeof START);
        v[12] ^= is_last ? total : from + 128;
        v[14] = is_last ? ~v[14] : v[14];
        for (int round = 0; round < 12; round++)
            for (int corner = 0; corner < 8; corner++) {
                const unsigned char *at = CORNERS[corner], *order = ORDER[round % 10] + 2 * corner;
                for (int half = 0; half < 2; half++) {
                    uint64_t *a = v + at[0], *b = v + at[1], *c = v + at[2], *d = v + at[3];
                    *a += *b + words[order[half]];
                    *d ^= *a;
                    *d = *d >> TURNS[2 * half] | *d << (64 - TURNS[2 * half]);
                    *c += *d;
                    *b ^= *c;
                    *b = *b >> TURNS[2 * half + 1] | *b << (64 - TURNS[2 * half + 1]);
                }
            }
        for (int i = 0; i < 8; i++)
            h[i] ^= v[i] ^ v[i + 8];
    }
    for (int i = 0; i < 16; i++)
        digits[i] = "0123456789abcdef"[h[0] >> (8 * (i / 2) + 4 * (1 - i % 2)) & 15];
    digits[16] = 0;
    return digits;
}
""",
}


def helper(name: str, number_type: str) -> str:
    """The text of a helper for `double` or `float`."""
    suffix = "f" if number_type == "float" else ""
    return HELPERS[name].replace("@T", number_type).replace("@f", suffix)
