"""The time zone that people mean when they name where they are: a city, a province, or the IANA name itself.

Every answer is a name that `zoneinfo` knows. Nothing is guessed: a name that several places share, an abbreviation
or an offset is a `Slip` that says which cities to name.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from functools import cache
from zoneinfo import available_timezones

from bot.errors import Slip
from bot.rules.grammar_text import plain, shown

# Places as their people write them, English and French; the first of a line is its best-known one.
_PLACES = """
America/St_Johns: St. John's, Saint-Jean, Saint-Jean de Terre-Neuve, Newfoundland, Terre-Neuve, Gander, Corner Brook, Mount Pearl
America/Halifax: Halifax, Dartmouth, Nova Scotia, Nouvelle-Écosse, Sydney NS, Charlottetown, Prince Edward Island, PEI, Île-du-Prince-Édouard, Summerside, Truro
America/Moncton: Moncton, Fredericton, Saint John, Saint-Jean NB, Bathurst, Edmundston, Miramichi, New Brunswick, Nouveau-Brunswick, Dieppe
America/Goose_Bay: Happy Valley-Goose Bay, Goose Bay, Labrador City
America/Toronto: Toronto, Ottawa, Montreal, Montréal, Québec, Quebec City, Ville de Québec, Gatineau, Laval, Longueuil, Sherbrooke, Trois-Rivières, Saguenay, Rimouski, Rouyn-Noranda, Drummondville, Saint-Jean-sur-Richelieu, Hull, Mississauga, Brampton, Hamilton ON, Hamilton Ontario, London Ontario, London ON, Kitchener, Waterloo, Guelph, Windsor Ontario, Windsor, Kingston Ontario, Kingston ON, Sudbury, Grand Sudbury, Barrie, Oshawa, Markham, Vaughan, Niagara Falls, Peterborough, North Bay, Sault Ste. Marie, Timmins, Ontario
America/Thunder_Bay: Thunder Bay
America/Iqaluit: Iqaluit
America/Rankin_Inlet: Rankin Inlet
America/Winnipeg: Winnipeg, Brandon, Manitoba, Kenora, Saint-Boniface
America/Regina: Regina, Saskatoon, Saskatchewan, Prince Albert, Moose Jaw
America/Edmonton: Edmonton, Calgary, Alberta, Red Deer, Lethbridge, Medicine Hat, Banff, Fort McMurray
America/Yellowknife: Yellowknife, Northwest Territories, Territoires du Nord-Ouest
America/Vancouver: Vancouver, Victoria BC, Victoria, British Columbia, Colombie-Britannique, BC, Surrey BC, Burnaby, Kelowna, Nanaimo, Kamloops, Prince George
America/Whitehorse: Whitehorse, Yukon
America/New_York: New York, New York City, NYC, NY, Nouvelle York, Washington, Washington DC, Boston, Philadelphia, Philadelphie, Miami, Atlanta, Pittsburgh, Baltimore, Buffalo, Cleveland, Orlando, Charlotte, Raleigh, Burlington Vermont
America/Detroit: Detroit, Détroit, Ann Arbor
America/Chicago: Chicago, Houston, Dallas, Austin, San Antonio, Minneapolis, St. Louis, New Orleans, Nouvelle-Orléans, La Nouvelle-Orléans, Memphis, Nashville, Milwaukee, Kansas City
America/Denver: Denver, Salt Lake City, Albuquerque, Boulder, Santa Fe
America/Phoenix: Phoenix, Tucson, Arizona
America/Los_Angeles: Los Angeles, LA, San Francisco, San Diego, San José California, Seattle, Portland Oregon, Las Vegas, Sacramento, Oakland, California, Californie
America/Anchorage: Anchorage, Alaska
Pacific/Honolulu: Honolulu, Hawaii, Hawaï
America/Mexico_City: Mexico City, Mexico, Ciudad de México, Guadalajara, Monterrey
America/Havana: Havana, La Havane, La Habana
America/Port-au-Prince: Port-au-Prince, Haïti
America/Martinique: Martinique, Fort-de-France
America/Guadeloupe: Guadeloupe, Pointe-à-Pitre
America/Miquelon: Saint-Pierre-et-Miquelon, Saint-Pierre et Miquelon
America/Bogota: Bogotá, Medellín
America/Lima: Lima
America/Caracas: Caracas
America/Santiago: Santiago, Santiago de Chile, Santiago du Chili
America/Argentina/Buenos_Aires: Buenos Aires
America/Sao_Paulo: São Paulo, Sao Paulo, Rio de Janeiro, Rio, Brasília, Brasilia
America/Montevideo: Montevideo
Atlantic/Reykjavik: Reykjavik, Reykjavík, Iceland, Islande
Atlantic/Azores: Azores, Açores, Ponta Delgada
Europe/Dublin: Dublin, Ireland, Irlande, Cork
Europe/London: London, Londres, Edinburgh, Édimbourg, Manchester, Birmingham, Glasgow, Cardiff, Belfast, Leeds, Bristol, Liverpool, United Kingdom, Royaume-Uni, UK, England, Angleterre, Scotland, Écosse, Wales, Pays de Galles
Europe/Lisbon: Lisbon, Lisbonne, Lisboa, Porto
Europe/Madrid: Madrid, Barcelona, Barcelone, Valencia, Valence, Sevilla, Seville, Séville, Bilbao
Europe/Paris: Paris, Lyon, Marseille, Toulouse, Bordeaux, Lille, Strasbourg, Nantes, Nice, Rennes, Grenoble, Montpellier, France
Europe/Brussels: Brussels, Bruxelles, Brussel, Antwerp, Anvers, Ghent, Gand, Liège, Namur, Belgium, Belgique
Europe/Luxembourg: Luxembourg
Europe/Amsterdam: Amsterdam, Rotterdam, The Hague, La Haye, Den Haag, Utrecht, Netherlands, Pays-Bas
Europe/Zurich: Zurich, Zürich, Geneva, Genève, Bern, Berne, Basel, Bâle, Lausanne, Neuchâtel, Fribourg, Switzerland, Suisse
Europe/Berlin: Berlin, Munich, München, Hamburg, Hambourg, Frankfurt, Francfort, Cologne, Köln, Stuttgart, Bonn, Germany, Allemagne
Europe/Vienna: Vienna, Vienne, Wien, Salzburg, Salzbourg, Austria, Autriche
Europe/Rome: Rome, Roma, Milan, Milano, Turin, Torino, Naples, Napoli, Florence, Firenze, Venice, Venise, Italy, Italie
Europe/Monaco: Monaco
Europe/Copenhagen: Copenhagen, Copenhague, København, Denmark, Danemark, Aarhus
Europe/Oslo: Oslo, Norway, Norvège, Bergen
Europe/Stockholm: Stockholm, Gothenburg, Göteborg, Sweden, Suède
Europe/Helsinki: Helsinki, Finland, Finlande, Tampere
Europe/Tallinn: Tallinn, Estonia, Estonie, Tartu
Europe/Riga: Riga, Latvia, Lettonie
Europe/Vilnius: Vilnius, Lithuania, Lituanie
Europe/Warsaw: Warsaw, Varsovie, Warszawa, Krakow, Kraków, Cracovie, Poland, Pologne
Europe/Prague: Prague, Praha, Brno
Europe/Bratislava: Bratislava
Europe/Budapest: Budapest, Hungary, Hongrie
Europe/Ljubljana: Ljubljana
Europe/Zagreb: Zagreb
Europe/Belgrade: Belgrade
Europe/Bucharest: Bucharest, Bucarest, Romania, Roumanie
Europe/Sofia: Sofia, Bulgaria, Bulgarie
Europe/Athens: Athens, Athènes, Thessaloniki, Greece, Grèce
Europe/Istanbul: Istanbul, Ankara, Turkey, Turquie
Europe/Kyiv: Kyiv, Kiev, Lviv, Ukraine
Europe/Moscow: Moscow, Moscou, St. Petersburg, Saint-Pétersbourg
Africa/Casablanca: Casablanca, Rabat, Marrakech, Morocco, Maroc
Africa/Algiers: Algiers, Alger, Algérie, Oran
Africa/Tunis: Tunis, Tunisie
Africa/Cairo: Cairo, Le Caire, Caire, Alexandria, Alexandrie, Egypt, Égypte
Africa/Dakar: Dakar, Senegal, Sénégal
Africa/Abidjan: Abidjan, Côte d'Ivoire
Africa/Accra: Accra, Ghana
Africa/Lagos: Lagos, Abuja, Nigeria
Africa/Douala: Douala, Yaoundé, Cameroon, Cameroun
Africa/Kinshasa: Kinshasa
Africa/Lubumbashi: Lubumbashi
Africa/Nairobi: Nairobi, Kenya
Africa/Kigali: Kigali, Rwanda
Africa/Addis_Ababa: Addis Ababa, Addis-Abeba
Africa/Johannesburg: Johannesburg, Cape Town, Le Cap, Pretoria, Durban, South Africa, Afrique du Sud
Asia/Jerusalem: Jerusalem, Jérusalem, Tel Aviv, Tel-Aviv
Asia/Beirut: Beirut, Beyrouth, Lebanon, Liban
Asia/Amman: Amman
Asia/Riyadh: Riyadh, Riyad, Jeddah, Djeddah
Asia/Dubai: Dubai, Dubaï, Abu Dhabi
Asia/Tehran: Tehran, Téhéran
Asia/Karachi: Karachi, Lahore, Islamabad
Asia/Kolkata: Kolkata, Calcutta, New Delhi, Delhi, Mumbai, Bombay, Bangalore, Bengaluru, Chennai, Hyderabad, Pune, India, Inde
Asia/Kathmandu: Kathmandu, Katmandou
Asia/Dhaka: Dhaka, Dacca
Asia/Bangkok: Bangkok, Thailand, Thaïlande
Asia/Ho_Chi_Minh: Ho Chi Minh City, Hô-Chi-Minh-Ville, Saigon, Saïgon, Hanoi, Hanoï, Vietnam
Asia/Singapore: Singapore, Singapour
Asia/Kuala_Lumpur: Kuala Lumpur
Asia/Jakarta: Jakarta
Asia/Manila: Manila, Manille
Asia/Hong_Kong: Hong Kong
Asia/Shanghai: Shanghai, Beijing, Pékin, Shenzhen, Guangzhou, Canton, China, Chine
Asia/Taipei: Taipei, Taïpei, Taiwan, Taïwan
Asia/Seoul: Seoul, Séoul, Busan, South Korea, Corée du Sud
Asia/Tokyo: Tokyo, Osaka, Kyoto, Japan, Japon
Australia/Perth: Perth
Australia/Adelaide: Adelaide, Adélaïde
Australia/Darwin: Darwin
Australia/Brisbane: Brisbane
Australia/Sydney: Sydney, Canberra
Australia/Melbourne: Melbourne
Australia/Hobart: Hobart
Pacific/Auckland: Auckland, Wellington, Christchurch, New Zealand, Nouvelle-Zélande
Pacific/Noumea: Nouméa, Noumea, Nouvelle-Calédonie
Pacific/Tahiti: Papeete, Tahiti
Indian/Reunion: La Réunion, Réunion, Saint-Denis de La Réunion
Etc/UTC: UTC, GMT, Zulu
"""  # noqa: E501 (a line is a zone)

# Countries and letters that stand for several clocks, with cities to choose from.
_SEVERAL = """
canada: Toronto, Halifax, Vancouver
usa: New York, Chicago, Los Angeles
us: New York, Chicago, Los Angeles
united states: New York, Chicago, Los Angeles
etats unis: New York, Chicago, Los Angeles
australia: Sydney, Perth, Adelaide
australie: Sydney, Perth, Adelaide
nunavut: Iqaluit, Rankin Inlet
labrador: Goose Bay, St. John's
est: Toronto, New York, Iqaluit
edt: Toronto, New York, Iqaluit
et: Toronto, New York, Iqaluit
hne: Toronto, Ottawa, Iqaluit
hae: Toronto, Ottawa, Iqaluit
eastern: Toronto, New York, Iqaluit
eastern time: Toronto, New York, Iqaluit
heure de l est: Toronto, Ottawa, Iqaluit
cst: Winnipeg, Regina, Chicago
cdt: Winnipeg, Chicago
ct: Winnipeg, Regina, Chicago
hnc: Winnipeg, Regina
hac: Winnipeg
central: Winnipeg, Regina, Chicago
central time: Winnipeg, Regina, Chicago
mst: Edmonton, Denver, Phoenix
mdt: Edmonton, Denver
mt: Edmonton, Denver, Phoenix
hnr: Edmonton
har: Edmonton
mountain: Edmonton, Denver, Phoenix
mountain time: Edmonton, Denver, Phoenix
pst: Vancouver, Los Angeles, Whitehorse
pdt: Vancouver, Los Angeles
pt: Vancouver, Los Angeles
hnp: Vancouver
hap: Vancouver
pacific: Vancouver, Los Angeles
pacific time: Vancouver, Los Angeles
heure du pacifique: Vancouver, Los Angeles
ast: Halifax, Moncton
adt: Halifax, Moncton
hna: Halifax, Moncton
atlantic: Halifax, Moncton
atlantic time: Halifax, Moncton
nst: St. John's
ndt: St. John's
hnt: St. John's
bst: London
ist: Dublin, Kolkata, Jerusalem
wet: Lisbon
cet: Paris, Brussels, Berlin
cest: Paris, Brussels, Berlin
eet: Athens, Helsinki
eest: Athens, Helsinki
"""

# Names under which the tz database files what has a place of its own already.
_AREAS_WITHOUT_CITIES = {"Brazil", "Canada", "Chile", "Etc", "Mexico", "SystemV", "US"}
_OFFSET = re.compile(r"(?:utc|gmt)? ?[+-−] ?\d{1,2}(?::?\d{2})?")


def find_zone(text: str) -> str:
    """The IANA name of the zone in which `text` lies, for example `America/Toronto` for "montréal"."""
    said = _key(text)
    named, places, shown_as = _zone_names(), _places(), _spellings()
    whole = text.strip().casefold().replace(" ", "_")
    if whole in named:
        return named[whole]
    # "Lyon, France": what comes after the comma only helps where the place alone could be another one
    for name in dict.fromkeys((said, _key(text.partition(",")[0]))):
        if name in _several():
            cities = _several()[name]
            raise Slip(
                "“{place}” stands for several places or clocks. Name a city, for example {cities}.",
                example=cities.partition(",")[0],
                place=shown(text),
                cities=cities,
            )
        if name in places:
            _same_clock(text, places[name])
            return places[name]
    if _OFFSET.fullmatch(plain(text)):
        raise Slip(
            "“{place}” is a fixed offset, but most clocks change in summer. Name a city.",
            example="Toronto",
            place=shown(text),
        )
    close = difflib.get_close_matches(said, places, 6, 0.7) if said else []
    cities = ", ".join(list(dict.fromkeys(shown_as[name] for name in close))[:3])
    if cities:
        raise Slip(
            "I do not know a place “{place}”. Close to it: {cities}.",
            example=cities.partition(",")[0],
            place=shown(text),
            cities=cities,
        )
    raise Slip("I do not know a place “{place}”. Name the nearest large city.", example="Toronto", place=shown(text))


def _same_clock(text: str, zone: str) -> None:
    """There is a Paris in Ontario: a country or province with another clock than the city's is a question."""
    place, _, country = text.partition(",")
    other = _places().get(_key(country), zone)
    if other != zone and _places().get(_key(text)) != zone:
        cities = ", ".join((shown(place), shown(country)))
        raise Slip(
            "“{place}” stands for several places or clocks. Name a city, for example {cities}.",
            example=shown(country),
            place=shown(text),
            cities=cities,
        )


