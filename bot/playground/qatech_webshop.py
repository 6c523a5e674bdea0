"""The test suite of a believable web shop, "Fjord Supply": what newcomers see first.

Texts only: the test cases as they pass, how some of them fail one evening, and the issues found
on the way.
"""

from bot.playground.qatech_script import Case, Finding

_AXE = "https://dequeuniversity.com/rules/axe/4.10"

SEARCH = Case(
    "Search finds products by name",
    reason="Searching for “tent” listed 14 tents, the best match first.",
    thought="The result list held only tents, and the first one carried the searched word.",
    goal="Search for a product by name and check that the results fit.",
    examples="tent\ndown jacket\nheadlamp",
)
CART = Case(
    "Add a product to the cart",
    reason="The jacket is in the cart with size, colour and price.",
    thought="The cart badge went from 0 to 1, and the cart shows the chosen size M in green.",
    goal="Open a product, choose a size and put it into the cart.",
)
DISCOUNT = Case(
    "Apply a discount code at checkout",
    reason="The code WELCOME10 was accepted and took 10 % off.",
    thought="The subtotal fell from €129.00 to €116.10 as soon as the code was applied.",
    goal="Enter a valid discount code and check that the total goes down.",
    examples="WELCOME10\nFJORD15",
)
GUEST = Case(
    "Guest checkout with a card",
    reason="The order was placed and its number was shown.",
    thought="After paying with the test card, the confirmation named order 10482.",
    goal="Buy one product without an account and pay by card.",
    examples="Visa 4242 4242 4242 4242, any future date, any CVC",
)
KLARNA = Case(
    "Checkout with Klarna",
    reason="The order was placed with Klarna, to be paid in 30 days.",
    thought="Klarna's window opened, the purchase was approved, and the shop confirmed the order.",
    goal="Buy one product and choose Klarna as the way to pay.",
)
PICK_UP = Case(
    "Choose a pick-up point for delivery",
    reason="The pick-up point “Kiosk Hauptbahnhof” was chosen and kept.",
    thought="The map listed five pick-up points near 10115 Berlin; the choice is on the summary.",
    goal="Enter a postcode at checkout and choose the nearest pick-up point.",
    examples="10115 Berlin\n20095 Hamburg",
)
PASSWORD = Case(
    "Reset a forgotten password",
    reason="The mail with the link arrived, and the new password works.",
    thought="The link opened the form, the new password was accepted, and the log-in succeeded.",
    goal="Ask for a new password, follow the link in the mail, and log in with the new one.",
)
HISTORY = Case(
    "Order history lists the latest order",
    reason="The newest order stands first with its state “Paid”.",
    thought="The order that was placed a moment ago is the first row of the history.",
    goal="Open the order history and check that the latest order is listed.",
)

SMOKE: tuple[Case, ...] = (
    Case(
        "Home page shows the season's campaign",
        reason="The winter campaign is shown and leads to its products.",
        thought="The hero picture loaded, and its button opened the list “Winter is here”.",
        goal="Open the shop and check that the current campaign is shown.",
    ),
    SEARCH,
    Case(
        "Filter jackets by size and colour",
        reason="The filters left 6 green jackets in size M.",
        thought="Each product left over comes in M and green; the filters stand in the address.",
        goal="Narrow the jackets down to one size and one colour.",
    ),
    Case(
        "Product page shows sizes and stock",
        reason="Sizes, stock and delivery time are shown.",
        thought="Size XS was marked as sold out and could not be chosen, as it should be.",
        goal="Open a product and check what is said about sizes, stock and delivery.",
    ),
    CART,
    GUEST,
    Case(
        "Log in and log out",
        reason="Logged in as the test customer and out again.",
        thought="The greeting showed the customer's name; after logging out it was gone.",
        goal="Log in with the test customer and log out again.",
    ),
    Case(
        "Switch language and currency",
        reason="The shop changed to Norwegian and prices to NOK.",
        thought="All labels of the product page were Norwegian and the price was 1 499 kr.",
        goal="Change the language and the currency and check that both stick.",
    ),
)

