"""The repairs, one module a kind of flaw. A module placed here is found; its docstring says why the flaw occurs."""
