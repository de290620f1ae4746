from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Who"

    def ready(self) -> None:
        """Reads every app's rules.py: accounts.access knows who may do what before the first request."""
        autodiscover_modules("rules")
