"""
What the database itself does when holders of posts are written: no place of a post by two, nobody twice in one post.

An exclusion constraint over three columns and a period costs a hundred microseconds a row, and a conversion writes
tens of thousands in one go; this looks at a statement's rows at once. It is as strict: the posts are locked first, in
one order, so whoever writes a holder of the same post waits, and then sees what was committed meanwhile. A transaction
that sees only what stood when it began could not, and is refused. A period that only became shorter is not looked at.
"""

from __future__ import annotations

import pgtrigger

REFUSE = """
outer_scope := current_setting('juxing.scope', true);
PERFORM set_config('juxing.scope', '{""}', true);
IF current_setting('transaction_isolation') = 'repeatable read' THEN
    RAISE EXCEPTION 'Holders of posts are written by transactions that see what others commit.'
        USING ERRCODE = 'invalid_transaction_state';
END IF;
PERFORM FROM organisations_post AS post WHERE post.id = ANY(posts) ORDER BY post.id FOR NO KEY UPDATE;
SELECT min(CASE WHEN (other.slot, other.rank) = (fresh.slot, fresh.rank) THEN 'organisations_slot_once'
           ELSE 'organisations_holder_once' END) INTO broken
FROM fresh JOIN organisations_postholding AS other ON other.post_id = fresh.post_id AND other.id <> fresh.id
WHERE fresh.post_id = ANY(posts)
    AND ((other.slot, other.rank) = (fresh.slot, fresh.rank) OR other.account_id = fresh.account_id)
    AND tstzrange(other.starts_at, other.ends_at) && tstzrange(fresh.starts_at, fresh.ends_at);
IF broken IS NOT NULL THEN
    RAISE EXCEPTION 'Somebody holds this place of the post, or holds the post already, at that time.'
        USING ERRCODE = 'exclusion_violation', CONSTRAINT = broken;
END IF;
PERFORM set_config('juxing.scope', coalesce(outer_scope, ''), true);
RETURN NULL;
"""
ALL = "SELECT array_agg(DISTINCT post_id) INTO posts FROM fresh;\n"
GROWN = """
SELECT array_agg(DISTINCT fresh.post_id) INTO posts FROM fresh LEFT JOIN stale ON stale.id = fresh.id
WHERE stale.id IS NULL
    OR (stale.post_id, stale.account_id, stale.slot, stale.rank)
        <> (fresh.post_id, fresh.account_id, fresh.slot, fresh.rank)
    OR NOT tstzrange(stale.starts_at, stale.ends_at) @> tstzrange(fresh.starts_at, fresh.ends_at);
"""
NOTHING = "IF posts IS NULL THEN\n    RETURN NULL;\nEND IF;\n"


def holders_keep_apart() -> list[pgtrigger.Trigger]:
    """Return the triggers that refuse two holders of one place, and one holder in two places, of a post at a time."""
    declared = [("posts", "bigint[]"), ("broken", "text"), ("outer_scope", "text")]
    return [
        pgtrigger.Trigger(
            name="keep_apart_new", level=pgtrigger.Statement, when=pgtrigger.After, operation=pgtrigger.Insert,
            referencing=pgtrigger.Referencing(new="fresh"),  # type: ignore[no-untyped-call]
            func=ALL + NOTHING + REFUSE, declare=declared,
        ),
        pgtrigger.Trigger(
            name="keep_apart_changed", level=pgtrigger.Statement, when=pgtrigger.After, operation=pgtrigger.Update,
            referencing=pgtrigger.Referencing(old="stale", new="fresh"),  # type: ignore[no-untyped-call]
            func=GROWN + NOTHING + REFUSE, declare=declared,
        ),
    ]  # fmt: skip
