-- name: grid_tile
-- How many findable listings lie in each cell of this tile? The point of a cell is its middle, in tile units.
SELECT ST_AsMVT(cell, 'place_counts', 4096, 'geom') AS tile
FROM (
    SELECT ST_SetSRID(ST_MakePoint((g.cell & 63) * 64 + 32, (g.cell >> 6) * 64 + 32), 3857) AS geom, g.count
    FROM finder.tile_grid g
    WHERE g.z = %(z)s::smallint AND g.tx = %(x)s::int AND g.ty = %(y)s::int) cell;

-- name: place_tile
-- Which findable listings lie in this tile and just beyond its edge?
SELECT ST_AsMVT(listing, 'places', 4096, 'geom') AS tile
FROM (
    SELECT ST_AsMVTGeom(l.g3857, ST_TileEnvelope(%(z)s::int, %(x)s::int, %(y)s::int), 4096, 64, true) AS geom,
           l.activity_id::text AS activity_id, l.place_id::text AS place_id, l.kind,
           finder.card(l) ->> 'name' AS name
    FROM finder.listing l
    WHERE l.findable
      AND l.g3857 && ST_TileEnvelope(%(z)s::int, %(x)s::int, %(y)s::int, margin => 64.0 / 4096)) listing;

-- name: attributions
-- Whom must a map of all current places name?
SELECT coalesce(array_agg(DISTINCT s.attribution ORDER BY s.attribution), '{}') AS attributions
FROM geo.edition e JOIN geo.source s USING (source_id)
WHERE e.state = 'current' AND e.dataset = 'places';
