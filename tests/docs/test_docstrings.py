"""Docstrings of the public names: every argument, what comes back, what is raised, what is fitted.

The first half walks the objects that people import; the second reads the source of every public
function and asks one thing: whoever raises says so.
"""

from __future__ import annotations

import ast
import functools
import inspect
import re
import textwrap
from pathlib import Path

import pytest
from docs.public_names import public_objects

import chainrule

SOURCE = Path(chainrule.__file__).parent
SILENT = {"chainrule.cli"}  # its functions speak through the help of their command
HEADING = re.compile(r"^(\w+)\n-{3,}$", re.MULTILINE)
SAYS_SO = re.compile(r"\b[Rr]aises?\b|\b\w+Error\b")


def sections(docstring):
    """Title -> text of a NumPy-style docstring."""
    parts = HEADING.split(inspect.cleandoc(docstring or ""))
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def entries(section):
    """The names that stand at the margin of a section, without stars and types."""
    heads = [line.split(" : ")[0] for line in section.splitlines() if re.match(r"[\w*`]", line)]
    return [name.strip(" *`") for head in heads for name in head.split(",")]


def of_chainrule(thing):
    return getattr(thing, "__module__", "").startswith("chainrule.")


def functions_of(cls):
    """(name, function or property) of the public members that chainrule itself defines."""
    found = {}
    for base in reversed([base for base in cls.__mro__ if of_chainrule(base)]):
        found.update(vars(base))
    return [(name, value) for name, value in found.items() if not name.startswith("_")]


def plain(member):
    """The function below a classmethod or scikit-learn's `available_if`; others as they are."""
    if isinstance(member, classmethod | staticmethod):
        return member.__func__
    return getattr(member, "fn", member)


PUBLIC = public_objects()
CLASSES = {name: thing for name, thing in PUBLIC.items() if inspect.isclass(thing)}
MEMBERS = {
    f"{place}.{name}": (cls, name, value)
    for place, cls in CLASSES.items()
    for name, value in functions_of(cls)
}
FUNCTIONS = {
    **{name: (None, name, f) for name, f in PUBLIC.items() if inspect.isfunction(f)},
    **{
        place: (cls, name, plain(value))
        for place, (cls, name, value) in MEMBERS.items()
        if inspect.isfunction(plain(value))
    },
}
PROPERTIES = {place: found for place, found in MEMBERS.items() if isinstance(found[2], property)}


def docstrings_of(cls, name, function):
    """The function's own, and those of what it overrides: they hold where it says nothing else."""
    above = [plain(vars(base)[name]) for base in cls.__mro__ if name in vars(base)] if cls else []
    return [found.__doc__ for found in (function, *above) if found.__doc__]


def is_refusal(node):
    return isinstance(node, ast.Raise) and "NotImplementedError" not in ast.dump(node)


def has_raise(function):
    """Whether the function's own body holds a `raise`, those of functions inside it aside, and that
    of an interface without a body."""

    def of(node):
        inner = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
        children = [child for child in ast.iter_child_nodes(node) if not isinstance(child, inner)]
        return any(is_refusal(child) or of(child) for child in children)

    return of(function)


def source_raises(function):
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    return has_raise(tree.body[0])


def arguments(function):
    names = list(inspect.signature(function).parameters)
    return [name for name in names if name not in ("self", "cls")]


def check_parameters(name, docstring, expected):
    if not expected:
        return
    described = sections(docstring)
    assert "Parameters" in described, f"{name} has no section Parameters"
    named = entries(described["Parameters"])
    missing = [argument for argument in expected if argument not in named]
    strange = [argument for argument in named if argument not in expected]
    assert not missing, f"{name} does not describe {', '.join(missing)}"
    assert not strange, f"{name} describes {', '.join(strange)}, which it does not take"


@pytest.mark.parametrize("place", FUNCTIONS)
def test_a_function_describes_arguments_result_and_errors(place):
    cls, name, function = FUNCTIONS[place]
    told = docstrings_of(cls, name, function)
    assert told, f"{place} has no docstring"
    described = {title for docstring in told for title in sections(docstring)}
    whole = next((one for one in told if "Parameters" in sections(one)), told[0])
    check_parameters(place, whole, arguments(function))
    if function.__annotations__["return"] not in ("None", None):
        assert described & {"Returns", "Yields"}, f"{place} has no section Returns"
    if source_raises(function):
        assert "Raises" in described, f"{place} has no section Raises"


