-- name: take_correction
-- Take a resident's report of an error; false: too many came lately.
SELECT finder.take_correction(%(municipality_code)s::text, %(place_id)s::uuid, %(about)s::text, %(message)s::text)
    AS taken;
