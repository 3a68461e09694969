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
from geo.districts import Assignment, District, DistrictAnswer, district_id, school_key
from geo.editions import Counts, Edition, EditionId, Source, file_sha256
from geo.errors import CodeError, GeoError, PositionError, TableError
from geo.findings import Finding, verdict
from geo.gazetteer import Gazetteer, Town
from geo.geocoding import Geocoded, Geocoder
from geo.meshes import MeshCode, mesh_bounds, mesh_centre, mesh_code, mesh_of, mesh_polygon
from geo.points import LonLat, distance_m, from_tokyo_datum, in_japan, is_swapped, rounded, tokyo_datum_suspected
from geo.populations import DistrictPopulation, PopulationArea, people_aged
from geo.reach import Way, estimated_way, likelihood, minutes
from geo.readings import Hint

__all__ = [
    "Assignment",
    "CodeError",
    "Counts",
    "District",
    "DistrictAnswer",
    "DistrictPopulation",
    "Edition",
    "EditionId",
    "Finding",
    "Gazetteer",
    "GeoError",
    "Geocoded",
    "Geocoder",
    "Hint",
    "LonLat",
    "MeshCode",
    "MunicipalityCode",
    "PopulationArea",
    "PositionError",
    "Postcode",
    "PrefectureCode",
    "SchoolCode",
    "Source",
    "TableError",
    "Town",
    "Way",
    "distance_m",
    "district_id",
    "estimated_way",
    "file_sha256",
    "from_tokyo_datum",
    "in_japan",
    "is_swapped",
    "likelihood",
    "mesh_bounds",
    "mesh_centre",
    "mesh_code",
    "mesh_of",
    "mesh_polygon",
    "minutes",
    "municipality_code",
    "normalise",
    "people_aged",
    "postcode",
    "postcode_in",
    "prefecture_code",
    "prefecture_named",
    "prefecture_of",
    "rounded",
    "school_code",
    "school_key",
    "tokyo_datum_suspected",
    "town_key",
    "verdict",
]
