"""The faces of prescribing: staff, hosts and patients."""

from fastapi import APIRouter

from prescribing.web import files, problems

__all__ = ["problems", "router"]

router = APIRouter(include_in_schema=False)
for face in (files,):
    router.include_router(face.router)
