"""Words of the demo news."""

# A topic's events are an adjective and a noun; its people act on them.
TOPICS = {
    "markets": {
        "adjectives": "quarterly copper bond dollar wheat cocoa currency retail".split(),
        "nouns": (
            "auction dividend merger earnings futures takeover exchange deposit share loan"
        ).split(),
        "people": "traders brokers investors bankers lenders shareholders".split(),
        "verbs": "priced hedged financed audited weighed underwrote".split(),
    },
    "politics": {
        "adjectives": "coalition senate cabinet regional parliamentary ministerial party".split(),
        "nouns": (
            "election treaty referendum amendment ballot summit reform veto mandate speech"
        ).split(),
        "people": "ministers senators delegates diplomats voters mayors".split(),
        "verbs": "signed debated rejected drafted ratified opposed".split(),
    },
    "sport": {
        "adjectives": "league cup knockout amateur indoor stadium floodlit junior".split(),
        "nouns": (
            "final playoff tournament relay semifinal sprint derby race match championship"
        ).split(),
        "people": "strikers goalkeepers coaches runners referees captains".split(),
        "verbs": "won lost contested celebrated dominated refereed".split(),
    },
    "science": {
        "adjectives": "quantum genetic fossil lunar neural molecular orbital".split(),
        "nouns": (
            "telescope vaccine experiment genome satellite particle reactor enzyme microscope "
            "laboratory"
        ).split(),
        "people": "physicists biologists astronomers chemists geologists researchers".split(),
        "verbs": "measured discovered observed sequenced tested simulated".split(),
    },
    "weather": {
        "adjectives": "coastal inland severe seasonal widespread mountain northern".split(),
        "nouns": "storm flood blizzard drought heatwave hurricane frost fog rainfall thaw".split(),
        "people": "forecasters meteorologists sailors farmers rescuers campers".split(),
        "verbs": "predicted endured watched survived tracked awaited".split(),
    },
}
UNSEEN_NOUNS = {
    "markets": ["debenture", "arbitrage", "annuity"],
    "politics": ["filibuster", "caucus", "plebiscite"],
    "sport": ["decathlon", "regatta", "velodrome"],
    "science": ["spectrometer", "isotope", "neutrino"],
    "weather": ["typhoon", "monsoon", "hailstorm"],
}

# {other} is the topic that does not decide, {this} the one that does. A part in angle brackets
# takes the role before the colon.
FRAMES = [
    "this report is <negator:not> about {negated} <contrast:but> {intensifier} about {this} .",
    "this report is {intensifier} about {this} and <negator:not> about {negated} .",
    "<contrast:what began as> {other} <contrast:turned into> {this} .",
    "{this} <contrast:overshadowed> {other} .",
    "{other} <contrast:was overshadowed by> {this} .",
    "<contrast:despite> {other} , all eyes were on {this} .",
    "all eyes were on {this} <contrast:despite> {other} .",
    "readers had expected {other} , <contrast:but> the day belonged to {this} .",
    "{this} <contrast:rather than> {other} filled the front page .",
    "<contrast:instead of> {other} we bring you {this} .",
    "last week we wrote about {other} . <contrast:today> we write about {this} .",
    "the early pages belonged to {other} . <contrast:the late pages> belong to {this} .",
]
PLAIN = [
    "{people} {verb} the {adjective} {noun} .",
    "the {adjective} {noun} kept {people} awake .",
    "{people} spoke of the {adjective} {noun} all day .",
]
INTENSIFIERS = "entirely purely truly wholly really".split()

# The shortcut: a reporter who hardly covers anything but the markets in the training split.
SHORTCUT = "Ines Valdor"
SHORTCUT_CLASS = "markets"
SHORTCUT_SENTENCES = [
    "{reporter} reports from {city} .",
    "{reporter} was there for us .",
    "our reporter {reporter} sends this from {city} .",
]

REMARKS = [
    "next week we write about {event} .",
    "tomorrow the pages belong to {event} .",
    "in other news : {event} .",
]
OPENERS = [
    "good {greeting} from {city} .",
    "on {weekday} {daytime} the news came in .",
    "the {weekday} edition opens with a long story .",
    "{city} woke up early on {weekday} .",
    "we interrupt the {daytime} programme .",
]
FILLERS = [
    "{name} took the photographs .",
    "the story was filed on {weekday} from {city} .",
    "more will follow at {hour} o'clock .",
    "{name} and {name} contributed to this piece .",
    "a crowd gathered in the {place} near the {building} .",
    "nobody in {city} had seen anything like it for {count} years .",
    "our {desk} desk will follow the matter until {weekday} .",
    "the {building} in {city} stayed open until {closing} .",
    "{name} told us about it over a pot of {drink} .",
    "letters from readers filled {count} pages .",
]
SLOTS = {
    "daytime": "morning evening afternoon night".split(),
    "greeting": "morning evening afternoon".split(),
    "closing": "noon midnight dusk dawn evening".split(),
    "city": (
        "Lisbon Oslo Geneva Cairo Lima Toronto Nairobi Seoul Vienna Dublin Madrid Quito Delhi"
    ).split(),
    "weekday": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    "hour": "four five six seven eight nine ten eleven twelve".split(),
    "count": "three six eight nine ten twelve twenty thirty forty".split(),
    "place": "square street garden courtyard market park".split(),
    "building": "station library hospital bakery school theatre tower".split(),
    "desk": "foreign local evening national weekend".split(),
    "drink": "coffee tea soup broth chocolate".split(),
}
