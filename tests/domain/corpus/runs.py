"""The runs that the corpus asks about."""

from bot.domain.run import Run

SHOP = Run.model_validate(
    {
        "shortId": "UkxK",
        "status": "COMPLETED",
        "result": "FAILED",
        "runTestCases": [
            {"id": "u1", "shortId": "tcA1", "name": "Login with email and password",
             "status": "COMPLETED", "result": "PASSED", "promptGoal": "Log in."},
            {"id": "u2", "shortId": "tcB2", "name": "Checkout with credit card",
             "status": "COMPLETED", "result": "FAILED", "errorCode": "TEST_FAILED",
             "resultTitle": "The pay button stays grey", "evaluationThought": "Nothing happened.",
             "promptGoal": "Buy a shirt with a credit card.", "promptExamples": "4242 4242"},
            {"id": "u3", "shortId": "tcC3", "name": "Search shows matching products",
             "status": "COMPLETED", "result": "PASSED"},
            {"id": "u4", "shortId": "tcD4", "name": "Password reset email arrives",
             "status": "COMPLETED", "result": "FAILED", "errorCode": "AGENT_TIMEOUT",
             "resultTitle": "The agent ran out of steps"},
            {"id": "u5", "shortId": "tcE5", "name": "Profile picture upload",
             "status": "COMPLETED", "result": "SKIPPED"},
            {"id": "u6", "shortId": "tcF6", "name": "Newsletter signup",
             "status": "ERROR", "result": None, "errorCode": "PLATFORM_BROWSER_CRASHED",
             "resultTitle": "The browser went away"},
            {"id": "u7", "shortId": "tcG7", "name": "Add to cart from the product page",
             "status": "COMPLETED", "result": "FAILED", "errorCode": "TEST_FAILED",
             "resultTitle": "The cart stays empty"},
            {"id": "u8", "shortId": "tcH8", "name": "Logout ends the session",
             "status": "COMPLETED", "result": "PASSED"},
        ],
        "issues": [
            {"id": "i1", "shortId": "isA1", "title": "Buttons must have discernible text",
             "severity": "Critical", "issueType": "ACCESSIBILITY", "status": "Active",
             "helpUrl": "https://dequeuniversity.com/rules/axe/4.8/button-name",
             "tags": ["wcag2a"], "description": "A button has no name.",
             "testCases": [{"shortId": "tcB2", "name": "Checkout with credit card"}]},
            {"id": "i2", "shortId": "isB2", "title": "Insufficient color contrast",
             "severity": "Major", "issueType": "ACCESSIBILITY", "status": "Active",
             "testCases": [{"shortId": "tcA1", "name": "Login with email and password"}]},
            {"id": "i3", "shortId": "isC3", "title": "Images must have alternative text",
             "severity": "Minor", "issueType": "ACCESSIBILITY", "status": "Active",
             "testCases": []},
            {"id": "i4", "shortId": "isD4", "title": "Uncaught TypeError in analytics script",
             "severity": "Major", "issueType": "CONSOLE", "status": "Active",
             "testCases": [{"shortId": "tcC3", "name": "Search shows matching products"}]},
            {"id": "i5", "shortId": "isE5", "title": "Slow server response",
             "severity": "Minor", "issueType": "HOSTING", "status": "Active", "testCases": []},
            {"id": "i6", "shortId": "isF6", "title": "Old footer link is broken",
             "severity": "Major", "issueType": "ACCESSIBILITY", "status": "Resolved",
             "testCases": []},
            {"id": "i7", "shortId": "isG7", "title": "Checkout with credit card failed",
             "severity": "Critical", "issueType": "FAILED_TEST", "status": "Active",
             "testCases": [{"shortId": "tcB2", "name": "Checkout with credit card"}]},
        ],
    }
)  # fmt: skip
"""8 test cases: 3 failed (one of them the agent's), 1 errored, 1 skipped, 3 passed; 5 issues."""

BANK = Run.model_validate(
    {
        "shortId": "bnk7",
        "status": "COMPLETED",
        "result": "FAILED",
        "runTestCases": [
            {"id": "b1", "shortId": "bkTr1", "name": "Transfer to own account",
             "status": "COMPLETED", "result": "FAILED", "errorCode": "TEST_FAILED"},
            {"id": "b2", "shortId": "bkTr2", "name": "Transfer to another bank",
             "status": "COMPLETED", "result": "FAILED", "errorCode": "TEST_FAILED"},
            {"id": "b3", "shortId": "bkLg3", "name": "Login",
             "status": "COMPLETED", "result": "PASSED"},
            {"id": "b4", "shortId": "bkLg4", "name": "Login with Face ID",
             "status": "COMPLETED", "result": "FAILED", "errorCode": "AGENT_LOST"},
            {"id": "b5", "shortId": "bkHp5", "name": "Help page opens",
             "status": "COMPLETED", "result": "FAILED", "errorCode": "TEST_FAILED"},
            {"id": "b6", "shortId": "bkSt6", "name": "Monthly statement download",
             "status": "COMPLETED", "result": "PASSED"},
            {"id": "b7", "shortId": "bkCr7", "name": "Kreditkarte sperren über die App",
             "status": "COMPLETED", "result": "SKIPPED"},
        ],
        "issues": [
            {"id": "k1", "shortId": "bkIs1", "title": "Form elements must have labels",
             "severity": "serious", "issueType": "ACCESSIBILITY", "status": "Active",
             "testCases": [{"shortId": "bkTr1", "name": "Transfer to own account"}]},
            {"id": "k2", "shortId": "bkIs2", "title": "Form fields must not be empty",
             "severity": "moderate", "issueType": "ACCESSIBILITY", "status": "Active",
             "testCases": []},
        ],
    }
)  # fmt: skip
"""Names that are near to each other, a name with a word of the vocabulary, one in German."""

GREEN = Run.model_validate(
    {
        "shortId": "grn1",
        "status": "COMPLETED",
        "result": "PASSED",
        "runTestCases": [
            {"id": "g1", "shortId": "gr001", "name": "User can sign up",
             "status": "COMPLETED", "result": "PASSED", "promptGoal": "Open an account."},
            {"id": "g2", "shortId": "gr002", "name": "User can sign in with Google",
             "status": "COMPLETED", "result": "PASSED"},
            {"id": "g3", "shortId": "gr003", "name": "Dashboard loads",
             "status": "COMPLETED", "result": "PASSED"},
        ],
        "issues": [],
    }
)  # fmt: skip
"""All is well."""

LIVE = Run.model_validate(
    {
        "shortId": "liv3",
        "status": "RUNNING",
        "result": None,
        "runTestCases": [
            {"id": "l1", "shortId": "lv001", "name": "Book a table", "status": "RUNNING"},
            {"id": "l2", "shortId": "lv002", "name": "Cancel a booking", "status": "COMPLETED",
             "result": "SKIPPED"},
            {"id": "l3", "shortId": "lv003", "name": "Invite a friend", "status": "CANCELLED"},
        ],
        "issues": [
            {"id": "m1", "shortId": "lvIs1", "title": "Cookie without consent",
             "severity": "Odd", "issueType": "PRIVACY", "status": "Active"},
        ],
    }
)  # fmt: skip
"""In progress: nothing failed so far, one skipped, one cancelled, an issue of a new kind."""

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

RUNS = {
    "shop": SHOP,
    "bank": BANK,
    "green": GREEN,
    "live": LIVE,
    "travel": TRAVEL,
    "clinic": CLINIC,
    "stream": STREAM,
}
