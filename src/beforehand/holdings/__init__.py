"""The data at rest: taking it in, and the manifest of what was taken in.

takein     which rows may be stored, and as what; pure
places     sensitive places, and which points lie in one; pure
manifest   what a snapshot holds and what was dropped for it; pure
disk       the files: take in, read, check
"""
