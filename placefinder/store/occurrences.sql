-- name: lock
-- Wait until nobody else makes dates: two at once would make them twice.
SELECT pg_advisory_xact_lock(hashtext('placefinder occurrences'));

-- name: try_lock
-- Is anybody making dates just now?
SELECT pg_try_advisory_xact_lock(hashtext('placefinder occurrences'));

-- name: window
-- From which day to which are the dates of all that is listed made?
SELECT first_day, last_day FROM finder.occurrence_window;

-- name: keep_window
-- Up to when are the dates of all that is listed made now?
INSERT INTO finder.occurrence_window (first_day, last_day) VALUES (%(first)s::date, %(last)s::date)
ON CONFLICT (only_one) DO UPDATE SET first_day = excluded.first_day, last_day = excluded.last_day;

-- name: forget_before
-- Which dates are over?
DELETE FROM finder.occurrence WHERE day < %(first)s::date;

-- name: forget_all
-- All dates, to be made anew.
DELETE FROM finder.occurrence;

-- name: forget_edition
-- Which dates were told by this edition or by those it replaced?
DELETE FROM finder.occurrence
WHERE activity_id IN (
    SELECT a.activity_id FROM finder.activity a
    JOIN geo.edition e USING (edition_id)
    JOIN geo.edition this USING (source_id, dataset, scope)
    WHERE this.edition_id = %(edition_id)s::uuid);

-- name: forget_activity
-- Which dates does this activity have?
DELETE FROM finder.occurrence WHERE activity_id = %(activity_id)s::uuid;

-- name: schedules
-- Which different schedules have the listed activities whose dates are known (of one edition; null: of all)?
SELECT md5(a.schedule::text)::uuid AS key, a.schedule
FROM finder.listing l JOIN finder.activity a USING (edition_id, activity_id)
WHERE l.dated AND (%(edition_id)s::uuid IS NULL OR l.edition_id = %(edition_id)s::uuid)
GROUP BY a.schedule;

-- name: drop_sessions
-- Are there sessions of another run of this transaction?
DROP TABLE IF EXISTS schedule_session;

-- name: create_sessions
-- Where do the sessions of each different schedule stand until its activities get them?
CREATE TEMPORARY TABLE schedule_session (key uuid, day date, opens smallint, closes smallint, doubt text) ON COMMIT DROP;

-- name: copy_sessions
-- Fill the sessions of each different schedule.
COPY schedule_session (key, day, opens, closes, doubt) FROM STDIN;

-- name: analyze_sessions
-- How many sessions has a schedule?
ANALYZE schedule_session;

-- name: add_occurrences
-- Which sessions has each listed activity that nobody changed (of one edition; null: of all)?
INSERT INTO finder.occurrence (activity_id, municipality_code, day, opens, closes, doubt)
SELECT l.activity_id, l.municipality_code, s.day, s.opens, s.closes,
       coalesce(s.doubt, CASE WHEN s.day > l.stale_after THEN 'stale' END)
FROM finder.listing l
JOIN finder.activity a USING (edition_id, activity_id)
JOIN schedule_session s ON s.key = md5(a.schedule::text)::uuid
WHERE l.dated AND (%(edition_id)s::uuid IS NULL OR l.edition_id = %(edition_id)s::uuid)
  AND NOT EXISTS (SELECT FROM finder.occurrence_change c WHERE c.activity_id = l.activity_id)
ORDER BY l.activity_id, s.day;

-- name: changed
-- Which listed activities have changes (of one edition or this one; null: all), with their schedules and changes in order?
SELECT l.activity_id, l.municipality_code, a.schedule, l.dated, l.stale_after,
       array_agg(ARRAY[c.kind, c.day::text, c.opens::text, c.closes::text, c.to_day::text, c.to_opens::text,
                       c.to_closes::text, c.reason] ORDER BY c.changed_at, c.change_id) AS changes
FROM finder.occurrence_change c
JOIN finder.listing l USING (activity_id)
JOIN finder.activity a USING (edition_id, activity_id)
WHERE (%(edition_id)s::uuid IS NULL OR l.edition_id = %(edition_id)s::uuid)
  AND (%(activity_id)s::uuid IS NULL OR l.activity_id = %(activity_id)s::uuid)
GROUP BY l.activity_id, l.municipality_code, a.schedule, l.dated, l.stale_after;

-- name: grown_old
-- Which listings tell more than they may since a day: a schedule that has become stale, a rest whose end has come?
SELECT l.activity_id, NULL::uuid AS edition_id FROM finder.listing l
WHERE l.stale_after < %(today)s::date AND l.stale_after >= %(since)s::date - 1
UNION
SELECT l.activity_id, l.edition_id FROM finder.listing l JOIN finder.activity a USING (edition_id, activity_id)
WHERE l.status = 'suspended' AND a.status_until <= %(today)s::date;

-- name: copy_occurrences
-- Fill the sessions of activities with changes.
COPY finder.occurrence (activity_id, municipality_code, day, opens, closes, doubt, change, other_day, reason) FROM STDIN;

-- name: analyze
-- How are the dates distributed?
ANALYZE finder.occurrence;

-- name: listed_activity
-- Is there a listed activity with this id, and in which municipality?
SELECT municipality_code FROM finder.listing WHERE activity_id = %(activity_id)s::uuid;

-- name: add_change
-- Keep what a coordinator says of one day.
INSERT INTO finder.occurrence_change (activity_id, municipality_code, kind, day, opens, closes, to_day, to_opens,
    to_closes, reason, by_role)
VALUES (%(activity_id)s::uuid, %(municipality_code)s::text, %(kind)s::text, %(day)s::date, %(opens)s::smallint,
    %(closes)s::smallint, %(to_day)s::date, %(to_opens)s::smallint, %(to_closes)s::smallint, %(reason)s::text,
    %(by_role)s::text);

-- name: upcoming
-- Which sessions of these activities end after a moment, up to a day (null: all), at most so many of each?
SELECT o.activity_id, o.day, o.opens, o.closes, o.doubt, o.change, o.other_day, o.reason
FROM unnest(%(activity_ids)s::uuid[]) AS wanted (activity_id)
CROSS JOIN LATERAL (
    SELECT * FROM finder.occurrence found
    WHERE found.activity_id = wanted.activity_id AND found.day >= %(moment)s::timestamp::date
      AND found.day + make_interval(mins => coalesce(found.closes, 1440)) > %(moment)s::timestamp
      AND (%(last)s::date IS NULL OR found.day <= %(last)s::date)
    ORDER BY found.day, found.opens NULLS FIRST
    LIMIT %(most)s::int) o;

-- name: sure_again
-- Which dates of this activity are not doubtful for their age any more, now that somebody has checked it?
UPDATE finder.occurrence o SET doubt = NULL
FROM finder.listing l
WHERE l.activity_id = o.activity_id AND o.activity_id = %(activity_id)s::uuid AND o.doubt = 'stale'
  AND (l.stale_after IS NULL OR o.day <= l.stale_after);
