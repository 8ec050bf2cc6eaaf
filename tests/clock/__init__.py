"""The tests at other moments than this one.

`tox run -e clock` runs the default tests with the clock set: each test that reads it at chosen moments (`moments`) and
at drawn ones, on hosts of several zones, and the processes that it starts as well. What fails there fails for whoever
works at that hour.
"""