@pytest.mark.parametrize("place", PROPERTIES)
def test_a_property_says_what_it_is(place):
    cls, name, value = PROPERTIES[place]
    listed = entries(sections(cls.__doc__).get("Attributes", ""))
    assert docstrings_of(cls, name, value) or name in listed, f"{place} is not described"


def attributes(cls):
    """Public attributes: declared, fitted (`spec_`), or computed."""
    found = set()
    for base in (base for base in cls.__mro__ if of_chainrule(base)):
        found |= {name for name, value in vars(base).items() if isinstance(value, property)}
        found |= {
            name
            for name in inspect.get_annotations(base)
            if name.endswith("_") or not hasattr(cls, "get_params")
        }
        found |= set(re.findall(r"\bself\.(\w+_)(?:: [^=\n]+)? = ", inspect.getsource(base)))
    given = set(arguments(cls.__init__))
    return sorted(name for name in found - given if not name.startswith("_"))


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_describes_parameters_and_attributes(name):
    cls = CLASSES[name]
    assert cls.__doc__, f"{name} has no docstring"
    given, found = entries_of(cls, "Parameters"), entries_of(cls, "Attributes")
    takes = arguments(cls.__init__) if of_chainrule(cls.__init__) else []
    missing = [argument for argument in takes if argument not in (*given, *found)]
    assert not missing, f"{name} does not describe {', '.join(missing)}"
    strange = [argument for argument in given if argument not in takes]
    assert not strange, f"{name} describes {', '.join(strange)}, which it does not take"
    others = [] if name.count(".") == 1 or ".plots." in name else described_properties(cls)
    missing = [one for one in attributes(cls) if one not in (*found, *given, *others)]
    assert not missing, f"{name} does not list the attributes {', '.join(missing)}"


def described_properties(cls):
    """Those that speak for themselves in the reference."""
    of_class = {name: value for name, value in functions_of(cls) if isinstance(value, property)}
    return [name for name, value in of_class.items() if docstrings_of(cls, name, value)]


def entries_of(cls, title):
    """Those of its docstring, and of its bases' where they speak of the same."""
    told = [base.__doc__ for base in cls.__mro__ if of_chainrule(base) and base.__doc__]
    return [entry for one in told for entry in entries(sections(one).get(title, ""))]


@functools.cache
def modules():
    """Dotted name -> tree of every module whose functions are read."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE.parent).with_suffix("").parts
        found[".".join(parts).removesuffix(".__init__")] = ast.parse(path.read_text("utf-8"))
    left_out = SILENT
    return {
        name: tree for name, tree in found.items() if ".".join(name.split(".")[:2]) not in left_out
    }


def raising(body, owner=""):
    """(name, docstrings that may say so) of each public function in a body that raises itself.

    A special method has its class to speak for it.
    """
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            said = ast.get_docstring(node) or ""
            for name, docstring in raising(node.body, f"{node.name}."):
                special = name.removeprefix(f"{node.name}.").startswith("__")
                yield name, docstring + said if special else docstring
        elif isinstance(node, ast.FunctionDef) and has_raise(node):
            special = bool(owner) and node.name.startswith("__") and node.name != "__getattr__"
            if special or not node.name.startswith("_"):
                yield f"{owner}{node.name}", ast.get_docstring(node) or ""


@pytest.mark.parametrize("module", modules())
def test_whoever_raises_says_so(module):
    silent = [name for name, said in raising(modules()[module].body) if not SAYS_SO.search(said)]
    assert not silent, f"{module}: no word of what is raised by {', '.join(silent)}"


def test_the_checks_find_what_is_missing():
    """The readers above, on docstrings that lack something."""
    whole = "Do.\n\nParameters\n----------\nX, y : array\n    Rows.\n**more\n    To `fit`.\n"
    check_parameters("f", whole, ["X", "y", "more"])
    for expected in (["X", "y", "more", "z"], ["X", "y"]):
        with pytest.raises(AssertionError, match=r"f describes|f does not describe"):
            check_parameters("f", whole, expected)
    with pytest.raises(AssertionError, match="no section"):
        check_parameters("f", "Do.", ["X"])
    tree = ast.parse('class A:\n    def f(self):\n        """Do."""\n        raise ValueError\n')
    assert [name for name, said in raising(tree.body) if not SAYS_SO.search(said)] == ["A.f"]
