"""Everything prescribing can refuse. None of them knows a status code: prescribing/web/problems.py does.

No text of them holds anything about a person: a code, a version or a field is named, never a value.

PrescribingError
├── AuditBroken          the audit is not what was sealed
├── ConsentMissing       somebody would learn what they have no consent for
├── KeyReused            an idempotency key came with another request
├── KeysUnusable         the file of keys is missing, open to others or broken
├── LinkRefused          a link or typed code is expired, revoked, used up or was never given
├── MoveRefused          the journey has no such step from here for this party
├── NotAllowed           signed in, but not for this
├── NotFound             there is no such thing, or it is somebody else's: both look the same
├── NotSignedIn          no session, or it is over
├── InputRefused         a form field says what cannot be; names the field
├── PasswordDue          a one-time password must be changed before anything else
├── SealBroken           a sealed field cannot be opened: wrong key, wrong row or tampered
├── TooManyTries         codes or passwords are tried too fast
├── VersionMissing       a change does not say which version it means
└── VersionStale         somebody changed it meanwhile
"""


class PrescribingError(Exception):
    """Base of all errors of this package; the text says what, where and what to do."""


class AuditBroken(PrescribingError):
    """The audit is not what was sealed: names the range."""

    def __init__(self, first_id: int, last_id: int, how: str) -> None:
        super().__init__(
            f"Entries {first_id} to {last_id} of the audit: {how}. Look with `placefinder audit verify`; "
            "after a backup was put back on purpose: `placefinder audit seal --after-restore`."
        )


class ConsentMissing(PrescribingError):
    """Somebody would learn what they have no consent for; names the purpose."""

    def __init__(self, purpose: str) -> None:
        super().__init__(f"There is no valid consent for {purpose}: ask the person, record it, then try again.")
        self.purpose = purpose


class KeyReused(PrescribingError):
    """An idempotency key came with another request."""

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used for another request: take a new one.")


class KeysUnusable(PrescribingError):
    """The file of keys is missing, open to others or broken; never tells what is in it."""

    def __init__(self, path: object, why: str) -> None:
        super().__init__(f"The key file {path} is not usable: {why}.")


class LinkRefused(PrescribingError):
    """A link or code is expired, revoked or was never given: all the same from outside."""

    def __init__(self) -> None:
        super().__init__("This link or code is not valid (any more). Please call us.")


class MoveRefused(PrescribingError):
    """The journey has no such step from here for this party, or its reason is missing."""

    def __init__(self, state: str, move: str, why: str) -> None:
        super().__init__(f"{move} is not possible from {state}: {why}.")
        self.state = state
        self.move = move


class NotAllowed(PrescribingError):
    """Signed in, but not for this."""

    def __init__(self) -> None:
        super().__init__("Your role does not include this.")


class NotFound(PrescribingError):
    """There is no such thing, or it is somebody else's: both look the same."""

    def __init__(self) -> None:
        super().__init__("There is nothing here for you.")


class NotSignedIn(PrescribingError):
    """No session, or it is over."""

    def __init__(self) -> None:
        super().__init__("Sign in first.")


class InputRefused(PrescribingError):
    """A field says what cannot be: names the field and what is allowed, never the value."""

    def __init__(self, field: str, allowed: str) -> None:
        super().__init__(f"{field} must be {allowed}.")
        self.field = field
        self.allowed = allowed


class PasswordDue(PrescribingError):
    """Signed in with a password that somebody else knows: nothing else goes before it is changed."""

    def __init__(self) -> None:
        super().__init__("Change your password first.")


class SealBroken(PrescribingError):
    """A sealed field cannot be opened: wrong key, wrong row or tampered."""


class TooManyTries(PrescribingError):
    """Codes or passwords are tried too fast."""

    def __init__(self) -> None:
        super().__init__("Too many tries. Wait some minutes, or call us.")


class VersionMissing(PrescribingError):
    """A change does not say which version it means."""

    def __init__(self) -> None:
        super().__init__("Say which version you saw: the If-Match header, or the form's version field.")


class VersionStale(PrescribingError):
    """Somebody changed it meanwhile; `version` is the one that holds now."""

    def __init__(self, version: int) -> None:
        super().__init__("Somebody changed this meanwhile: look at it again, then decide.")
        self.version = version
