"""Closed lists that the reader looks words up in: countries, states, irregular verbs."""

from __future__ import annotations

# Country: its adjectives and names of its people, and other names for it.
COUNTRIES: dict[str, str] = {
    line.split(":")[0].strip(): line.split(":")[1].strip()
    for line in """
Afghanistan: Afghan Afghans
Albania: Albanian Albanians
Algeria: Algerian Algerians
Angola: Angolan Angolans
Argentina: Argentine Argentinian Argentines
Armenia: Armenian Armenians
Australia: Australian Australians Aussie
Austria: Austrian Austrians
Azerbaijan: Azerbaijani Azeri
Bahamas: Bahamian
Bahrain: Bahraini
Bangladesh: Bangladeshi Bangladeshis
Barbados: Barbadian
Belarus: Belarusian Belarusians
Belgium: Belgian Belgians
Bolivia: Bolivian Bolivians
Bosnia: Bosnian Bosnians
Botswana: Botswanan
Brazil: Brazilian Brazilians
Britain: British Briton Britons
Bulgaria: Bulgarian Bulgarians
Cambodia: Cambodian Cambodians
Cameroon: Cameroonian
Canada: Canadian Canadians
Chad: Chadian
Chile: Chilean Chileans
China: Chinese
Colombia: Colombian Colombians
Congo: Congolese
Croatia: Croatian Croatians
Cuba: Cuban Cubans
Cyprus: Cypriot Cypriots
Czechia: Czech Czechs
Denmark: Danish Dane Danes
Ecuador: Ecuadorian Ecuadorean
Egypt: Egyptian Egyptians
England: English
Eritrea: Eritrean
Estonia: Estonian Estonians
Ethiopia: Ethiopian Ethiopians
Fiji: Fijian
Finland: Finnish Finn Finns
France: French Frenchman
Gambia: Gambian
Georgia: Georgian Georgians
Germany: German Germans
Ghana: Ghanaian Ghanaians
Greece: Greek Greeks
Greenland: Greenlandic
Guatemala: Guatemalan Guatemalans
Guyana: Guyanese
Haiti: Haitian Haitians
Honduras: Honduran Hondurans
Hungary: Hungarian Hungarians
Iceland: Icelandic Icelander
India: Indian Indians
Indonesia: Indonesian Indonesians
Iran: Iranian Iranians
Iraq: Iraqi Iraqis
Ireland: Irish
Israel: Israeli Israelis
Italy: Italian Italians
Jamaica: Jamaican Jamaicans
Japan: Japanese
Jordan: Jordanian Jordanians
Kazakhstan: Kazakh
Kenya: Kenyan Kenyans
Kosovo: Kosovar
Kuwait: Kuwaiti
Laos: Laotian
Latvia: Latvian Latvians
Lebanon: Lebanese
Liberia: Liberian
Libya: Libyan Libyans
Lithuania: Lithuanian Lithuanians
Luxembourg: Luxembourgish
Madagascar: Malagasy
Malawi: Malawian
Malaysia: Malaysian Malaysians
Maldives: Maldivian
Mali: Malian
Malta: Maltese
Mexico: Mexican Mexicans
Moldova: Moldovan
Mongolia: Mongolian
Montenegro: Montenegrin
Morocco: Moroccan Moroccans
Mozambique: Mozambican
Myanmar: Burmese
Namibia: Namibian
Nepal: Nepali Nepalese
Netherlands: Dutch
Nicaragua: Nicaraguan Nicaraguans
Niger: Nigerien
Nigeria: Nigerian Nigerians
Norway: Norwegian Norwegians
Oman: Omani
Pakistan: Pakistani Pakistanis
Palestine: Palestinian Palestinians
Panama: Panamanian
Paraguay: Paraguayan
Peru: Peruvian Peruvians
Philippines: Philippine Filipino Filipinos
Poland: Polish Pole Poles
Portugal: Portuguese
Qatar: Qatari
Romania: Romanian Romanians
Russia: Russian Russians
Rwanda: Rwandan Rwandans
Scotland: Scottish Scot Scots
Senegal: Senegalese
Serbia: Serbian Serb Serbs
Singapore: Singaporean
Slovakia: Slovak Slovaks
Slovenia: Slovenian
Somalia: Somali Somalis
Spain: Spanish Spaniard
Sudan: Sudanese
Sweden: Swedish Swede Swedes
Switzerland: Swiss
Syria: Syrian Syrians
Taiwan: Taiwanese
Tajikistan: Tajik
Tanzania: Tanzanian
Thailand: Thai
Tibet: Tibetan
Tonga: Tongan
Tunisia: Tunisian
Turkey: Turkish Turk Turks
Turkmenistan: Turkmen
Uganda: Ugandan Ugandans
Ukraine: Ukrainian Ukrainians
Uruguay: Uruguayan
Uzbekistan: Uzbek
Venezuela: Venezuelan Venezuelans
Vietnam: Vietnamese
Wales: Welsh
Yemen: Yemeni
Zambia: Zambian
Zimbabwe: Zimbabwean
Africa: African Africans
America: American Americans
Asia: Asian Asians
Europe: European Europeans
""".strip().splitlines()
}

