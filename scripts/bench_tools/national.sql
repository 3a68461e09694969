-- name: staging
-- What Python counts out: a district is its school and its border, a place is its point and fair dice.
CREATE UNLOGGED TABLE IF NOT EXISTS public.bench_district
    (number int, municipality_code char(6), lon float8, lat float8, ring text);
CREATE UNLOGGED TABLE IF NOT EXISTS public.bench_place
    (number int, district int, municipality_code char(6), lon float8, lat float8);
-- A die for each place and purpose: the same in every run, from 0 to below 1.
CREATE OR REPLACE FUNCTION public.die(number int, purpose int) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    'SELECT (hashint8extended(number, purpose) & 16777215) / 16777216.0';
-- One of a list, the first ones oftener.
CREATE OR REPLACE FUNCTION public.one_of(chosen text[], number int, purpose int) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    'SELECT chosen[1 + floor(cardinality(chosen) * power(public.die(number, purpose), 1.5))::int]';

-- name: source
-- Where does it all come from?
INSERT INTO geo.source (source_id, title, publisher, licence, attribution, redistribution)
    VALUES ('bench', '速さを測るための架空の全国データ', 'scripts/bench', 'CC0-1.0', '架空', 'open')
    ON CONFLICT DO NOTHING;

-- name: edition
-- Which edition holds them?
INSERT INTO geo.edition (source_id, dataset, scope, label, state, file_name, file_sha256, made_current_at,
                         rows_in, rows_accepted)
    VALUES ('bench', %(dataset)s::text, 'jp', 'bench', 'current', 'seeded', %(seed)s::text, now(),
            %(rows)s::int, %(rows)s::int)
    RETURNING edition_id;

-- name: districts
-- Which school districts are there?
INSERT INTO geo.school_district (edition_id, district_id, municipality_code, school_code, name, basis, area_6668,
                                 label_point_6668)
    SELECT %(edition)s::uuid, md5('district ' || number)::uuid, municipality_code,
           'B1' || lpad(number::text, 11, '0'), '架空第' || number || '小学校', 'polygon',
           ST_Multi(ST_CollectionExtract(ST_MakeValid(ST_GeomFromText(ring, 6668)), 3)),
           ST_SetSRID(ST_MakePoint(lon, lat), 6668)
    FROM public.bench_district;

-- name: schools
-- Which schools stand in them?
INSERT INTO geo.school (edition_id, school_id, municipality_code, school_code, name, level, closed, point_6668)
    SELECT %(edition)s::uuid, md5('district ' || number)::uuid, municipality_code,
           'B1' || lpad(number::text, 11, '0'), '架空第' || number || '小学校', 'primary', false,
           ST_SetSRID(ST_MakePoint(lon, lat), 6668)
    FROM public.bench_district;

-- name: municipalities
-- Which municipalities are there? Their land is the hull of their districts: enough for names and markers.
INSERT INTO geo.municipality (edition_id, municipality_code, prefecture_name, name, boundary_6668)
    SELECT %(edition)s::uuid, municipality_code, '架空県' || substr(municipality_code, 1, 2),
           '架空市' || municipality_code, ST_Multi(ST_ConvexHull(ST_Collect(area_6668)))
    FROM geo.school_district GROUP BY municipality_code;

-- name: places
-- Where are the places? One in twelve is known by its town only, one in fifty has no point.
INSERT INTO finder.place (edition_id, place_id, municipality_code, source_id, source_key, name, name_kana, address,
                          postcode, position_level, position_basis, point_6668, district_id, district_basis,
                          declared_districts, facts)
    SELECT %(edition)s::uuid, md5('place ' || number)::uuid, municipality_code, 'bench', number::text,
           public.one_of('{みどり,さくら,ひだまり,なかよし,あおぞら,にじいろ,ふれあい,つばさ}', number, 1)
               || public.one_of('{公民館,自治会館,コミュニティセンター,集会所,福祉センター,寺,カフェ}', number, 2) || number,
           'カナ' || number, '架空市' || municipality_code || '本町' || number %% 30 + 1 || '番地',
           lpad((number %% 10000000)::text, 7, '0'),
           CASE WHEN public.die(number, 3) < 0.02 THEN 'city' WHEN public.die(number, 3) < 0.10 THEN 'town'
                ELSE 'given' END,
           '緯度・経度の列',
           CASE WHEN public.die(number, 3) >= 0.02 THEN ST_SetSRID(ST_MakePoint(lon, lat), 6668) END,
           CASE WHEN district >= 0 AND public.die(number, 3) >= 0.02 THEN md5('district ' || district)::uuid END,
           CASE WHEN district >= 0 AND public.die(number, 3) >= 0.02 THEN 'polygon' ELSE 'none' END,
           CASE WHEN public.die(number, 4) < 0.09 THEN ARRAY['架空第' || district || '小学校'] ELSE '{}' END,
           (SELECT coalesce(jsonb_object_agg(need, jsonb_build_object('state', state, 'field', '備考')), '{}')
            FROM (SELECT term AS need, public.die(number, 100 + position) AS die,
                         CASE WHEN public.die(number, 100 + position) < 0.15 THEN 'yes' ELSE 'no' END AS state
                  FROM finder.term WHERE vocabulary = 'need') AS known WHERE die < 0.22)
    FROM public.bench_place;

