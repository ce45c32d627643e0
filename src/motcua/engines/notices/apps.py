from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "motcua.engines.notices"
    label = "notices"