OTHER_PLACES = """
Antarctica|Costa Rica|Dominican Republic|Czech Republic|East Timor|El Salvador|Equatorial Guinea|
Hong Kong|Ivory Coast|New Zealand|North Korea|South Korea|North Macedonia|Northern Ireland|
Papua New Guinea|Puerto Rico|Saudi Arabia|Sierra Leone|Solomon Islands|South Africa|South Sudan|
Sri Lanka|Trinidad and Tobago|United Arab Emirates|UAE|United Kingdom|UK|U.K|United States|US|U.S|
USA|Vatican City|Burkina Faso|Cape Verde|Crimea|Gaza|West Bank|Alabama|Alaska|Arizona|Arkansas|
California|Colorado|Connecticut|Delaware|Florida|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|
Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|
Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|
Oklahoma|Oregon|Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|
Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming|London|Paris|Berlin|Rome|Madrid|
Moscow|Beijing|Shanghai|Tokyo|Kyiv|Delhi|Mumbai|Cairo|Nairobi|Lagos|Toronto|Sydney|Melbourne|
New York City|Los Angeles|Chicago|Houston|Dallas|Boston|Philadelphia|Atlanta|Miami|Seattle|Denver|
San Francisco|Las Vegas|Detroit|Brussels|Geneva|Vienna|Dublin|Edinburgh|Glasgow|Manchester|
Liverpool|Birmingham|Caracas|Havana|Istanbul|Jerusalem|Tel Aviv|Tehran|Baghdad|Kabul|Seoul|
Bangkok|Jakarta|Manila|Rio de Janeiro|Buenos Aires|Lima|Bogota|Mexico City
""".replace("\n", "").split("|")

# Irregular English forms that the stemmer cannot join: base form, then its other forms.
IRREGULAR_FORMS: dict[str, str] = {
    form: line.split()[0]
    for line in """
arise arose arisen
bear bore borne
beat beaten
become became
begin began begun
bite bit bitten
blow blew blown
break broke broken
bring brought
build built
burn burnt
buy bought
catch caught
choose chose chosen
come came
cost costs
creep crept
deal dealt
die dead death deaths died dying
dig dug
draw drew drawn
drink drank drunk
drive drove driven
eat ate eaten
elect election
fall fell fallen
feed fed
feel felt
fight fought
find found
flee fled
fly flew flown flight
forbid forbade forbidden
freeze froze frozen
get got gotten
give gave given
go went gone
grow grew grown growth
hang hung
hear heard
hide hid hidden
hold held
keep kept
know knew known
lay laid
lead led
leave left
lend lent loan loans loaned lending
lose lost loss losses
make made
marry marriage
mean meant
meet met
pay paid payment
ride rode ridden
ring rang rung
rise rose risen
run ran
see saw seen
seek sought
sell sold sale sales
send sent
shake shook shaken
shoot shot shooting
show shown
shrink shrank shrunk
sing sang sung
sink sank sunk
sit sat
sleep slept
speak spoke spoken
spend spent
spin spun
stand stood
steal stole stolen
stick stuck
strike struck
swear swore sworn
swim swam swum
take took taken
teach taught
tear tore torn
think thought
throw threw thrown
wake woke woken
wear wore worn
win won winner
withdraw withdrew withdrawn
write wrote written
""".strip().splitlines()
    for form in line.split()[1:]
}

PLACES = frozenset([*COUNTRIES, *OTHER_PLACES])
COUNTRY_OF_PEOPLE = {
    people.lower(): country for country, names in COUNTRIES.items() for people in names.split()
}
