"""The guided set-up of a product: what its process proposes, filled in, step by step.

Each step is a page with one form, made of sections. Sections of upper apps (a channel, monitors) register themselves
in their AppConfig.ready(), as panels of the incident page do: nothing here knows them.
"""
