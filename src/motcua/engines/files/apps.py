from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "motcua.engines.files"
    label = "files"
