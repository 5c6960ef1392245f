"""Asking Parliament itself who the MPs are.

What Parliament answers passes through these, left to right; from `listing` on it is a list of MPs like any
other, and `contacts.imports` matches and applies it:

    client (an address to an answer) -> shapes (an answer to dataclasses) -> listing (to a list's entries)
        -> syncing (what must hold before it is applied, and what happens when it does not)

`keeping` holds answers between requests, runs and crashes; `nightly` is the step of the tick.
"""
