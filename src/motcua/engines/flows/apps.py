from django.apps import AppConfig


class FlowsConfig(AppConfig):
    name = "motcua.engines.flows"
    label = "flows"
