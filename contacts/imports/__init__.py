"""Taking in lists of MPs, seats and councils.

A list of MPs passes through these, left to right; only the last three touch the database:

    reading (bytes to a table) -> columns (which column is what) -> entries (what each row says)
        -> matching (which seat and MP it means) -> plan (what that would change, `histories` since when)
        -> applying (preview, apply in one transaction, undo)

`names`, `vacancy`, `seats`, `parties` and `reasons` hold the rules about names, cells that name nobody, seat
codes, parties and how things begin and end. `geography` takes in constituencies, councils and which seat lies
in which council. Of the posts MPs hold, `posts` says what a row means, `same_post` whether two sources mean
one, and `post_plan` what would change.
"""
