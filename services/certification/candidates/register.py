"""Who is enrolled in a batch, found by identity number without opening any (X5)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

from services.certification.candidates.models import Candidate
from services.certification.candidates.rules import PersonInOccupation
from shared.identity.sealing import Vault
from shared.personal.belonging import identity_index

T = TypeVar("T")
U = TypeVar("U")


class Register(Generic[T]):
    """Something about each candidate of a batch, by person and occupation."""

    def __init__(self, vault: Vault, entries: Mapping[tuple[str, str], T]) -> None:
        self._vault = vault
        self._entries = entries

    @classmethod
    def of(cls, vault: Vault, candidates: Iterable[Candidate]) -> "Register[Candidate]":
        return Register(
            vault, {(each.identity_index, each.occupation): each for each in candidates if each.identity_index}
        )

    def each(self, of: Callable[[T], U]) -> "Register[U]":
        """The same register, with what ``of`` makes of each entry."""
        return Register(self._vault, {key: of(entry) for key, entry in self._entries.items()})

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, tuple) and self._index(key) in self._entries

    def __getitem__(self, key: PersonInOccupation) -> T:
        return self._entries[self._index(key)]

    def _index(self, key: PersonInOccupation) -> tuple[str, str]:
        number, occupation = key
        return identity_index(self._vault, number), occupation
