from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "How people are told"

    def ready(self) -> None:
        from notifications.setup import SECTION
        from products.setup.sections import register

        register(SECTION)
