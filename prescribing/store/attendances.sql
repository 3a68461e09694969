-- name: add_attendance
-- Is it written down who says that the person came on a day, or did not?
INSERT INTO rx.attendance (organisation_id, referral_id, activity_id, held_on, came, told_by, recorded_by)
VALUES (%(organisation_id)s::uuid, %(referral_id)s::uuid, %(activity_id)s::uuid, %(held_on)s::date, %(came)s::boolean,
        %(told_by)s::text, %(recorded_by)s::uuid);

-- name: tellings
-- What does each teller say last about each day? A later word about the same day replaces the earlier one.
SELECT DISTINCT ON (held_on, told_by) held_on, came, told_by, recorded_at AS told_at
FROM rx.attendance WHERE referral_id = %(referral_id)s::uuid
ORDER BY held_on, told_by, recorded_at DESC, attendance_id;
