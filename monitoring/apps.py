from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "monitoring"
    verbose_name = "How the world looks"

    def ready(self) -> None:
        from monitoring.setup import SECTION
        from products.setup.sections import register

        register(SECTION)
