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

import chainrule
from chainrule import plots

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


PUBLIC = [
    *(getattr(chainrule, name) for name in chainrule.__all__),
    *(getattr(plots, name) for name in plots.__all__),
]
CLASSES = {thing.__name__: thing for thing in PUBLIC if inspect.isclass(thing)}
MEMBERS = {f"{c}.{name}": value for c, cls in CLASSES.items() for name, value in functions_of(cls)}
FUNCTIONS = {
    **{thing.__name__: thing for thing in PUBLIC if inspect.isfunction(thing)},
    **{name: plain(m) for name, m in MEMBERS.items() if inspect.isfunction(plain(m))},
}
PROPERTIES = {name: m for name, m in MEMBERS.items() if isinstance(m, property)}


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


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_describes_arguments_result_and_errors(name):
    function = FUNCTIONS[name]
    assert function.__doc__, f"{name} has no docstring"
    check_parameters(name, function.__doc__, arguments(function))
    described = sections(function.__doc__)
    if function.__annotations__["return"] not in ("None", None):
        assert "Returns" in described, f"{name} has no section Returns"
    if source_raises(function):
        assert "Raises" in described, f"{name} has no section Raises"


@pytest.mark.parametrize("name", PROPERTIES)
def test_a_property_says_what_it_is(name):
    assert PROPERTIES[name].__doc__, f"{name} has no docstring"


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
    check_parameters(name, cls.__doc__, arguments(cls.__init__))
    listed = entries(sections(cls.__doc__).get("Attributes", ""))
    missing = [attribute for attribute in attributes(cls) if attribute not in listed]
    assert not missing, f"{name} does not list the attributes {', '.join(missing)}"


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
