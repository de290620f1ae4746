from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "monitoring"
    verbose_name = "How the world looks"

    def ready(self) -> None:
        from monitoring import product_panel, setup
        from monitoring.alerts import product_panel as alerts_panel
        from products import panels
        from products.setup import sections

        sections.register(setup.SECTION)
        panels.register(product_panel.PANEL)
        panels.register(alerts_panel.PANEL)
