"""Time in which a product may fail without anybody being woken: the windows, what they do to targets, their pages.

A window is two moments in a row of its own, and nothing has to happen for it to begin or to end. What holds is read by
the clock: by a look before it counts (monitoring.store), by a sweep each second for what is not looked at
(`settle.begin_due`), and a target that is in maintenance knows until when (monitoring.transitions.expire). So no crash
leaves one hanging, and each change is dated to the window's own moment, however late it is written.
"""
