-- name: place
-- What is known of a place, in the newest edition that has it? In no current edition: listed is false.
SELECT row_to_json(answer)::text AS answer
FROM (
    SELECT p.place_id, e.state = 'current' AS listed, p.name, p.name_kana, p.address, p.postcode, p.municipality_code,
           p.position_level, p.position_basis, round(ST_X(p.point_6668)::numeric, 6) AS lon,
           round(ST_Y(p.point_6668)::numeric, 6) AS lat, p.district_id, p.district_basis,
           (SELECT d.name FROM geo.current_district d WHERE d.district_id = p.district_id LIMIT 1) AS district_name,
           p.declared_districts, p.facts,
           (SELECT coalesce(json_agg(activity ORDER BY activity.name, activity.activity_id), '[]')
            FROM (SELECT a.activity_id, a.kind, a.name, a.name_kana, a.organiser_name,
                         CASE WHEN e.state = 'current' THEN finder.status_on(a.status, a.status_until, %(today)s::date)
                              ELSE 'closed' END AS status,
                         CASE WHEN e.state = 'current' THEN a.status_text END AS status_text, a.status_until,
                         a.schedule_text, a.schedule,
                         a.schedule_certainty, a.age_min, a.age_max, a.audiences, a.interests, a.price_yen_min,
                         a.price_yen_max, a.facts, a.checked_on,
                         (SELECT coalesce(json_object_agg(c.fact, json_build_object('checked_on', c.checked_on,
                                                                                     'checker', c.role)), '{}')
                          FROM (SELECT DISTINCT ON (fact) fact, checked_on, role FROM finder.fact_check
                                WHERE activity_id = a.activity_id
                                ORDER BY fact, checked_on DESC, recorded_at DESC) c) AS checks,
                         (SELECT coalesce(json_agg(coming ORDER BY coming.date, coming.opens), '[]')
                          FROM (SELECT o.day AS date, finder.clock(o.opens) AS opens, finder.clock(o.closes) AS closes,
                                       o.doubt, o.change, o.other_day AS other_date, o.reason
                                FROM finder.occurrence o
                                WHERE o.activity_id = a.activity_id AND o.day >= %(today)s::date
                                ORDER BY o.day, o.opens LIMIT 10) coming) AS dates
                  FROM finder.activity a
                  WHERE a.edition_id = p.edition_id AND a.place_id = p.place_id) activity) AS activities,
           json_build_object('source_id', s.source_id, 'title', s.title, 'publisher', s.publisher, 'licence', s.licence,
                             'attribution', s.attribution, 'redistribution', s.redistribution,
                             'condition', s.condition) AS source,
           json_build_object('edition_id', e.edition_id, 'label', e.label, 'state', e.state,
                             'published_on', e.published_on, 'loaded_at', e.loaded_at) AS edition
    FROM finder.place p
    JOIN geo.edition e USING (edition_id)
    JOIN geo.source s ON s.source_id = p.source_id
    WHERE p.place_id = %(place_id)s::uuid AND e.state IN ('current', 'retired')
    ORDER BY e.state = 'current' DESC, coalesce(e.retired_at, e.loaded_at) DESC
    LIMIT 1) answer;