def _key(text: str) -> str:
    """Cities by their letters alone; St. and Saint are the same, as are apostrophes and hyphens or none."""
    words = re.sub(r"[^\w\s]|_", " ", plain(text).replace("'s", "s")).split()
    return " ".join({"st": "saint", "ste": "sainte"}.get(word, word) for word in words)


@cache
def _zone_names() -> Mapping[str, str]:
    """Every zone by its small letters, without files that are no places."""
    names = {name.casefold(): name for name in sorted(available_timezones()) if "/" in name}
    # Montréal has no clock of its own; programs show the name we use
    return {**names, "america/montreal": "America/Toronto"}


@cache
def _table() -> tuple[tuple[str, str], ...]:
    """(place as written, zone), the hand-made list first."""
    known = {name for name in available_timezones() if "/" in name}
    rows = []
    for line in _PLACES.strip().splitlines():
        zone, _, places = line.partition(":")
        # a short list of zones (a slim system) must not break the others
        rows += [(place.strip(), zone) for place in places.split(",") if zone in known]
    for zone in sorted(known, key=lambda name: (name.count("/") == 1, name), reverse=True):
        area, _, city = zone.rpartition("/")
        if area.partition("/")[0] not in _AREAS_WITHOUT_CITIES and not re.search(r"\d", city):
            rows.append((city.replace("_", " "), zone))
    return tuple(rows)


@cache
def _places() -> Mapping[str, str]:
    places: dict[str, str] = {}
    for place, zone in _table():
        places.setdefault(_key(place), zone)
    return places


@cache
def _spellings() -> Mapping[str, str]:
    spellings: dict[str, str] = {}
    for place, _ in _table():
        spellings.setdefault(_key(place), place)
    return spellings


@cache
def _several() -> Mapping[str, str]:
    rows = (line.partition(":") for line in _SEVERAL.strip().splitlines())
    return {name.strip(): cities.strip() for name, _, cities in rows}
