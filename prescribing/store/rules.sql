-- name: keep_rules
-- Does the database know the rules of this deployment?
UPDATE rx.rule SET guardian_below = %(guardian_below)s::int WHERE guardian_below <> %(guardian_below)s::int;

-- name: guardian_below
-- Below which age does a guardian say yes?
SELECT rx.guardian_below();
