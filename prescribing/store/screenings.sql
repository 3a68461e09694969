-- name: keep_screening
-- Are these answers of a patient whom the asker may know kept?
INSERT INTO rx.screening (organisation_id, patient_id, instrument, answers, asked_on, recorded_by)
SELECT p.organisation_id, p.patient_id, %(instrument)s::text, %(answers)s::smallint[], %(asked_on)s::date,
       %(recorded_by)s::uuid
FROM rx.patient p WHERE p.patient_id = %(patient_id)s::uuid;

-- name: screenings_of
-- What did this patient answer, and when?
SELECT screening_id, instrument, answers, asked_on
FROM rx.screening
WHERE patient_id = %(patient_id)s::uuid
ORDER BY asked_on DESC, screening_id
LIMIT 50;
