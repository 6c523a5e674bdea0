"""The runs that the corpus asks about."""

from bot.domain.run import Run
from tests.domain.corpus.later_runs import CLINIC, STREAM, TRAVEL

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

RUNS = {
    "shop": SHOP,
    "bank": BANK,
    "green": GREEN,
    "live": LIVE,
    "travel": TRAVEL,
    "clinic": CLINIC,
    "stream": STREAM,
}
