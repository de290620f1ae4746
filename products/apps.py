from django.apps import AppConfig


class ProductsConfig(AppConfig):
    name = "products"
    verbose_name = "What we run and how we work"
