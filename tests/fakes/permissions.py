"""Who may do what: `Permissions` and `RulePermissions` for the tests of the services."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class FakePermissions:
    """Everybody may do everything, but for those who are named."""

    no_reruns: set[str] = field(default_factory=set)
    no_rules: set[str] = field(default_factory=set)

    async def may_rerun(self, user: str) -> bool:
        """See `Permissions`."""
        return user not in self.no_reruns

    async def may_rule(self, user: str) -> bool:
        """See `RulePermissions`."""
        return user not in self.no_rules
