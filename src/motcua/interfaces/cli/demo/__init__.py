"""The demo province: Huế with its two levels, its officers, its flows and a year of dossiers, all from a seed.

Everything is built through the actions that the desk and the portal call; the histories go in by ``BulkWork``.
"""
