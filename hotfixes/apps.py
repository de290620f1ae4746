from django.apps import AppConfig


class HotfixesConfig(AppConfig):
    name = "hotfixes"
    verbose_name = "Hotfixes"

    def ready(self) -> None:
        from hotfixes import alarms, hotfix_panel, offers, panel, product_panel, shown, simulated  # noqa: F401 (they register themselves)
        from hotfixes.connecting import following, forms
        from products import panels, repositories
        from products.setup import sections

        repositories.follow(following.followed)
        sections.register(forms.SECTION)
        panels.register(product_panel.PANEL)
