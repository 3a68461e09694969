"""The faces of prescribing: staff, hosts and patients."""

from fastapi import APIRouter

from prescribing.web import (
    account_pages,
    admin_pages,
    case_moves,
    case_page,
    case_pages,
    case_places,
    files,
    host_pages,
    import_pages,
    invited_pages,
    mine_pages,
    oidc,
    passkeys,
    patient_pages,
    problems,
    refer_pages,
    referral_api,
    sheet,
    signing_in,
    slip_pages,
    uptake_pages,
    verify_pages,
)

__all__ = ["LARGER_BODIES", "problems", "referral_api", "router"]

LARGER_BODIES = import_pages.LARGER_BODIES
"""Bytes a body may have, by path, where a file is taken."""
router = APIRouter(include_in_schema=False)
for face in (
    files,
    signing_in,
    passkeys,
    oidc,
    invited_pages,
    account_pages,
    admin_pages,
    case_pages,
    case_places,
    case_page,
    case_moves,
    slip_pages,
    verify_pages,
    import_pages,
    host_pages,
    refer_pages,
    mine_pages,
    sheet,
    patient_pages,
    uptake_pages,
):
    router.include_router(face.router)
