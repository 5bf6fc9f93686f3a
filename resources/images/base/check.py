"""Finds out whether a component's Python parses and whether its imports resolve, without running it.

Run in a container of the component's own image: ``python3 check.py /app/src/main.py``.
Each fault is one line ``file:line: what``, followed by the interpreter's own words; exit 1 if there is one.
"""

import ast
import importlib.machinery
import os
import sys
import traceback

ROOT = "/app"


def main(entry):
    source_folder = os.path.dirname(entry)
    # As it will be when the component runs: its own folder first, not this script's.
    sys.path[0] = source_folder
    faults = 0
    waiting, seen = [entry], {entry}
    while waiting:
        path = waiting.pop()
        found_faults, local = check(path, source_folder)
        faults += found_faults
        for other in local:
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return 1 if faults else 0


def check(path, source_folder):
    try:
        with open(path, "rb") as file:
            tree = ast.parse(file.read(), path)
    except (SyntaxError, ValueError) as error:
        report(path, getattr(error, "lineno", None), f"{type(error).__name__}: {error.args[0]}")
        traceback.print_exception(type(error), error, None, file=sys.stdout)
        return 1, []
    except OSError as error:
        report(path, None, str(error))
        return 1, []
    faults, local = 0, []
    for node, optional in imports(tree, False):
        for name, required in names(node, path, source_folder):
            spec = find(name)
            if spec is None:
                if required and not optional:
                    faults += 1
                    report(path, node.lineno, f"ModuleNotFoundError: No module named '{name}'{advice(name)}")
            elif spec.origin and spec.origin.startswith(source_folder + os.sep) and spec.origin.endswith(".py"):
                local.append(spec.origin)
    return faults, local


def imports(node, optional):
    """Every import below a node, and whether the code is ready for it to fail."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.Import, ast.ImportFrom)):
            yield child, optional
        elif isinstance(child, ast.Try):
            guarded = optional or any(catches_import_error(handler) for handler in child.handlers)
            for statement in child.body:
                yield from imports(ast.Module([statement], []), guarded)
            for statement in [*child.handlers, *child.orelse, *child.finalbody]:
                yield from imports(ast.Module([statement], []), optional)
        else:
            yield from imports(child, optional)


def catches_import_error(handler):
    if handler.type is None:
        return True
    caught = {getattr(part, "id", "") for part in ast.walk(handler.type)}
    return bool(caught & {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


def names(node, path, source_folder):
    """Full module names an import needs; what may as well be an attribute is not required."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield alias.name, True
        return
    base = node.module or ""
    if node.level:
        package = os.path.relpath(os.path.dirname(path), source_folder)
        parts = [] if package == "." else package.split(os.sep)
        parts = parts[: len(parts) - node.level + 1]
        base = ".".join([*parts, *([node.module] if node.module else [])])
    if base:
        yield base, True
    for alias in node.names:
        if alias.name != "*":
            yield (f"{base}.{alias.name}" if base else alias.name), False


def find(name):
    """The spec of a module, found part by part so that no package is run."""
    if name in sys.builtin_module_names or name == "__future__":
        return importlib.machinery.ModuleSpec(name, None)
    where, spec = None, None
    parts = name.split(".")
    for depth in range(len(parts)):
        try:
            spec = importlib.machinery.PathFinder.find_spec(".".join(parts[: depth + 1]), where)
        except (ImportError, ValueError):
            return None
        if spec is None:
            # Some packages make modules while they run, such as os.path.
            return sys.modules.get(name) and importlib.machinery.ModuleSpec(name, None)
        where = spec.submodule_search_locations or []
    return spec


def advice(name):
    return f". Add '{name.split('.')[0]}' to src/requirements.txt and publish again"


def report(path, line, what):
    place = os.path.relpath(path, ROOT) + (f":{line}" if line else "")
    print(f"{place}: {what}", flush=True)


sys.exit(main(sys.argv[1]))
