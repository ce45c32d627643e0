"""What administrators keep: procedures, units, people, calendars, flows, forms, wording, clients, the ledger.

Screens are made of few blocks (``blocks``); each change is one action, which checks by itself.
"""
