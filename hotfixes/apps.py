from django.apps import AppConfig


class HotfixesConfig(AppConfig):
    name = "hotfixes"
    verbose_name = "Hotfixes"

    def ready(self) -> None:
        from hotfixes.alarms import alarms  # noqa: F401 (those with this mark register themselves)
        from hotfixes.connecting import following, forms
        from hotfixes.decision import by_link, panel, simulated  # noqa: F401
        from hotfixes.deployments import by_hand, holds, taken_back  # noqa: F401
        from hotfixes.deployments import panel as running
        from hotfixes.pages import hotfix_panel, offers, product_panel  # noqa: F401
        from hotfixes.rollback import addresses
        from hotfixes.rollback import claims as _rollback_claims  # noqa: F401
        from hotfixes.rollback import following as _rollback_following  # noqa: F401
        from hotfixes.rollback import offers as _rollback_offers  # noqa: F401
        from hotfixes.rollback import panel as _rollback_panel  # noqa: F401
        from hotfixes.standing import shown  # noqa: F401
        from hotfixes.watch import claims as _watch_claims  # noqa: F401
        from hotfixes.watch import offers as _watch_offers  # noqa: F401
        from hotfixes.watch import opening, sampling
        from hotfixes.watch import panel as _watch_panel  # noqa: F401
        from incidents.lifecycle import followers
        from monitoring import looks
        from products import panels, repositories
        from products.setup import sections

        repositories.follow(following.followed)
        followers.follow(opening.follow)
        looks.follow(sampling.keep)
        sections.register(forms.SECTION)
        sections.register(addresses.SECTION)
        panels.register(product_panel.PANEL)
        panels.register(running.PANEL)
