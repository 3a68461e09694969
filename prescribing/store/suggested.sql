-- name: suggested
-- What was suggested in this referral, and what is listed of it today, with the telephone and what to bring?
SELECT s.round, s.rank, s.activity_id, s.place_id, s.reasons, s.unknowns, s.small_start, s.candidates, s.chosen, finder.card(l)::text AS card,
       coalesce(a.facts #>> '{phone,value}', p.facts #>> '{phone,value}') AS phone,
       coalesce(a.facts #>> '{bring,value}', p.facts #>> '{bring,value}') AS bring
FROM rx.suggestion s
LEFT JOIN finder.listing l USING (activity_id)
LEFT JOIN finder.activity a ON a.edition_id = l.edition_id AND a.activity_id = l.activity_id
LEFT JOIN finder.place p ON p.edition_id = l.edition_id AND p.place_id = l.place_id
WHERE s.referral_id = %(referral_id)s::uuid
ORDER BY s.round, s.rank;

-- name: keep_round
-- Which round is it that is kept now?
WITH round AS (
    SELECT coalesce(max(s.round), 0) + 1 AS number FROM rx.suggestion s WHERE s.referral_id = %(referral_id)s::uuid),
kept AS (
    INSERT INTO rx.suggestion (organisation_id, referral_id, round, rank, activity_id, place_id, score, parts, reasons,
                               unknowns, propensity, small_start, candidates)
    SELECT r.organisation_id, r.referral_id, round.number, one.rank, one.activity_id, one.place_id, one.score, one.parts,
           one.reasons, one.unknowns, one.propensity, one.small_start, one.candidates
    FROM rx.referral r, round,
         jsonb_to_recordset(%(rows)s::jsonb) AS one (rank int, activity_id uuid, place_id uuid, score float8,
            parts jsonb, reasons jsonb, unknowns jsonb, propensity float8, small_start boolean, candidates int)
    WHERE r.referral_id = %(referral_id)s::uuid
    RETURNING 1)
SELECT number FROM round;

-- name: choose
-- Which of the suggestions does the person take home?
UPDATE rx.suggestion SET chosen = activity_id = ANY (%(activity_ids)s::uuid[])
WHERE referral_id = %(referral_id)s::uuid AND chosen <> (activity_id = ANY (%(activity_ids)s::uuid[]));

-- name: names_of
-- How are the places called that are listed under these ids?
SELECT DISTINCT finder.card(l) ->> 'place_name' AS name
FROM finder.listing l
WHERE l.place_id = ANY (%(ids)s::uuid[]) OR l.activity_id = ANY (%(ids)s::uuid[])
ORDER BY 1
LIMIT 50;