-- name: activities
-- What is held there? Every seventh place hosts a second activity.
INSERT INTO finder.activity (edition_id, activity_id, place_id, municipality_code, kind, name, name_kana,
                             organiser_name, status, status_text, schedule_text, schedule, schedule_certainty,
                             age_min, age_max, audiences, interests, price_yen_min, price_yen_max, facts, checked_on)
    SELECT %(edition)s::uuid, md5('activity ' || a)::uuid, md5('place ' || number)::uuid, municipality_code, kind,
           public.one_of('{みどり,さくら,ひだまり,なかよし,あおぞら,にじいろ,ふれあい,つばさ}', a, 11) || 'の会' || a,
           CASE WHEN public.die(a, 12) < 0.6 THEN 'カイ' || a END,
           CASE WHEN public.die(a, 13) < 0.8 THEN '架空' || a %% 5000 || 'ネットワーク' END,
           CASE WHEN public.die(a, 14) < 0.62 THEN 'running' WHEN public.die(a, 14) < 0.90 THEN 'unknown'
                WHEN public.die(a, 14) < 0.94 THEN 'suspended' WHEN public.die(a, 14) < 0.96 THEN 'closed'
                WHEN public.die(a, 14) < 0.98 THEN 'not_taking_new' ELSE 'needs_checking' END,
           NULL, '毎週または第2・第4、くわしくは会場へ',
           CASE WHEN timed THEN jsonb_build_object('missing', '[]'::jsonb, 'named_said', '[]'::jsonb,
                'holidays_said', public.die(a, 27) < 0.2, 'rules', jsonb_build_array(jsonb_build_object(
                    'days', CASE WHEN nth IS NULL
                                 THEN jsonb_build_object('kind', 'weekly', 'weekdays', jsonb_build_array(weekday))
                                 ELSE jsonb_build_object('kind', 'monthly', 'nth', nth, 'weekdays', jsonb_build_array(weekday)) END,
                    'hours', jsonb_build_array(jsonb_build_array(opens, opens + 60 + 30 * (public.die(a, 28) * 5)::int)))),
                'closures', CASE WHEN public.die(a, 29) < 0.15 THEN '[{"months": [8]}]'
                                 WHEN public.die(a, 29) < 0.25 THEN '[{"days": {"kind": "holidays"}}]'
                                 WHEN public.die(a, 29) < 0.3 THEN '[{"period": "year_end"}]' ELSE '[]' END::jsonb)
                ELSE '{}' END,
           CASE WHEN NOT timed THEN 'not_understood' WHEN public.die(a, 30) < 0.9 THEN 'exact' ELSE 'partial' END,
           CASE WHEN kind IN ('kayoinoba', 'exercise_group', 'dementia_cafe') AND public.die(a, 15) < 0.7 THEN 65
                WHEN kind = 'kosodate_hiroba' OR public.die(a, 15) < 0.3 THEN 0 END,
           CASE WHEN kind IN ('kodomo_shokudo', 'learning_support') AND public.die(a, 16) < 0.5 THEN 18
                WHEN kind = 'kosodate_hiroba' THEN 6 WHEN public.die(a, 16) < 0.25 THEN 120 END,
           ARRAY[CASE WHEN kind IN ('kayoinoba', 'exercise_group', 'dementia_cafe') THEN 'older' ELSE 'anyone' END],
           ARRAY(SELECT term FROM finder.term WHERE vocabulary = 'interest' AND public.die(a, 200 + position) < 0.08),
           CASE WHEN public.die(a, 17) < 0.4 THEN 0 WHEN public.die(a, 17) < 0.7 THEN 100 END,
           CASE WHEN public.die(a, 17) < 0.4 THEN 0 WHEN public.die(a, 17) < 0.7
                THEN (100 * (1 + floor(public.die(a, 18) * 6)))::int END,
           '{}', DATE '2026-04-01' - (public.die(a, 19) * 900)::int
    FROM (SELECT *, 1 + floor(public.die(a, 21) * 7)::int AS weekday, 540 + 15 * floor(public.die(a, 22) * 40)::int AS opens,
                 public.die(a, 23) < 0.55 AS timed,
                 CASE WHEN public.die(a, 24) < 0.7
                      THEN CASE WHEN public.die(a, 25) < 0.4 THEN '[2, 4]' WHEN public.die(a, 25) < 0.7 THEN '[1, 3]'
                                WHEN public.die(a, 25) < 0.8 THEN '[1]' WHEN public.die(a, 25) < 0.9 THEN '[2]'
                                ELSE '[3]' END::jsonb END AS nth,
                 public.one_of('{kayoinoba,salon,exercise_group,hobby_circle,kodomo_shokudo,ibasho,kosodate_hiroba,dementia_cafe,food_pantry,learning_support,event}',
                               a, 26) AS kind
          FROM (SELECT *, number AS a FROM public.bench_place
                UNION ALL
                SELECT *, number + 10000000 FROM public.bench_place WHERE number %% 7 = 0) AS held) AS diced;

-- name: settle
-- Tidy up, as autovacuum would by the next morning.
DROP TABLE public.bench_district, public.bench_place;
DROP FUNCTION public.one_of, public.die;
