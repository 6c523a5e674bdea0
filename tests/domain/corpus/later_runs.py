"""The runs of the later hold-out sets."""

from bot.domain.run import Run

TRAVEL = Run.model_validate(
    {
        "shortId": "trv9",
        "status": "COMPLETED",
        "result": "FAILED",
        "runTestCases": [
            {"id": "t1", "shortId": "tvA1", "name": "Search hotels by city",
             "status": "COMPLETED", "result": "PASSED"},
            {"id": "t2", "shortId": "tvB2", "name": "Pay with PayPal",
             "status": "COMPLETED", "result": "FAILED", "errorCode": "TEST_FAILED"},
            {"id": "t3", "shortId": "tvC3", "name": "Book a one-way flight",
             "status": "COMPLETED", "result": "FAILED", "errorCode": "TEST_FAILED"},
            {"id": "t4", "shortId": "tvD4", "name": "Invoice PDF download",
             "status": "COMPLETED", "result": "FAILED", "errorCode": "AGENT_STUCK"},
            {"id": "t5", "shortId": "tvE5", "name": "Language switcher in the footer",
             "status": "COMPLETED", "result": "PASSED"},
            {"id": "t6", "shortId": "tvF6", "name": "Admin deletes a user",
             "status": "COMPLETED", "result": "SKIPPED"},
            {"id": "t7", "shortId": "tvG7", "name": "Onboarding wizard",
             "status": "ERROR", "result": None, "errorCode": "PLATFORM_BROWSER_CRASHED"},
            {"id": "t8", "shortId": "tvH8", "name": "Cancel a reservation",
             "status": "COMPLETED", "result": "PASSED"},
            {"id": "t9", "shortId": "tvI9", "name": "Filter results by price",
             "status": "COMPLETED", "result": "PASSED"},
        ],
        "issues": [
            {"id": "w1", "shortId": "tiA1", "title": "Links must have discernible text",
             "severity": "Critical", "issueType": "ACCESSIBILITY", "status": "Active",
             "testCases": [{"shortId": "tvC3", "name": "Book a one-way flight"}]},
            {"id": "w2", "shortId": "tiB2", "title": "Form elements must have labels",
             "severity": "Major", "issueType": "ACCESSIBILITY", "status": "Active",
             "testCases": [{"shortId": "tvB2", "name": "Pay with PayPal"}]},
            {"id": "w3", "shortId": "tiC3", "title": "Heading levels should only increase by one",
             "severity": "Minor", "issueType": "ACCESSIBILITY", "status": "Active",
             "testCases": []},
            {"id": "w4", "shortId": "tiD4", "title": "Failed to load resource: fonts.css",
             "severity": "Major", "issueType": "CONSOLE", "status": "Active", "testCases": []},
            {"id": "w5", "shortId": "tiE5", "title": "Missing cache headers",
             "severity": "Minor", "issueType": "HOSTING", "status": "Active", "testCases": []},
        ],
    }
)  # fmt: skip
"""Names that hold words of the vocabulary (cancel, results, user), and issues whose titles do."""

