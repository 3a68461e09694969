-- name: add_line
-- Is this line kept in the plan of a patient whom the asker may know?
INSERT INTO rx.plan_line (line_id, organisation_id, patient_id, kind, text_sealed, due_on, recorded_by)
SELECT %(line_id)s::uuid, p.organisation_id, p.patient_id, %(kind)s::text, %(text_sealed)s::bytea, %(due_on)s::date,
       %(recorded_by)s::uuid
FROM rx.patient p WHERE p.patient_id = %(patient_id)s::uuid;

-- name: lines_of
-- What stands in the plan of this patient?
SELECT line_id, kind, text_sealed, due_on, done_on, recorded_at
FROM rx.plan_line
WHERE patient_id = %(patient_id)s::uuid
ORDER BY recorded_at, kind, line_id
LIMIT 200;

-- name: finish_line
-- Is this line done?
UPDATE rx.plan_line SET done_on = %(done_on)s::date
WHERE patient_id = %(patient_id)s::uuid AND line_id = %(line_id)s::uuid AND done_on IS NULL;
