from django.apps import AppConfig


class ProductsConfig(AppConfig):
    name = "products"
    verbose_name = "What we run and how we work"

    def ready(self) -> None:
        from products.setup import basics, people, places, sections

        for section in (basics.SECTION, places.SECTION, people.SECTION):
            sections.register(section)
