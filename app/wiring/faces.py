"""Face verification: the models, the workers, and the decoy for people nobody knows."""

from __future__ import annotations

from app.identity.face import Faces
from config import Settings
from verify.defaults import DEFAULT_POLICY
from verify.engine import FaceEngine
from verify.models import ModelFiles


def build_engine(settings: Settings) -> FaceEngine:
    """The engine over the installed models; its workers start with the first request."""
    return FaceEngine(
        models=_models(settings),
        policy=DEFAULT_POLICY,
        workers=settings.face_workers,
        queue=settings.face_queue,
    )


def build_faces(settings: Settings, engine: FaceEngine) -> Faces:
    """What the identity service sees of the engine."""
    return Faces(
        engine=engine,
        policy=DEFAULT_POLICY,
        models=_models(settings).digests(),
        decoy=settings.decoy_path.read_bytes(),
    )


def _models(settings: Settings) -> ModelFiles:
    return ModelFiles.installed(mesh=settings.var_dir / "models" / "face_landmark.tflite")
