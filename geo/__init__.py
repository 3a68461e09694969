"""Where things are in Japan: codes, addresses, school districts, reach. Has never heard of any particular kind of place."""

from geo.addresses import normalise, postcode_in, town_key
from geo.codes import (
    MunicipalityCode,
    Postcode,
    PrefectureCode,
    SchoolCode,
    municipality_code,
    postcode,
    prefecture_code,
    prefecture_named,
    prefecture_of,
    school_code,
)
from geo.errors import CodeError, GeoError, PositionError, TableError
from geo.gazetteer import Gazetteer, Town
from geo.geocoding import Geocoded, Geocoder
from geo.meshes import MeshCode, mesh_bounds, mesh_centre, mesh_code, mesh_of, mesh_polygon
from geo.points import LonLat, distance_m, from_tokyo_datum, in_japan, is_swapped, rounded, tokyo_datum_suspected
from geo.readings import Hint

__all__ = [
    "CodeError",
    "Gazetteer",
    "GeoError",
    "Geocoded",
    "Geocoder",
    "Hint",
    "LonLat",
    "MeshCode",
    "MunicipalityCode",
    "PositionError",
    "Postcode",
    "PrefectureCode",
    "SchoolCode",
    "TableError",
    "Town",
    "distance_m",
    "from_tokyo_datum",
    "in_japan",
    "is_swapped",
    "mesh_bounds",
    "mesh_centre",
    "mesh_code",
    "mesh_of",
    "mesh_polygon",
    "municipality_code",
    "normalise",
    "postcode",
    "postcode_in",
    "prefecture_code",
    "prefecture_named",
    "prefecture_of",
    "rounded",
    "school_code",
    "tokyo_datum_suspected",
    "town_key",
]
