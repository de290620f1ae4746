from django.apps import AppConfig

from foundation import counters

counters.install()  # the first of our apps to be found, and no models are made yet


class FoundationConfig(AppConfig):
    name = "foundation"
    verbose_name = "What everything stands on"
