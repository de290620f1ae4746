from django.apps import AppConfig

from ui import field_words

field_words.use()


class UiConfig(AppConfig):
    name = "ui"
    verbose_name = "Design system"
