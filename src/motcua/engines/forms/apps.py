from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "motcua.engines.forms"
    label = "forms"
