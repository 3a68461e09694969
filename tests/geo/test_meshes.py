from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point

from geo.errors import CodeError
from geo.meshes import MeshDigits, mesh_bounds, mesh_centre, mesh_code, mesh_of, mesh_polygon
from geo.points import LonLat

points = st.builds(LonLat, st.floats(122, 153.99), st.floats(20, 45.99))
all_digits: list[MeshDigits] = [4, 6, 8, 9, 10]


# 東京タワー and its squares as the Statistics Bureau numbers them
@pytest.mark.parametrize(
    ("digits", "code"), [(4, "5339"), (6, "533935"), (8, "53393599"), (9, "533935992"), (10, "5339359921")]
)
def test_a_point_lies_in_the_square_of_the_standard(digits: MeshDigits, code: str) -> None:
    assert mesh_of(LonLat(139.745433, 35.658581), digits) == code


def test_a_third_level_square_has_its_official_edges() -> None:
    edges = mesh_bounds(mesh_code("53393599"))
    assert (edges.west, edges.east) == (139.7375, 139.75)
    assert (edges.south, edges.north) == pytest.approx((35.6583333333, 35.6666666667))


@given(points, st.sampled_from(all_digits))
def test_a_square_holds_its_point(point: LonLat, digits: MeshDigits) -> None:
    code = mesh_of(point, digits)
    assert len(code) == digits
    assert mesh_polygon(code).buffer(1e-12).contains(Point(point.lon, point.lat))


@given(points, st.sampled_from(all_digits))
def test_codes_round_trip_through_the_middle(point: LonLat, digits: MeshDigits) -> None:
    code = mesh_of(point, digits)
    assert mesh_of(mesh_centre(code), digits) == code
    assert mesh_code(code) == code


@given(points)
def test_a_smaller_square_lies_in_the_greater_one(point: LonLat) -> None:
    codes = [mesh_of(point, digits) for digits in all_digits]
    assert all(small.startswith(great) for great, small in pairwise(codes))


@given(points, st.sampled_from(all_digits))
def test_the_south_west_corner_belongs_to_its_own_square(point: LonLat, digits: MeshDigits) -> None:
    code = mesh_of(point, digits)
    edges = mesh_bounds(code)
    inside = LonLat(edges.west + 1e-9, edges.south + 1e-9)
    assert mesh_of(inside, digits) == code


@pytest.mark.parametrize("text", ["", "533", "53393", "533985", "533935990", "5339359925", "0000", "9999", "5339a5"])
def test_what_is_no_mesh_code_is_refused(text: str) -> None:
    with pytest.raises(CodeError):
        mesh_code(text)


@given(st.text())
def test_any_text_is_a_mesh_code_or_a_code_error(text: str) -> None:
    with suppress(CodeError):
        assert mesh_code(text).isdigit()


def test_full_width_digits_and_hyphens_are_read() -> None:
    assert mesh_code("５３３９-３５-９９") == "53393599"
