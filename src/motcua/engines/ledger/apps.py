from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "motcua.engines.ledger"
    label = "ledger"
