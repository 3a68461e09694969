-- name: upsert_kind
-- Is this kind known as the code list has it now?
INSERT INTO finder.kind (kind, position, name_ja, name_easy, name_en, colour, background, shape, listed)
VALUES (%(kind)s::text, %(position)s::int, %(name_ja)s::text, %(name_easy)s::text, %(name_en)s::text,
        %(colour)s::text, %(background)s::text, %(shape)s::text, %(listed)s::boolean)
ON CONFLICT (kind) DO UPDATE SET
    position = EXCLUDED.position, name_ja = EXCLUDED.name_ja, name_easy = EXCLUDED.name_easy,
    name_en = EXCLUDED.name_en, colour = EXCLUDED.colour, background = EXCLUDED.background,
    shape = EXCLUDED.shape, listed = EXCLUDED.listed;

-- name: delete_other_kinds
-- Which kinds has the code list dropped? Refused by the foreign keys while an activity or facility still has one.
DELETE FROM finder.kind WHERE kind <> ALL (%(kinds)s::text[]);

-- name: delete_terms
-- Terms are not referred to by keys, so the list is replaced as a whole.
DELETE FROM finder.term;

-- name: insert_term
-- What interests, needs and topics are there?
INSERT INTO finder.term (vocabulary, term, position, name_ja, name_easy, name_en)
VALUES (%(vocabulary)s::text, %(term)s::text, %(position)s::int, %(name_ja)s::text, %(name_easy)s::text,
        %(name_en)s::text);
