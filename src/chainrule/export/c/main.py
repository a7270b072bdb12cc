"""The example program of a C file: rows of CSV in, answers of CSV out."""

from __future__ import annotations

from chainrule.export.c.text import identifier
from chainrule.export.description import Description, InputColumn
from chainrule.export.values import BOOL, FLOAT32, INT64, TEXT

_HEAD = """\
#ifdef @UPPER_MAIN

/* An example: rows of CSV with a header come in, their answers go out.
       cc -std=c99 -O2 -D@UPPER_MAIN "@stem.c" -o "@stem" -lm && "./@stem" < rows.csv */
#include <stdio.h>
#include <stdlib.h>

enum { MOST_BYTES = 1 << 20, MOST_FIELDS = 1 << 16 }; /* of a record */

static char record[MOST_BYTES];
static int starts[MOST_FIELDS], columns[MOST_FIELDS];
static long line = 1, next = 1; /* of the file: where a record begins, and the one behind it */

static void fail(const char *what, const char *text)
{
    fprintf(stderr, "line %ld: %s%s\\n", line, what, text);
    exit(1);
}

/* Read the fields of a record, which may stand in quotes; their number, -1 at the end. */
static int read_record(void)
{
    int quoted = 0, n_fields = 1, used = 0, c = getchar();
    line = next;
    if (c == EOF)
        return -1;
    for (starts[0] = 0;; c = getchar()) {
        if (used > MOST_BYTES - 3 || n_fields == MOST_FIELDS)
            fail("the record is too long", "");
        if (quoted && c == '"' && (c = getchar()) != '"')
            quoted = 0;
        else if (quoted && c == '"') {
            record[used++] = '"';
            continue;
        }
        next += c == '\\n';
        if (c == EOF || (c == '\\n' && !quoted))
            break;
        if (!quoted && c == '"')
            quoted = 1;
        else if (!quoted && c == ',') {
            record[used++] = 0;
            starts[n_fields++] = used;
        } else if (quoted || c != '\\r')
            record[used++] = (char)c;
    }
    record[used] = 0;
    return n_fields;
}
"""
_NUMBER = """
/* A number; NAN where the cell is empty or says so. */
static double number(const char *text)
{
    static const char *const MISSING[] = {"", "NA", "N/A", "NULL", "null", "None"};
    for (size_t i = 0; i < sizeof MISSING / sizeof *MISSING; i++)
        if (strcmp(text, MISSING[i]) == 0)
            return NAN;
    char *end;
    const double found = strtod(text, &end);
    if (*end)
        fail("this is no number: ", text);
    return found;
}
"""
_READERS = {
    "days": """
/* Days since 1970 of 2024-12-31 or 2024-12-31 23:59:59; or the number of them. */
static double days(const char *text)
{
    int year, month, day, hour = 0, minute = 0;
    double second = 0;
    if (sscanf(text, "%4d-%2d-%2d%*1[ T]%2d:%2d:%lf", &year, &month, &day, &hour, &minute,
               &second) < 3)
        return number(text);
    year -= month <= 2; /* a year that begins in March ends with its leap day */
    const int era = (year >= 0 ? year : year - 399) / 400, of_era = year - era * 400;
    const int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const long date = era * 146097L + of_era * 365L + of_era / 4 - of_era / 100 + of_year;
    return (double)(date - 719468) + ((hour * 60 + minute) * 60 + second) / 86400;
}
""",
    "hours": """
/* Hours since midnight of 23:59 or 23:59:59; or the number of them. */
static double hours(const char *text)
{
    int hour, minute;
    double second = 0;
    if (sscanf(text, "%2d:%2d:%lf", &hour, &minute, &second) < 2)
        return number(text);
    return hour + minute / 60.0 + second / 3600;
}
""",
    "flag": """
/* 1 of true, 0 of false; or the number. */
static double flag(const char *text)
{
    switch (*text) {
    case 't': case 'T': return 1;
    case 'f': case 'F': return 0;
    default: return number(text);
    }
}
""",
}
_TEXT = """
static void print_text(const char *text)
{
    putchar('"');
    for (; *text; text++) {
        if (*text == '"')
            putchar('"');
        putchar(*text);
    }
    putchar('"');
}
"""
_MAIN = """
int main(void)
{
    struct @name_row row;
    struct @name_answer answer;
    const int n_fields = read_record();
    for (int field = 0; field < n_fields; field++)
        for (int i = columns[field] = 0; i < @n_columns; i++)
            if (strcmp(record + starts[field], @name_columns[i]) == 0)
                columns[field] = i + 1;
    for (int i = 0, field; i < @n_columns; i++) {
        for (field = 0; field < n_fields && columns[field] != i + 1;)
            field++;
        if (field >= n_fields)
            fail("the header has no column ", @name_columns[i]);
    }
    puts("@header");
    for (int n; (n = read_record()) >= 0;) {
        if (n == 1 && n_fields > 1 && !record[0])
            continue; /* an empty line */
        if (n != n_fields)
            fail("the record has not as many fields as the header", "");
        for (int field = 0; field < n_fields; field++)
            set(&row, columns[field] - 1, record + starts[field]);
        @name_predict(&row, &answer);
@prints
        putchar('\\n');
    }
    return 0;
}

#endif /* @UPPER_MAIN */
"""
_FORMATS = {INT64: "%lld", BOOL: "%d", FLOAT32: "%.9g"}


