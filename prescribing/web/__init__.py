"""The faces of prescribing: staff, hosts and patients."""

from fastapi import APIRouter

from prescribing.web import (
    account_pages,
    admin_pages,
    files,
    invited_pages,
    oidc,
    passkeys,
    problems,
    signing_in,
)

__all__ = ["problems", "router"]

router = APIRouter(include_in_schema=False)
for face in (files, signing_in, passkeys, oidc, invited_pages, account_pages, admin_pages):
    router.include_router(face.router)
