"""What others publish, read from outside: awards, inventories, assessments, recommendations.

`files` opens a file and its members, `tables` and `answers` read rows, `formats` tells by
columns what a table is, and the readers of each kind turn a row into what it says or into the
reason why it says nothing. `landing` holds it against what is on the shelf, `shelf` keeps it,
and `radar` draws leads from it. Everything here is derived from files that are kept whole.
"""