def example(stem: str, name: str, description: Description) -> str:
    """The program, behind `#ifdef`."""
    columns, outputs = description.columns, description.outputs
    members = members_of(columns)
    cells: list[str] = []
    used: set[str] = set()
    for column, member in zip(columns, members, strict=True):
        reader = _reader(column)
        used.add(reader)
        for place in range(column.width):
            target = f"row->{member}" + (f"[{place}]" if column.width > 1 else "")
            value = "text" if reader == "text" else f"{reader}(text)"
            value = f"(float){value}" if column.dtype == FLOAT32 else value
            cells.append(f"    case {len(cells)}: {target} = {value}; break;")
    header: list[str] = []
    prints: list[str] = []
    for output in outputs:
        member, width = identifier(output.name, set()), output.value.width
        for place in range(width):
            element = f"{member}[{place}]" if width > 1 else member
            comma = "        putchar(',');\n" if header else ""
            header.append(element)
            prints.append(comma + _printed(output.value.dtype, f"answer.{element}"))
    parts = [_HEAD, _NUMBER if used - {"text"} else ""]
    parts += [text for reader, text in _READERS.items() if reader in used]
    parts.append(
        "\nstatic void set(struct @name_row *row, int column, const char *text)\n{\n"
        "    switch (column) {\n" + "\n".join(cells) + "\n    default: break;\n    }\n}\n"
    )
    parts += [_TEXT if any(output.value.dtype == TEXT for output in outputs) else "", _MAIN]
    values = {
        "@n_columns": str(len(cells)),
        "@header": ",".join(header),
        "@prints": "\n".join(prints),
        "@UPPER": name.upper(),
        "@name": name,
        "@stem": stem,
    }
    text = "".join(parts)
    for key, value in values.items():
        text = text.replace(key, value)
    return text


def _printed(dtype: str, value: str) -> str:
    if dtype == TEXT:
        return f"        print_text({value});"
    return f'        printf("{_FORMATS.get(dtype, "%.17g")}", {value});'


def _reader(column: InputColumn) -> str:
    """The function that reads a column's cells."""
    if column.dtype == TEXT:
        return "text"
    if column.unit.startswith("days since"):
        return "days"
    return {"hours since midnight": "hours", "0 or 1": "flag"}.get(column.unit, "number")


def members_of(columns: tuple[InputColumn, ...]) -> list[str]:
    """The names of the columns in the structure of a row."""
    taken: set[str] = set()
    return [identifier(column.name, taken) for column in columns]


def names_of(columns: tuple[InputColumn, ...]) -> list[str]:
    """What the fields of a row are called in the header of a table."""
    return [name for column in columns for name in column.fields]
