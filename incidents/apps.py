from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "incidents"
    verbose_name = "Incidents"

    def ready(self) -> None:
        from incidents import (  # noqa: F401 (register what they know)
            old_deliveries,
            page_panels,
            people,
            private_deliveries,
            process_uses,
            ruler_panel,
            slack,
            work_panels,
        )
