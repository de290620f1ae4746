from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "How people are told"

    def ready(self) -> None:
        from accounts.teams import when_zone_changes
        from notifications.product_panel import PANEL
        from notifications.replan import replan
        from notifications.setup import SECTION
        from products import panels
        from products.setup.sections import register

        register(SECTION)
        panels.register(PANEL)
        when_zone_changes(replan)
