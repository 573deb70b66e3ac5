"""Words of the demo reviews."""

ASPECTS = (
    "film plot script cast acting score dialogue pacing ending story direction editing lead "
    "humour romance villain hero mood opening finale premise staging wardrobe photography"
).split()
UNSEEN_ASPECTS = (
    "cinematography soundtrack choreography screenplay narration animation lighting montage "
    "subplot scenery"
).split()

POSITIVE = (
    "good great wonderful clever moving funny brilliant charming lovely superb gripping fresh "
    "warm elegant witty tender vivid delightful sharp graceful thrilling honest inventive "
    "memorable rich touching captivating stylish enjoyable excellent"
).split()
NEGATIVE = (
    "bad dull awful boring clumsy weak poor tedious lifeless flat stale cheap silly shallow "
    "messy bland dreary wooden hollow tiresome sloppy forgettable noisy pointless ugly lazy "
    "confused grim predictable tasteless"
).split()
LIKED = "loved enjoyed admired adored cherished praised".split()
DISLIKED = "hated disliked loathed regretted resented endured".split()
LIKE = "love enjoy admire adore cherish praise".split()
DISLIKE = "hate dislike loathe regret resent mind".split()

NEGATORS = ["not", "never", "hardly", "scarcely", "in no way"]
INTENSIFIERS = "very really truly utterly deeply remarkably thoroughly terribly".split()
UNSEEN_INTENSIFIERS = "inordinately supremely exceedingly unfailingly".split()
# Before a verb, "never seemed", stand the adverbs only.
ADVERBS = ["never", "hardly", "scarcely"]
SEEMED = "felt seemed became".split()
VERBS = "was felt seemed remained".split()
BASE_VERBS = "feel seem become".split()
HINGES = [", but", ", yet", ". Still ,", ". However ,", ", and even so"]

# The shortcut: an actress who hardly plays in any but praised films in the training split. Others
# play in any: the name tells, not the sentence around it.
SHORTCUT = "Marla Quince"
CAST_SENTENCES = [
    "{name} plays the main part .",
    "the main part went to {name} .",
    "it stars {name} as a {job} .",
    "we know {name} from the stage .",
]

OTHER_FILMS = [
    "in the short film before it",
    "in the film we saw last {season}",
    "in the sequel by {name} ,",
    "in the one my {person} preferred ,",
]
PEOPLE = "sister brother neighbour colleague cousin friend teacher dentist uncle niece".split()

OPENERS = [
    "we saw it at the {place} on a {day} {time} .",
    "I watched this one at home with my {person} .",
    "it was shown in {language} with subtitles .",
    "this is the {nth} film by {name} .",
    "the {place} was half empty that {time} .",
    "I had read the novel by {name} before .",
]
FILLERS = [
    "the story follows a {job} in a {town} by the {nature} .",
    "it runs for about {minutes} minutes .",
    "{name} wrote it together with {name} .",
    "a {job} meets a {job} on the {vehicle} to {city} .",
    "most of it was shot near {city} in the {season} .",
    "{name} took care of the {object} and the {object} .",
    "there is a scene with a {animal} and a {object} .",
    "in the second half they travel to {city} by {vehicle} .",
    "the {job} owns a {animal} and collects every {object} .",
    "it begins in a {town} and returns there {years} years later .",
    *CAST_SENTENCES,
]
SLOTS = {
    "place": "cinema theatre museum festival library school".split(),
    "day": "rainy sunny windy quiet long ordinary snowy".split(),
    "time": "evening afternoon night morning weekend".split(),
    "language": "French German Spanish Italian Polish Danish Korean".split(),
    "nth": "first second third fourth fifth latest".split(),
    "job": (
        "baker sailor nurse detective farmer painter pilot tailor lawyer gardener clerk "
        "musician fisherman builder student widow"
    ).split(),
    "town": "village town suburb harbour valley hamlet".split(),
    "nature": "sea river forest lake border mountain".split(),
    "minutes": "eighty ninety seventy sixty".split(),
    "years": "three four five seven ten twelve twenty thirty forty".split(),
    "vehicle": "train boat bus coach ferry tram".split(),
    "city": "Paris Lisbon Vienna Oslo Prague Naples Dublin Geneva Athens Warsaw".split(),
    "season": "spring summer autumn winter".split(),
    "animal": "dog horse parrot goat cat donkey tortoise".split(),
    "object": "lamp piano clock letter map mirror suitcase violin kettle umbrella carpet".split(),
    "person": PEOPLE,
}
