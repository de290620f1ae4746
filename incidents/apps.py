from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "incidents"
    verbose_name = "Incidents"

    def ready(self) -> None:
        from incidents import (  # noqa: F401 (register what they know)
            obligations,
            old_deliveries,
            page_panels,
            people,
            private_deliveries,
            process_uses,
            rhythm,
            ruler_panel,
            slack,
            update_panel,
            work_panels,
        )
