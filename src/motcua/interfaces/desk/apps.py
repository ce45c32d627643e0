from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "motcua.interfaces.desk"
    label = "desk"
