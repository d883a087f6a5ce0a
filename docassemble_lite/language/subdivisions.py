"""The first-level subdivisions of countries by ISO 3166-2 (the part of the code that follows the country's)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Subdivisions:
    """The parts of a country: what most of them are, and their names by abbreviation."""

    kind: str
    names: dict[str, str]


def _table(kind: str, rows: str) -> Subdivisions:
    """Rows are `CODE Name`, separated by semicolons."""
    pairs = (row.strip().split(" ", 1) for row in rows.replace("\n", " ").split(";") if row.strip())
    return Subdivisions(kind, {code: name.strip() for code, name in pairs})


SUBDIVISIONS: dict[str, Subdivisions] = {
    "US": _table(
        "state",
        """
        AL Alabama; AK Alaska; AS American Samoa; AZ Arizona; AR Arkansas; CA California; CO Colorado; CT Connecticut;
        DE Delaware; DC District of Columbia; FL Florida; GA Georgia; GU Guam; HI Hawaii; ID Idaho; IL Illinois; IN
        Indiana; IA Iowa; KS Kansas; KY Kentucky; LA Louisiana; ME Maine; MD Maryland; MA Massachusetts; MI Michigan;
        MN Minnesota; MS Mississippi; MO Missouri; MT Montana; NE Nebraska; NV Nevada; NH New Hampshire; NJ New
        Jersey; NM New Mexico; NY New York; NC North Carolina; ND North Dakota; MP Northern Mariana Islands; OH Ohio;
        OK Oklahoma; OR Oregon; PA Pennsylvania; PR Puerto Rico; RI Rhode Island; SC South Carolina; SD South Dakota;
        TN Tennessee; TX Texas; UM United States Minor Outlying Islands; UT Utah; VT Vermont; VI Virgin Islands, U.S.;
        VA Virginia; WA Washington; WV West Virginia; WI Wisconsin; WY Wyoming
        """,
    ),
    "CA": _table(
        "province",
        """
        AB Alberta; BC British Columbia; MB Manitoba; NB New Brunswick; NL Newfoundland and Labrador; NS Nova Scotia;
        NT Northwest Territories; NU Nunavut; ON Ontario; PE Prince Edward Island; QC Quebec; SK Saskatchewan; YT
        Yukon
        """,
    ),
    "MX": _table(
        "state",
        """
        AGU Aguascalientes; BCN Baja California; BCS Baja California Sur; CAM Campeche; CHH Chihuahua; CHP Chiapas;
        CMX Ciudad de México; COA Coahuila de Zaragoza; COL Colima; DUR Durango; GRO Guerrero; GUA Guanajuato; HID
        Hidalgo; JAL Jalisco; MEX México; MIC Michoacán de Ocampo; MOR Morelos; NAY Nayarit; NLE Nuevo León; OAX
        Oaxaca; PUE Puebla; QUE Querétaro; ROO Quintana Roo; SIN Sinaloa; SLP San Luis Potosí; SON Sonora; TAB
        Tabasco; TAM Tamaulipas; TLA Tlaxcala; VER Veracruz de Ignacio de la Llave; YUC Yucatán; ZAC Zacatecas
        """,
    ),
    "AU": _table(
        "state",
        """
        ACT Australian Capital Territory; NSW New South Wales; NT Northern Territory; QLD Queensland; SA South
        Australia; TAS Tasmania; VIC Victoria; WA Western Australia
        """,
    ),
    "GB": _table("country", "ENG England; NIR Northern Ireland; SCT Scotland; WLS Wales"),
    "IE": _table("province", "C Connaught; L Leinster; M Munster; U Ulster"),
    "NZ": _table(
        "region",
        """
        AUK Auckland; BOP Bay of Plenty; CAN Canterbury; CIT Chatham Islands Territory; GIS Gisborne; HKB Hawke's Bay;
        MBH Marlborough; MWT Manawatū-Whanganui; NSN Nelson; NTL Northland; OTA Otago; STL Southland; TAS Tasman; TKI
        Taranaki; WGN Wellington; WKO Waikato; WTC West Coast
        """,
    ),
    "DE": _table(
        "Land",
        """
        BW Baden-Württemberg; BY Bayern; BE Berlin; BB Brandenburg; HB Bremen; HH Hamburg; HE Hessen; MV
        Mecklenburg-Vorpommern; NI Niedersachsen; NW Nordrhein-Westfalen; RP Rheinland-Pfalz; SL Saarland; SN Sachsen;
        ST Sachsen-Anhalt; SH Schleswig-Holstein; TH Thüringen
        """,
    ),
    "AT": _table(
        "state",
        """
        1 Burgenland; 2 Kärnten; 3 Niederösterreich; 4 Oberösterreich; 5 Salzburg; 6 Steiermark; 7 Tirol; 8
        Vorarlberg; 9 Wien
        """,
    ),
    "CH": _table(
        "canton",
        """
        AG Aargau; AI Appenzell Innerrhoden; AR Appenzell Ausserrhoden; BE Bern; BL Basel-Landschaft; BS Basel-Stadt;
        FR Fribourg; GE Genève; GL Glarus; GR Graubünden; JU Jura; LU Luzern; NE Neuchâtel; NW Nidwalden; OW Obwalden;
        SG Sankt Gallen; SH Schaffhausen; SO Solothurn; SZ Schwyz; TG Thurgau; TI Ticino; UR Uri; VD Vaud; VS Valais;
        ZG Zug; ZH Zürich
        """,
    ),
    "FR": _table(
        "metropolitan region",
        """
        ARA Auvergne-Rhône-Alpes; BFC Bourgogne-Franche-Comté; BRE Bretagne; COR Corse; CVL Centre-Val de Loire; GES
        Grand-Est; HDF Hauts-de-France; IDF Île-de-France; NAQ Nouvelle-Aquitaine; NOR Normandie; OCC Occitanie; PAC
        Provence-Alpes-Côte-d'Azur; PDL Pays-de-la-Loire
        """,
    ),
    "ES": _table(
        "autonomous community",
        """
        AN Andalucía; AR Aragón; AS Principado de Asturias; CB Cantabria; CE Ceuta; CL Castilla y León; CM Castilla-La
        Mancha; CN Canarias; CT Catalunya; EX Extremadura; GA Galicia; IB Illes Balears; MC Región de Murcia; MD
        Comunidad de Madrid; ML Melilla; NC Comunidad Foral de Navarra; PV País Vasco; RI La Rioja; VC Comunidad
        Valenciana
        """,
    ),
    "IT": _table(
        "region",
        """
        21 Piemonte; 23 Valle d'Aosta; 25 Lombardia; 32 Trentino-Alto Adige; 34 Veneto; 36 Friuli Venezia Giulia; 42
        Liguria; 45 Emilia-Romagna; 52 Toscana; 55 Umbria; 57 Marche; 62 Lazio; 65 Abruzzo; 67 Molise; 72 Campania; 75
        Puglia; 77 Basilicata; 78 Calabria; 82 Sicilia; 88 Sardegna
        """,
    ),
    "PT": _table(
        "district",
        """
        01 Aveiro; 02 Beja; 03 Braga; 04 Bragança; 05 Castelo Branco; 06 Coimbra; 07 Évora; 08 Faro; 09 Guarda; 10
        Leiria; 11 Lisboa; 12 Portalegre; 13 Porto; 14 Santarém; 15 Setúbal; 16 Viana do Castelo; 17 Vila Real; 18
        Viseu; 20 Região Autónoma dos Açores; 30 Região Autónoma da Madeira
        """,
    ),
    "NL": _table(
        "province",
        """
        DR Drenthe; FL Flevoland; FR Fryslân; GE Gelderland; GR Groningen; LI Limburg; NB Noord-Brabant; NH
        Noord-Holland; OV Overijssel; UT Utrecht; ZE Zeeland; ZH Zuid-Holland
        """,
    ),
    "BE": _table("region", "BRU Brussels; VLG Flanders; WAL Wallonia"),
    "DK": _table("region", "81 Nordjylland; 82 Midtjylland; 83 Syddanmark; 84 Hovedstaden; 85 Sjælland"),
    "SE": _table(
        "county",
        """
        AB Stockholms län; AC Västerbottens län; BD Norrbottens län; C Uppsala län; D Södermanlands län; E
        Östergötlands län; F Jönköpings län; G Kronobergs län; H Kalmar län; I Gotlands län; K Blekinge län; M Skåne
        län; N Hallands län; O Västra Götalands län; S Värmlands län; T Örebro län; U Västmanlands län; W Dalarnas
        län; X Gävleborgs län; Y Västernorrlands län; Z Jämtlands län
        """,
    ),
    "PL": _table(
        "voivodship",
        """
        02 Dolnośląskie; 04 Kujawsko-Pomorskie; 06 Lubelskie; 08 Lubuskie; 10 Łódzkie; 12 Małopolskie; 14 Mazowieckie;
        16 Opolskie; 18 Podkarpackie; 20 Podlaskie; 22 Pomorskie; 24 Śląskie; 26 Świętokrzyskie; 28
        Warmińsko-Mazurskie; 30 Wielkopolskie; 32 Zachodniopomorskie
        """,
    ),
    "BR": _table(
        "state",
        """
        AC Acre; AL Alagoas; AM Amazonas; AP Amapá; BA Bahia; CE Ceará; DF Distrito Federal; ES Espírito Santo; GO
        Goiás; MA Maranhão; MG Minas Gerais; MS Mato Grosso do Sul; MT Mato Grosso; PA Pará; PB Paraíba; PE
        Pernambuco; PI Piauí; PR Paraná; RJ Rio de Janeiro; RN Rio Grande do Norte; RO Rondônia; RR Roraima; RS Rio
        Grande do Sul; SC Santa Catarina; SE Sergipe; SP São Paulo; TO Tocantins
        """,
    ),
    "AR": _table(
        "province",
        """
        A Salta; B Buenos Aires; C Ciudad Autónoma de Buenos Aires; D San Luis; E Entre Ríos; F La Rioja; G Santiago
        del Estero; H Chaco; J San Juan; K Catamarca; L La Pampa; M Mendoza; N Misiones; P Formosa; Q Neuquén; R Río
        Negro; S Santa Fe; T Tucumán; U Chubut; V Tierra del Fuego; W Corrientes; X Córdoba; Y Jujuy; Z Santa Cruz
        """,
    ),
    "ZA": _table(
        "province",
        """
        EC Eastern Cape; FS Free State; GP Gauteng; KZN Kwazulu-Natal; LP Limpopo; MP Mpumalanga; NC Northern Cape; NW
        North-West; WC Western Cape
        """,
    ),
    "IN": _table(
        "state",
        """
        AN Andaman and Nicobar Islands; AP Andhra Pradesh; AR Arunachal Pradesh; AS Assam; BR Bihar; CG Chhattisgarh;
        CH Chandigarh; DH Dādra and Nagar Haveli and Damān and Diu; DL Delhi; GA Goa; GJ Gujarat; HP Himachal Pradesh;
        HR Haryana; JH Jharkhand; JK Jammu and Kashmir; KA Karnataka; KL Kerala; LA Ladakh; LD Lakshadweep; MH
        Maharashtra; ML Meghalaya; MN Manipur; MP Madhya Pradesh; MZ Mizoram; NL Nagaland; OD Odisha; PB Punjab; PY
        Puducherry; RJ Rajasthan; SK Sikkim; TN Tamil Nadu; TR Tripura; TS Telangana; UK Uttarakhand; UP Uttar
        Pradesh; WB West Bengal
        """,
    ),
    "JP": _table(
        "prefecture",
        """
        01 Hokkaido; 02 Aomori; 03 Iwate; 04 Miyagi; 05 Akita; 06 Yamagata; 07 Fukushima; 08 Ibaraki; 09 Tochigi; 10
        Gunma; 11 Saitama; 12 Chiba; 13 Tokyo; 14 Kanagawa; 15 Niigata; 16 Toyama; 17 Ishikawa; 18 Fukui; 19
        Yamanashi; 20 Nagano; 21 Gifu; 22 Shizuoka; 23 Aichi; 24 Mie; 25 Shiga; 26 Kyoto; 27 Osaka; 28 Hyogo; 29 Nara;
        30 Wakayama; 31 Tottori; 32 Shimane; 33 Okayama; 34 Hiroshima; 35 Yamaguchi; 36 Tokushima; 37 Kagawa; 38
        Ehime; 39 Kochi; 40 Fukuoka; 41 Saga; 42 Nagasaki; 43 Kumamoto; 44 Oita; 45 Miyazaki; 46 Kagoshima; 47 Okinawa
        """,
    ),
}
