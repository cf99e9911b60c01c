"""The gate: the only way to a data set.

It takes a question in a closed form (`question`), prices it (`protection`, `budget`), writes
the query itself (`plan`), runs it in a process that can touch nothing else (`engines`), adds
noise (`protection`) and hands out an answer (`answer`). `ask` is the one flow through all.

Nothing is imported here: the engine's process imports this package before it has given up
its rights, and must not have started a thread by then.
"""
