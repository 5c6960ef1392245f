"""Asking Parliament itself who the MPs are, what they do and how they are reached.

What Parliament answers passes through these, left to right; from `listing` on it is a list of MPs like any
other, and `contacts.imports` matches and applies it:

    client (an address to an answer) -> shapes (an answer to dataclasses) -> listing (to a list's entries)
        -> syncing (what must hold before it is applied, and what happens when it does not)

What MPs do and how they are reached comes MP by MP: `details` asks and applies, `posts` and `publishing` say
what an answer changes of posts and of contact details; `reshuffles` says whom to ask about first.

`asking` is a run's way to the client; `keeping` holds answers between requests, runs and crashes; `runs`
begins and ends runs, one at a time; `nightly` is the step of the tick; `health` says when a run failed.
"""
