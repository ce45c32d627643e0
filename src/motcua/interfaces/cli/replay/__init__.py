"""Replays a real municipality's event log: each event a real action on a case with a simulated clock.

The log (CoSeLoG, receipt phase of permit applications) becomes one unit, its officers, one flow and, for each number
of days the law gave, one procedure. ``log`` reads, ``town`` builds, ``play`` acts, ``report`` compares.
"""
