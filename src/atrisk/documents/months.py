"""Months: what months, weekdays, seasons and days near today are called, in fifteen languages.

The words of the five languages in which reports on the cases are written (English, French, Spanish,
Portuguese, Arabic) are whole; of the others there are the months, so that a date in them is read or
quoted and never cut to its year. All are looked for
as ``flatten`` writes a text: small, without accents, digits as 0 to 9.
"""

from __future__ import annotations

from collections.abc import Iterable

from atrisk.documents.folding import flatten

# By language the twelve months, January first; a stroke parts names of the same month.
_NAMES = {
    "english": "january february march april may june july august september october november "
    "december",
    "french": "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre "
    "decembre",
    "spanish": "enero febrero marzo abril mayo junio julio agosto septiembre|setiembre octubre "
    "noviembre diciembre",
    "portuguese": "janeiro fevereiro marco abril maio junho julho agosto setembro outubro "
    "novembro dezembro",
    "arabic": "يناير|جانفي فبراير|فيفري مارس ابريل|افريل مايو|ماي يونيو|يونيه|جوان "
    "يوليو|يوليه|جويلية اغسطس|اوت سبتمبر اكتوبر نوفمبر ديسمبر",
    "levantine": "كانون_الثاني شباط اذار نيسان ايار|نوار حزيران تموز اب ايلول تشرين_الاول "
    "تشرين_الثاني كانون_الاول",
    "german": "januar|janner februar marz april mai juni juli august september oktober november "
    "dezember",
    "italian": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre "
    "novembre dicembre",
    "dutch": "januari februari maart april mei juni juli augustus september oktober november "
    "december",
    "russian": "январь|января|январе февраль|февраля|феврале март|марта|марте "
    "апрель|апреля|апреле маи|мая|мае июнь|июня|июне июль|июля|июле август|августа|августе "
    "сентябрь|сентября|сентябре октябрь|октября|октябре ноябрь|ноября|ноябре "
    "декабрь|декабря|декабре",
    "ukrainian": "січень|січня|січні лютии|лютого|лютому березень|березня|березні "
    "квітень|квітня|квітні травень|травня|травні червень|червня|червні липень|липня|липні "
    "серпень|серпня|серпні вересень|вересня|вересні жовтень|жовтня|жовтні "
    "листопад|листопада|листопаді грудень|грудня|грудні",
    "turkish": "ocak subat mart nisan mayıs|mayis haziran temmuz agustos eylul ekim "
    "kasım|kasim aralık|aralik",
    "swahili": "januari februari machi aprili mei juni julai agosti septemba oktoba novemba "
    "desemba",
    "indonesian": "januari februari maret april mei juni juli agustus september oktober november "
    "desember",
    "persian": "ژانویه فوریه مارس اوریل مه ژوین ژوییه|جولای اوت|اگست سپتامبر اکتبر نوامبر دسامبر",
}
# Short ones, read beside a day and a year, or after a full stop or a capital.
_SHORT = {
    "english": "jan feb mar apr may jun jul aug sep|sept oct nov dec",
    "french": "janv fevr|fev mars avr mai juin juil aout sept oct nov dec",
    "spanish": "ene feb mar abr may jun jul ago sep|set oct nov dic",
    "portuguese": "jan fev mar abr mai jun jul ago set out nov dez",
    "german": "jan feb mrz apr mai jun jul aug sep okt nov dez",
}


def _number(tables: Iterable[str]) -> dict[str, int]:
    return {
        flatten(name.replace("_", " ")): number
        for table in tables
        for number, names in enumerate(table.split(), start=1)
        for name in names.split("|")
    }


MONTHS = _number(_NAMES.values())
SHORT = {name: number for name, number in _number(_SHORT.values()).items() if name not in MONTHS}
# The names that may stand before their day, as in December 5.
BEFORE = set(_number([_NAMES["english"], _SHORT["english"]]))
# Names that are words of their own, too: without a year they are read with a capital only, or not.
WORDS = {flatten(name) for name in ("may", "march", "mart", "ocak", "ekim", "اب", "مه", "ماي")}
NEVER = {"out", "set"}  # short ones that are English words: read between a day and a year only
_SEASONS = (
    "spring summer autumn fall winter printemps ete automne hiver primavera verano otono invierno "
    "verao outono inverno ربيع صيف خريف شتاء"
)
SEASONS = set(_SEASONS.split())
# Monday first.
_WEEKDAYS = (
    "monday|lundi|lunes|segunda-feira|الاثنين|الإثنين "
    "tuesday|mardi|martes|terca-feira|الثلاثاء "
    "wednesday|mercredi|miercoles|quarta-feira|الاربعاء "
    "thursday|jeudi|jueves|quinta-feira|الخميس "
    "friday|vendredi|viernes|sexta-feira|الجمعة "
    "saturday|samedi|sabado|السبت "
    "sunday|dimanche|domingo|الاحد"
)
WEEKDAYS = {
    flatten(name): number
    for number, names in enumerate(_WEEKDAYS.split())
    for name in names.split("|")
}
# Days back from the day on which a text was published.
NEAR = {
    "the day before yesterday": 2, "avant-hier": 2, "anteayer": 2, "anteontem": 2,
    "yesterday": 1, "last night": 1, "hier": 1, "ayer": 1, "ontem": 1, "امس": 1,
    "today": 0, "tonight": 0, "this morning": 0, "aujourd'hui": 0, "hoy": 0, "hoje": 0,
}  # fmt: skip
# Spans of time back, in weeks, months or years.
SPANS = {
    "last week": "week", "la semaine derniere": "week", "la semaine passee": "week",
    "la semana pasada": "week", "na semana passada": "week", "a semana passada": "week",
    "الاسبوع الماضي": "week",
    "last month": "month", "le mois dernier": "month", "el mes pasado": "month",
    "no mes passado": "month", "o mes passado": "month", "الشهر الماضي": "month",
    "last year": "year", "l'annee derniere": "year", "l'an dernier": "year",
    "el ano pasado": "year", "no ano passado": "year", "o ano passado": "year",
    "العام الماضي": "year", "السنة الماضية": "year",
}  # fmt: skip
UNITS = {
    "day": 1, "days": 1, "jour": 1, "jours": 1, "dia": 1, "dias": 1, "week": 7, "weeks": 7,
    "semaine": 7, "semaines": 7, "semana": 7, "semanas": 7,
}  # fmt: skip
COUNTS = {
    "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "sept": 7,
    "una": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7,
    "um": 1, "uma": 1, "dois": 2, "duas": 2, "quatro": 4, "sete": 7,
}  # fmt: skip
