"""`./run chaos`: a whole Nightdesk under load, its processes killed at random, then judged by what was promised.

`schedule` decides by a seed what strikes when; `house` keeps everything running as an init system would; `clients` make
the load and keep a journal of what was acknowledged; `judge` reads the database beside those journals.
"""
