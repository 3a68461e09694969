-- name: as_of
-- As of which day were the kept tables counted?
SELECT max(b.as_of) AS as_of FROM rx.uptake_build b;

-- name: build
-- How many months were counted anew, as of this day?
SELECT rx.build_uptake(%(as_of)s::date, %(whole)s::boolean) AS months;

-- name: by_insurer
-- What became of an insurer's referrals, by month, age band and stage?
SELECT month, age_band, stage, numerator, denominator, waiting FROM rx.uptake_by_insurer
WHERE insurer_id = %(insurer_id)s::uuid AND month >= %(first)s::date;

-- name: weeks
-- In which week since consent did an insurer's members first attend, or were they last known not to have?
SELECT week, sum(events)::int AS events, sum(censored)::int AS censored FROM rx.uptake_weeks
WHERE insurer_id = %(insurer_id)s::uuid AND month >= %(first)s::date GROUP BY week;

-- name: reasons_by_insurer
-- Why did an insurer's members not attend?
SELECT reason, sum(referrals)::int AS referrals FROM rx.uptake_reasons_by_insurer
WHERE insurer_id = %(insurer_id)s::uuid AND month >= %(first)s::date GROUP BY reason;

-- name: by_district
-- What became of referrals by district, of all insurers together?
SELECT month, age_band, stage, numerator, denominator, waiting, district_id FROM rx.uptake_by_district
WHERE municipality_code = %(municipality_code)s::bpchar AND month >= %(first)s::date AND stage = ANY (%(stages)s::text[]);

-- name: reasons_by_municipality
-- Why did people of a municipality not attend?
SELECT reason, sum(referrals)::int AS referrals FROM rx.uptake_reasons_by_municipality
WHERE municipality_code = %(municipality_code)s::bpchar AND month >= %(first)s::date GROUP BY reason;

-- name: unmet
-- What was needed and not there, by district and reason?
SELECT district_id, reason, sum(needs)::int AS needs FROM rx.unmet_by_district
WHERE municipality_code = %(municipality_code)s::bpchar AND month >= %(first)s::date GROUP BY district_id, reason;

-- name: municipalities
-- In which municipalities is anything counted?
SELECT DISTINCT municipality_code FROM rx.uptake_by_district ORDER BY municipality_code;

-- name: insurer_of_code
-- Which insurer has this number?
SELECT organisation_id, name, municipality_code FROM rx.organisation WHERE kind = 'insurer' AND code = %(code)s::text;

-- name: learn_rhythms
-- Is it kept which activities are held monthly, as far as known now?
SELECT rx.learn_rhythms();

-- name: tally
-- Is the history counted as of a day, for this transaction only?
SELECT rx.tally(%(as_of)s::date);

-- name: tallied_by_insurer
-- What became of an insurer's referrals, as tallied?
SELECT month, age_band, stage, numerator, denominator, waiting FROM rx.tallied_by_insurer()
WHERE insurer_id = %(insurer_id)s::uuid AND month >= %(first)s::date;

-- name: tallied_weeks
-- In which week since consent did an insurer's members first attend, as tallied?
SELECT week, sum(events)::int AS events, sum(censored)::int AS censored FROM rx.tallied_weeks()
WHERE insurer_id = %(insurer_id)s::uuid AND month >= %(first)s::date GROUP BY week;

-- name: tallied_reasons
-- Why did an insurer's members not attend, as tallied?
SELECT reason, sum(referrals)::int AS referrals FROM rx.tallied_reasons_by_insurer()
WHERE insurer_id = %(insurer_id)s::uuid AND month >= %(first)s::date GROUP BY reason;

-- name: tallied_by_district
-- What became of referrals by district, of all insurers together, as tallied?
SELECT month, age_band, stage, numerator, denominator, waiting, district_id FROM rx.tallied_by_district()
WHERE municipality_code = %(municipality_code)s::bpchar AND month >= %(first)s::date AND stage = ANY (%(stages)s::text[]);
