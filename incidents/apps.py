from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "incidents"
    verbose_name = "Incidents"

    def ready(self) -> None:
        # They register what they know.
        from incidents import process_uses  # noqa: F401
        from incidents.lifecycle import undelivered  # noqa: F401
        from incidents.messages import obligations, rhythm  # noqa: F401
        from incidents.page import alerts_panel, own_panels, update_panel, work_panels  # noqa: F401
        from incidents.roles import panel as people  # noqa: F401
        from incidents.ruler import panel as ruler_panel  # noqa: F401
        from incidents.telling import gone, old_deliveries, private_deliveries, slack  # noqa: F401
