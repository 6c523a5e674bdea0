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
than thanksgiving themselves theory thing things think thinks third thought three through ticket
till tiny toes together token told tomorrow took top topic touch town track trash tried tripped
true try trying turn twice type unblock under until upon urgent used user using view wait waiting
wake walk want warm weather week weekend weird west while white whose wild wind wish witch woke
word words worst worth write wrote year yes yours zero
"""

COMMON_WORDS = frozenset(_WORDS.split())

_NOUNS_AND_MORE = """
absorbed accents accused adopted alarming allergy alloy ally alone altering among annually
antibody aspects barking barrels batter battery bearing beating begging bench bending berries
betting bitter blaming blasted blazing bleak blocking blogger bloggers blogging boarded booked
booking boosted booth bored boring bowling brake brave bread breakup breathing breeding brewing
brink broader brokers brother browsing brunch brushed built burning butter cages cakes campuses
cancer cancers careers cares caste casting castles casts casually catchy catering caves cease
chances charge charged charger chargers charges chasing cheap cheating cheek cheeks cheering chest
chewing chicken chilled choking chopped chuck clash clashes classes clause clauses clean cleaner
cleanse clicked clicking clinical coached coaches coaching colored coloring comet comments commons
compact companion compass compassion compelled compete competed competing compiled complain
complained complains complex complexes compose composed composing computing comrade conceal
concealed concede conceded concept concepts concert concerts concession concussion condemn
confusion consult consume converse convert converted converting converts cooked corners correct
correctly country county coupled courses court covert cracked cracking crafted crafting craving
crawling criminal criminals critics crooked crossed crosses crossing crush crushing currency dance
daring darling dealt debugging defeat defeated defeats defends deficit deficits deleted depicted
depicts deploying descriptive deserted detached detained detect detector differing ding directed
directs doping dose doses dread dried drone dumping dying earliest earning elected endured entered
entirety entries erected exceeding excerpt excerpts excited execution exemption expelled explode
exploding exploit exploration exported faculty fake falling falls farming fasting feeding feeling
fellow fellows fencing fielding fifty figures filing filling filming filth finnish firing fishing
fist fitting flags flame flames flank flare flashes flats flowing flows folding folds fond forge
forged forgot forks forth founded founding foxes fully fund funding funk furnished gain gardens
glowing goats gong gracious greed growing guest guests guise happier hardened haven health heating
hitting holding hostile housing hunting hurting ideal ignorant importance imported imposed
improper inception infection informative injection inspire instructors intense intuition invented
invention inventions kinda kindle lacking leaking lease leash lest lever licking linen linking
loading locking logging logos longest longing looting lucky lurking manly manning marking massage
masters mastery matte meaning meat melting mercy merging mighty miners mirrors mission mistaken
moaning mocking moist momentum monument moore morse mounting mourning movement mustang natives
needles needy newer niche niece noticing noting objection obligated ounce outgoing overhaul
overlap packing paint painting pairing parking passages passions passive percent picking pint
pisses pissing pleaded pleading pleas pleasure plotting pointing polling popping posing position
positions possess pots pounding pouring praised praises praising precious predict pressed presses
pressing printing process produced produces programs project promote propose protect pudding pulse
pushing putting quietly quit raining rally ranging ranking reacted readily reading reads reality
realm reap rebound rebuilt recalls recession recording regions regulated relaxed released
releasing relegated relocated reminding renal renamed render renting repairing repeal repeated
replaced repression request resort resorts respect restore retaining retreat returns reverse
rewarding ringing robot rocky rubbing ruining ruins rushing sand scare science scope screamed
seating seats security seed seniors seventy shade shake shale shame shape sharing shark sharp
shave sheep sheer shipping ships shire shirt shoot shopping shore shout shouted shown sidewalk
simulation sincere site skate skating skies skill skilled skinned skins slapped slate slide
slipping slips smart smarter snapped snapping sneak soothing sore sorting spain spare sparked
spear speedy spelled spend spill spine spite sport sporting stabbed stabbing stacked staff
staffing stained stake stale stalking stall stamped standing stare stared staring stark starred
starring stars startup startups starved starving stated stating station statute statutes staying
stays steak stepped stepping stiff stirred stirring stocking storey storing storm stormy strand
strapped striped stripped stripping submarine successor suit summers supplied supported sweet
swore tackling talking tall tank tanks tapes tasted tasting teach teaching tearing teasing telling
tempted tempting tents testify texted texting texts thanking theatre thee theme theorem thereby
thereof thick thin thorough thoughts threat threats ticking tides tied ties tiles tipped tired
tires totally tough tracing trading trailing training trapped tread treated treating trimmed
trivia trough truce trusted turning tweeted tweeting twisted twisting tying undergo understood
urgency validity verses vibration vibrations violating walking wanting warming washing wasting
watering wearing whale whatever wheat whenever whereas whereby wherein wherever whining width
winning wishing wording wore world worms worried worrying wound
"""

CORRECT_WORDS = COMMON_WORDS | frozenset(_NOUNS_AND_MORE.split())
"""With those that may well name a test case: "why did the security check fail?" asks about one."""