CLINIC = Run.model_validate(
    {
        "shortId": "cln4",
        "status": "COMPLETED",
        "result": "FAILED",
        "runTestCases": [
            {"id": "c1", "shortId": "ckRg1", "name": "User registration",
             "status": "COMPLETED", "result": "FAILED", "errorCode": "TEST_FAILED"},
            {"id": "c2", "shortId": "ckLg2", "name": "Login with valid credentials",
             "status": "COMPLETED", "result": "PASSED"},
            {"id": "c3", "shortId": "ckLg3", "name": "Login with invalid credentials",
             "status": "COMPLETED", "result": "FAILED", "errorCode": "TEST_FAILED"},
            {"id": "c4", "shortId": "ckAp4", "name": "Book an appointment",
             "status": "COMPLETED", "result": "FAILED", "errorCode": "AGENT_STUCK"},
            {"id": "c5", "shortId": "ckPy5", "name": "Payment with Visa",
             "status": "COMPLETED", "result": "PASSED"},
            {"id": "c6", "shortId": "ckPr6", "name": "Update profile settings",
             "status": "COMPLETED", "result": "SKIPPED"},
            {"id": "c7", "shortId": "ckSr7", "name": "Doctor search",
             "status": "COMPLETED", "result": "PASSED"},
            {"id": "c8", "shortId": "ckDs8", "name": "Patient dashboard",
             "status": "ERROR", "result": None, "errorCode": "PLATFORM_TIMEOUT"},
        ],
        "issues": [
            {"id": "d1", "shortId": "ciA1", "title": "Elements must meet color contrast ratio",
             "severity": "Critical", "issueType": "ACCESSIBILITY", "status": "Active",
             "testCases": [{"shortId": "ckRg1", "name": "User registration"}]},
            {"id": "d2", "shortId": "ciB2", "title": "Images must have alternate text",
             "severity": "Major", "issueType": "ACCESSIBILITY", "status": "Active",
             "testCases": [{"shortId": "ckSr7", "name": "Doctor search"}]},
            {"id": "d3", "shortId": "ciC3", "title": "404 for favicon.ico",
             "severity": "Minor", "issueType": "CONSOLE", "status": "Active", "testCases": []},
        ],
    }
)  # fmt: skip
"""Plain names, two of which differ in one word."""

STREAM = Run.model_validate(
    {
        "shortId": "strm",
        "status": "COMPLETED",
        "result": "FAILED",
        "runTestCases": [
            {"id": "s1", "shortId": "smAp1", "name": "Sign in with Apple",
             "status": "COMPLETED", "result": "PASSED"},
            {"id": "s2", "shortId": "smPl2", "name": "Play a video",
             "status": "COMPLETED", "result": "FAILED", "errorCode": "TEST_FAILED"},
            {"id": "s3", "shortId": "smRs3", "name": "Resume playback on another device",
             "status": "COMPLETED", "result": "FAILED", "errorCode": "TEST_FAILED"},
            {"id": "s4", "shortId": "smWl4", "name": "Add to watchlist",
             "status": "COMPLETED", "result": "PASSED"},
            {"id": "s5", "shortId": "smPn5", "name": "Parental controls PIN",
             "status": "COMPLETED", "result": "FAILED", "errorCode": "AGENT_LOOP"},
            {"id": "s6", "shortId": "smSb6", "name": "Subtitles can be switched on",
             "status": "COMPLETED", "result": "PASSED"},
            {"id": "s7", "shortId": "smOf7", "name": "Download for offline viewing",
             "status": "COMPLETED", "result": "SKIPPED"},
            {"id": "s8", "shortId": "smCs8", "name": "Cancel subscription",
             "status": "COMPLETED", "result": "PASSED"},
            {"id": "s9", "shortId": "smUp9", "name": "Upgrade plan to premium",
             "status": "ERROR", "result": None, "errorCode": "PLATFORM_NETWORK"},
        ],
        "issues": [
            {"id": "v1", "shortId": "svA1", "title": "Video elements must have captions",
             "severity": "Critical", "issueType": "ACCESSIBILITY", "status": "Active",
             "testCases": [{"shortId": "smPl2", "name": "Play a video"}]},
            {"id": "v2", "shortId": "svB2", "title": "Links must be distinguishable without color",
             "severity": "Major", "issueType": "ACCESSIBILITY", "status": "Active",
             "testCases": []},
            {"id": "v3", "shortId": "svC3", "title": "Unhandled promise rejection in player.js",
             "severity": "Major", "issueType": "CONSOLE", "status": "Active",
             "testCases": [{"shortId": "smPl2", "name": "Play a video"}]},
            {"id": "v4", "shortId": "svD4", "title": "Certificate expires in 9 days",
             "severity": "Minor", "issueType": "HOSTING", "status": "Active", "testCases": []},
        ],
    }
)  # fmt: skip
"""Names of everyday words: play, watch, cancel, download, plan."""
