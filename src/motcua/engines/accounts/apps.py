from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "motcua.engines.accounts"
    label = "accounts"
