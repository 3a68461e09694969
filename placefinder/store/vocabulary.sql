-- name: kinds
-- Which kinds of places are there, with names, colour and shape?
SELECT kind, name_ja, name_easy, name_en, colour, background, shape, listed FROM finder.kind ORDER BY position;

-- name: terms
-- Which words are there for interests, needs and topics?
SELECT vocabulary, term, name_ja, name_easy, name_en FROM finder.term ORDER BY vocabulary, position;
