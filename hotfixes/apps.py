from django.apps import AppConfig


class HotfixesConfig(AppConfig):
    name = "hotfixes"
    verbose_name = "Hotfixes"

    def ready(self) -> None:
        from hotfixes import panel, simulated  # noqa: F401 (they register themselves)
