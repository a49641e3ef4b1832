"""Face verification: the models, the workers, and the decoy for people nobody knows."""

from __future__ import annotations

from app.identity.face import Faces
from config import Settings, SettingsRefused
from verify.defaults import DEFAULT_POLICY
from verify.engine import FaceEngine
from verify.errors import PolicyFileRefused
from verify.models import ModelFiles, PassiveModel
from verify.policy import file
from verify.policy.verification import VerificationPolicy


def build_policy(settings: Settings) -> VerificationPolicy:
    """What faces are judged by: the shipped policy, changed by the operator's file if there is one.

    Raises:
        SettingsRefused: the file is wrong; says in which field.
    """
    if settings.face_policy is None:
        return DEFAULT_POLICY
    try:
        return file.load(settings.face_policy, base=DEFAULT_POLICY)
    except PolicyFileRefused as refused:
        where = f" at {refused.where}" if refused.where else ""
        msg = f"These settings are missing or wrong:\n  FACE_POLICY: {refused.code}{where}"
        raise SettingsRefused(msg) from refused


def build_engine(settings: Settings, policy: VerificationPolicy) -> FaceEngine:
    """The engine over the installed models; its workers start with the first request."""
    return FaceEngine(
        models=_models(settings),
        policy=policy,
        workers=settings.face_workers,
        queue=settings.face_queue,
    )


def build_faces(settings: Settings, engine: FaceEngine, policy: VerificationPolicy) -> Faces:
    """What the identity service sees of the engine."""
    return Faces(
        engine=engine,
        policy=policy,
        models=_models(settings).in_use(),
        decoy=settings.decoy_path.read_bytes(),
    )


def _models(settings: Settings) -> ModelFiles:
    path, sha256 = settings.passive_pad_model, settings.passive_pad_sha256
    return ModelFiles.installed(
        mesh=settings.var_dir / "models" / "face_landmark.tflite",
        passive=PassiveModel(path=path, sha256=sha256) if path and sha256 else None,
    )
