from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Who"

    def ready(self) -> None:
        """Reads every app's rules.py: accounts.access knows who may do what before the first request."""
        from accounts import entrances

        autodiscover_modules("rules")
        entrances.listen()
