"""Words: Unicode's boundaries, emoji, scripts without spaces, and what is asked for beyond them."""

import polars as pl
import pytest

from stateline.pipeline.sources.word_boundaries import normalise, split_words

ENGLISH = {
    "It isn’t 3D, naïve café-bar!": ["It", "isn’t", "3D", "naïve", "café", "bar"],
    "rock'n'roll 'quoted' it's 2nd 'til": ["rock'n'roll", "quoted", "it's", "2nd", "til"],
    "1,000.50 at 10:30, 3.14": ["1,000.50", "at", "10", "30", "3.14"],
    "the film.The U.S.A. and e.g. www.site.org": [
        "the", "film", "The", "U.S.A", "and", "e.g", "www", "site", "org",
    ],
    "_Casablanca_ a:b snake_case": ["Casablanca", "a", "b", "snake", "case"],
    "the 80's and 1990’s": ["the", "80's", "and", "1990’s"],
    "… !! — ' \u0301": [],
    "": [],
}  # fmt: skip
SCRIPTS = {
    "नमस्ते दुनिया": ["नमस्ते", "दुनिया"],
    "de\u0301ja\u0300 vu, l'e\u0301te\u0301": ["de\u0301ja\u0300", "vu", "l'e\u0301te\u0301"],
    "می\u200cخواهم کتاب": ["می\u200cخواهم", "کتاب"],
    'שלום צה"ל': ["שלום", 'צה"ל'],
    "한국어 문장": ["한국어", "문장"],
    "Привет, мир": ["Привет", "мир"],
}
# Without a dictionary, a character is what UAX #29 makes of these; Katakana stays together.
WITHOUT_SPACES = {
    "这家店，好喝": ["这", "家", "店", "好", "喝"],
    "コーヒーが好き": ["コーヒー", "が", "好", "き"],
    "กิน": ["กิ", "น"],
    "ພາສາ": ["ພ", "າ", "ສ", "າ"],
    "ខ្មែរ": ["ខ្", "មែ", "រ"],
    "မြန်မာ": ["မြ", "န်", "မာ"],
}
FAMILY, SKIN, FLAGS = "👩\u200d👩\u200d👧", "👍🏽", "🇩🇪🇫🇷"
EMOJI = {
    "tea 😍": ["tea", "😍"],
    "tea😍😍!": ["tea", "😍", "😍"],
    f"{FAMILY}{SKIN}{FLAGS}": [FAMILY, SKIN, "🇩🇪", "🇫🇷"],
    "3️⃣ ❤ ❤️ ❤️\u200d🔥": ["3️⃣", "❤", "❤️", "❤️\u200d🔥"],
    "© 2026 → ▪ ok™": ["2026", "ok"],
}


@pytest.mark.parametrize("cases", [ENGLISH, SCRIPTS, WITHOUT_SPACES, EMOJI])
def test_words_are_those_of_unicode(cases: dict[str, list[str]]) -> None:
    assert split_words(pl.Series(list(cases))).to_list() == list(cases.values())


def test_letters_that_stand_together_are_one_word_where_asked_for() -> None:
    texts = pl.Series(["东京 都😍", "กินข้าว film.The", *SCRIPTS])
    expected = [["东京", "都", "😍"], ["กินข้าว", "film", "The"], *SCRIPTS.values()]
    assert split_words(texts, "words").to_list() == expected


def test_each_letter_with_its_marks_is_a_word_where_asked_for() -> None:
    texts = pl.Series(["ab, c1!", "e\u0301te\u0301", f"กิ {FAMILY}"])
    expected = [["a", "b", "c", "1"], ["e\u0301", "t", "e\u0301"], ["กิ", FAMILY]]
    assert split_words(texts, "characters").to_list() == expected


def test_a_text_alone_and_among_others_has_the_same_words() -> None:
    texts = [*ENGLISH, *SCRIPTS, *WITHOUT_SPACES, *EMOJI]
    for how in ("auto", "words", "characters"):
        together = split_words(pl.Series(texts), how).to_list()
        assert together == [split_words(pl.Series([text]), how)[0].to_list() for text in texts]


def test_normalised_words_are_lower_case_with_one_kind_of_apostrophe_and_emoji() -> None:
    words = pl.Series(["Isn’t", "ÉTÉ", "❤️", "❤"])
    assert normalise(words).to_list() == ["isn't", "été", "❤", "❤"]