_MORE: tuple[Case, ...] = (
    Case(
        "Search forgives a spelling mistake",
        reason="“jakcet” was corrected to “jacket”.",
        thought="The shop offered “Did you mean jacket?” and showed 32 products.",
        goal="Search with a typing error and check that products are still found.",
        examples="jakcet\nbackpak",
    ),
    Case(
        "Sort products by price",
        reason="The list is in order, the cheapest first.",
        thought="All 24 prices of the first page rise from top to bottom.",
        goal="Sort a list of products by price, both ways.",
    ),
    Case(
        "Product pictures can be enlarged",
        reason="All four pictures open large and close again.",
        thought="The gallery opened with a click and closed with Escape.",
        goal="Enlarge the pictures of a product.",
    ),
    Case(
        "Change the quantity in the cart",
        reason="Three pieces cost three times as much.",
        thought="The total rose from €129.00 to €387.00, and shipping became free.",
        goal="Raise and lower the quantity of a product in the cart.",
    ),
    Case(
        "Remove a product from the cart",
        reason="The cart is empty and says so.",
        thought="The row vanished, and “Undo” was offered for a few seconds.",
        goal="Remove the only product from the cart.",
    ),
    Case(
        "Cart survives a new visit",
        reason="The cart still holds the jacket after a new start.",
        thought="A fresh window showed the same cart with the same size and price.",
        goal="Leave the shop with a product in the cart and come back.",
    ),
    DISCOUNT,
    Case(
        "Reject an expired discount code",
        reason="The expired code was refused with a clear message.",
        thought="SUMMER24 gave “This code has expired”, and the total stayed as it was.",
        classification="NEGATIVE",
        goal="Try a discount code that has expired; it must not work.",
        examples="SUMMER24",
    ),
    KLARNA,
    Case(
        "Refuse a card that is declined",
        reason="The declined card was refused and nothing was ordered.",
        thought="The shop said that the bank declined the payment and kept the cart.",
        classification="NEGATIVE",
        goal="Pay with a card that the bank declines; no order may be placed.",
        examples="Visa 4000 0000 0000 0002",
    ),
    PICK_UP,
    Case(
        "Create an account",
        reason="The account was made, and the welcome mail arrived.",
        thought="The form took the data, and the new customer was logged in at once.",
        goal="Create a customer account with a new mail address.",
    ),
    PASSWORD,
    Case(
        "Change the delivery address",
        reason="The new address is kept and used at checkout.",
        thought="After saving, the checkout was filled in with the new street.",
        goal="Change the delivery address of the test customer.",
    ),
    HISTORY,
    Case(
        "Subscribe to the newsletter",
        reason="The address was taken and a confirmation was sent.",
        thought="The footer thanked for the subscription, and the mail arrived within seconds.",
        goal="Subscribe to the newsletter from the footer.",
    ),
)

REGRESSION: tuple[Case, ...] = SMOKE + _MORE
"""All 24 test cases of the nightly run, as they pass."""

FINDINGS: tuple[Finding, ...] = (
    Finding(
        "Buttons must have discernible text",
        severity="Critical",
        description="The “−” and “+” buttons of the cart have no name for a screen reader to say.",
        help_url=f"{_AXE}/button-name",
        tags=("cat.name-role-value", "wcag2a", "wcag412", "section508"),
        cases=("Change the quantity in the cart", GUEST.name, DISCOUNT.name),
    ),
    Finding(
        "Form elements must have labels",
        severity="Critical",
        description="The field for the discount code has a placeholder but no label.",
        help_url=f"{_AXE}/label",
        tags=("cat.forms", "wcag2a", "wcag412", "section508"),
        cases=(DISCOUNT.name, "Reject an expired discount code"),
    ),
    Finding(
        "Elements must meet minimum color contrast ratio thresholds",
        severity="Major",
        description="Grey on white, 2.9 : 1 (4.5 : 1 is needed): crossed-out prices and hints.",
        help_url=f"{_AXE}/color-contrast",
        tags=("cat.color", "wcag2aa", "wcag143"),
        cases=(SEARCH.name, "Filter jackets by size and colour", "Sort products by price"),
    ),
    Finding(
        "Links must have discernible text",
        severity="Major",
        description="The icons of the social networks in the footer are links without a text.",
        help_url=f"{_AXE}/link-name",
        tags=("cat.name-role-value", "wcag2a", "wcag244", "wcag412"),
        cases=("Subscribe to the newsletter",),
    ),
    Finding(
        "Heading levels should only increase by one",
        severity="Minor",
        description="The product page goes from h1 to h4.",
        help_url=f"{_AXE}/heading-order",
        tags=("cat.semantics", "best-practice"),
        cases=("Product page shows sizes and stock", CART.name),
    ),
    Finding(
        "TypeError: Cannot read properties of undefined (reading 'total')",
        issue_type="CONSOLE",
        severity="Major",
        description="checkout.4f1c.js:1:20817, each time a discount code is applied.",
        cases=(DISCOUNT.name,),
    ),
    Finding(
        "Failed to load resource: 404 (https://cdn.fjord-supply.example/inter-600.woff2)",
        issue_type="CONSOLE",
        severity="Minor",
        cases=("Home page shows the season's campaign", SEARCH.name),
    ),
    Finding(
        "Pictures are served without a cache lifetime",
        issue_type="HOSTING",
        severity="Minor",
        description="cdn.fjord-supply.example sends no Cache-Control: 31 pictures at each visit.",
        cases=("Home page shows the season's campaign",),
    ),
)
