"""The configured QA.tech projects, and which of them a reference means."""

from collections.abc import Mapping, Sequence

from bot.domain.errors import UserError
from bot.domain.short_id import DEFAULT_PROJECT, RunKey, RunReference, run_url


class ConfiguredProjects:
    """Implements `Projects`; `slugs` maps each project's alias to its slug in links, if known."""

    def __init__(self, slugs: Mapping[str, str | None]) -> None:
        self._slugs = slugs
        self._default = DEFAULT_PROJECT if DEFAULT_PROJECT in slugs else next(iter(slugs))

    @property
    def aliases(self) -> Sequence[str]:
        """Of all projects, the default one first."""
        return [self._default, *(alias for alias in self._slugs if alias != self._default)]

    def resolve(self, reference: RunReference) -> tuple[RunKey, str | None]:
        """The run that is meant, and its link: the pasted one, or one built from the slug.

        A link whose slug no project has is taken for the default project's: slugs need not be
        configured. Raises UserError for an alias that no project has.
        """
        alias = self._alias(reference)
        slug = self._slugs[alias]
        url = reference.url or (run_url(slug, reference.short_id) if slug else None)
        return RunKey(alias, reference.short_id), url

    def _alias(self, reference: RunReference) -> str:
        if reference.alias is not None:
            if reference.alias not in self._slugs:
                raise UserError(
                    f"There is no project `{reference.alias}`. There are: "
                    + ", ".join(f"`{alias}`" for alias in sorted(self._slugs))
                    + "."
                )
            return reference.alias
        if reference.slug is not None:
            for alias, slug in self._slugs.items():
                if slug == reference.slug:
                    return alias
        return self._default
