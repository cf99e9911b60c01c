"""What is derived from a ledger's entries, made anew and compared with what is stored.

The hashes of full tiles and the head are compared and never mended: where they differ,
entries were changed behind the ledger's back. The index is replaced.
"""

from itertools import islice, zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory

from beforehand.ledger.entry import check_many
from beforehand.ledger.errors import InconsistentError
from beforehand.ledger.index import Index
from beforehand.ledger.ledger import Ledger
from beforehand.ledger.merkle import Edge, leaf_hash, root
from beforehand.ledger.tables import Head, read_entries, read_head
from beforehand.ledger.tiles import WIDTH, Tiler, split_hashes


def compare_tree(ledger: Ledger) -> int:
    """Check every entry, hash them all anew, and compare hashes and head; return the size.

    Raises MalformedEntryError, or InconsistentError naming the first thing that differs.
    Cost: reads and hashes the whole ledger.
    """
    with ledger.store.read() as rows:
        head = read_head(rows)
        tiler, tree, at, size = Tiler(), Edge(), "", 0
        found = rows.each("SELECT level, number, hash FROM hashes WHERE level > 0")
        stored = {(level, number): bytes(one) for level, number, one in found}
        entries = read_entries(rows, 0, head.edge.size)
        while some := list(islice(entries, WIDTH)):
            for number, one in enumerate(check_many([entry for _, entry in some]), size):
                if some[number - size][0] != number:
                    raise InconsistentError(f"entry {number:,} is missing")
                if one.at <= at:
                    raise InconsistentError(f"entry {number:,}: its time is not later")
                at = one.at
            size += len(some)
            for leaf in [leaf_hash(entry) for _, entry in some]:
                tree.append(leaf)
                for tile, data in tiler.add(leaf):
                    place = tile.level + 1, tile.index
                    if stored.pop(place, b"") != root(split_hashes(data)):
                        raise InconsistentError(f"{tile.path}: its stored hash is another")
        if stored:
            raise InconsistentError(f"{len(stored):,} hashes are stored of tiles not there")
        if Head(tree, at).row() != head.row():
            raise InconsistentError(
                f"the head of {size:,} entries is not what they hash to"
            )
    return size


def rebuild_index(ledger: Ledger, index: Index) -> int:
    """Make the index anew, put it in the place of `index`, and return how many rows differed."""
    with TemporaryDirectory(dir=index.path.parent, prefix=".index-") as folder:
        fresh = Index(Path(folder) / index.path.name)
        differing = sum(
            1
            for one, other in zip_longest(fresh.rows(ledger), index.rows(ledger))
            if one != other
        )
        fresh.path.replace(index.path)
    return differing
