"""Words that are no slips of the vocabulary, however near to it they look.

"Shipped" is not a misspelt "skipped", nor "mate" a misspelt "mute".
"""

_WORDS = """
able actual add added after ago almost along another around ask asked asking assigned away back
base basic best bit blame blocked blocker board body branch break bring brought busy call caller
calling came card care cash cast catch caught cause chance chase chat clever client close closed
coal coast code coffee cold come coming commit company consider copy cost costing count couple
course cover crushed cute data date dates day days deal debug deploy deployed desk dev did differs
doing door down draft drop during easy edit eight else end enough even ever face fact fair fall
family fast feel fell few field fields file filed files fill filled find fire first five flow
follow food force form free front full gate give given goat goes gone gotten greek greet group
grow guard half hand handle hang happy hard head hear heard held hell here hero high hits hold
hole home hope host hour hours house idea image important inside issued item join keep kept key
kind knew known land lane last late later launch lead learn least leave left less level lift light
limit line lines lint listen little live load local locally lock log logs lose loss lost love low
lunch made mail main make making manor mark master match matter mayor mean means meet meeting
merge merged mess might mind miner minute minutes mirror miss missed monday more move moved much
must nail name near neither never nice night note notes obvious off offer office once onto open
option order other others our own page paid parsed part party past patch path pause paused people
per phone pick pink place plan plans play point poll pool port post posted posting pretty price
prod produce producer push pushed quite quote raise ran rate read ready reran rest return returned
revert review right risk road roll rolled room root round rule safe said sail sale same save
season second seem seems seen self sentence seriously serve set seven sever shall shaped shapes
ship shipped shop shot should sick side sign since single six size slack slipped slop slow small
snow soap sort sound soup speak spoke spoken spot stage staging stand star start states statue
stay step steps store story stow such sure table tail take taken takes talk task ten terror text
than thanksgiving themselves theory thing things think thinks third thought three ticket till tiny
toes together token told tomorrow took top topic touch town track trash tried tripped true try
trying turn twice type unblock under until upon urgent used user using view wait waiting wake walk
want warm weather week weekend weird west while white whose wild wind wish witch woke word words
worst worth write wrote year yes yours zero
"""

COMMON_WORDS = frozenset(_WORDS.split())

_NOUNS_AND_MORE = """
absorbed alarming alloy ally altering annually antibody batter bench bitter bleak bloggers booth
boring brake bread breathing breeding brink brunch built butter cages cakes campuses cancer cares
caste casts casually catchy catering caves cease chances charge charged chargers charges cheating
cheek cheeks cheering chuck clash clashes clause clauses clicking clinical coaching coloring comet
comments companion compassion compelled compete competed competing compiled complexes composed
composing computing concealed conceded converse converted converting converts correctly county
court covert cracking crafting crawling criminal criminals crossing crush crushing currency dance
daring defeat defeated defeats deficits depicted descriptive deserted detached detained detect
detector differing ding directed doping dose doses drone dying earliest entirety exceeding excerpt
excerpts expelled exploding exploration exported faculty fake falling falls fellow fielding fifty
filing filth finnish fist flame flames flare folds fond forge forged forgot forks forth founding
foxes fully fund funding furnished gain goats gong gracious greed guest guests guise hardened
haven health inception infection informative injection instructors intuition invented invention
inventions kinda kindle lease leash lest lever linen locking logos looting lucky manly matte meat
mercy mighty miners mistaken moaning moist momentum monument moore morse mounting mourning
movement needy newer niche niece noticing noting objection ounce outgoing overhaul paint painting
passages passions pint pisses pissing pleading pleas pleasure plotting pointing posing position
positions pots pounding praising precious pressing printing produced produces programs pulse quit
rally reads realm reap recession recording regulated relaxed released relegated relocated
reminding renal render repairing repeated replaced repression resort retaining rewarding ruining
ruins sand scare scope seats security seed shade shake shale shame shape shark sharp shave
shipping ships shire shirt shoot shopping shore shout shown sidewalk site skate skies skill skins
slate slide slipping slips smart snapping sneak soothing sore spain spare spear speedy spend spill
spine spite sport sporting stabbing staff staffing stake stale stalking stall standing stare
stared staring stark starred starring stars startups starved starving stated stating statutes
stays steak stepped stepping stiff stirring stocking storey storm stormy strand strapped stripped
stripping submarine successor suit supplied supported swore tackling tank tanks tapes tasted
tasting teach teaching tempting tents texted texting texts thanking thee theme thick thin thorough
thoughts threat tides tied ties tiles tired tires tough tracing trailing training tread treating
trough truce tweeting twisting tying understood validity verses vibration vibrations violating
warming watering whale whatever wheat whenever wherever width wording wore world worms worrying
wound
"""

CORRECT_WORDS = COMMON_WORDS | frozenset(_NOUNS_AND_MORE.split())
"""With those that may well name a test case: "why did the security check fail?" asks about one."""
