-- name: enter
-- Whose session is this, and who may they claim to be in this transaction?
SELECT * FROM rx.enter(%(session_hash)s::bytea);

-- name: enter_by_link
-- Whose link or typed code is this, and which one referral does it open?
SELECT * FROM rx.enter_by_link(%(link_hash)s::bytea, %(is_code)s::boolean);

-- name: enter_as_system
-- May the work that is due by the clock begin?
SELECT rx.enter_as_system();

-- name: take_role
-- Which party's grants hold until the end of this transaction?
SELECT set_config('role', 'placefinder_' || %(party)s::text, true);

-- name: note
-- Is it written down what was done or seen?
SELECT rx.note(%(action)s::text, %(subject)s::text, %(subject_id)s::uuid, %(patient_id)s::uuid, %(seen)s::text[]);
