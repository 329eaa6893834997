"""The tests: a package, so that no library's stray `tests` folder can stand in for it."""
