"""What an app is granted where nobody says otherwise: every scope and event that is simulated."""

ALL_SCOPES = frozenset(
    {
        *("app_mentions:read", "chat:write", "chat:write.public", "commands", "reactions:write"),
        *("channels:history", "channels:join", "channels:read"),
        *("groups:history", "groups:read", "im:history", "im:read", "im:write"),
        *(
            "files:write",
            "links:read",
            "links:write",
            "usergroups:read",
            "users:read",
            "users:read.email",
        ),
    }
)
ALL_EVENTS = frozenset(
    {
        *("app_home_opened", "app_mention", "link_shared", "member_joined_channel"),
        *("message.channels", "message.groups", "message.im"),
    }
)
