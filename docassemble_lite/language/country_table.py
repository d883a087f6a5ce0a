"""The countries of ISO 3166-1 with their telephone codes.

A row: the alpha-2 code; the international calling code; the prefix of calls inside of the country ("" for none); the
official name ("" where it is the common one). Common names, alpha-3 and numeric codes come from Babel's tables.
"""

from __future__ import annotations

ROWS = """
AD;376;;Principality of Andorra
AE;971;0;
AF;93;0;Islamic Republic of Afghanistan
AG;1;1;
AI;1;1;
AL;355;0;Republic of Albania
AM;374;0;Republic of Armenia
AO;244;;Republic of Angola
AQ;672;;
AR;54;0;Argentine Republic
AS;1;1;
AT;43;0;Republic of Austria
AU;61;0;
AW;297;;
AX;358;0;
AZ;994;0;Republic of Azerbaijan
BA;387;0;
BB;1;1;
BD;880;0;People's Republic of Bangladesh
BE;32;0;Kingdom of Belgium
BF;226;;
BG;359;0;Republic of Bulgaria
BH;973;;Kingdom of Bahrain
BI;257;;Republic of Burundi
BJ;229;;Republic of Benin
BL;590;0;
BM;1;1;
BN;673;;
BO;591;0;Plurinational State of Bolivia
BQ;599;;Bonaire, Sint Eustatius and Saba
BR;55;0;Federative Republic of Brazil
BS;1;1;Commonwealth of the Bahamas
BT;975;;Kingdom of Bhutan
BV;47;;
BW;267;;Republic of Botswana
BY;375;8;Republic of Belarus
BZ;501;;
CA;1;1;
CC;61;0;
CD;243;0;
CF;236;;
CG;242;;Republic of the Congo
CH;41;0;Swiss Confederation
CI;225;;Republic of Côte d'Ivoire
CK;682;;
CL;56;;Republic of Chile
CM;237;;Republic of Cameroon
CN;86;0;People's Republic of China
CO;57;0;Republic of Colombia
CR;506;;Republic of Costa Rica
CU;53;0;Republic of Cuba
CV;238;;Republic of Cabo Verde
CW;599;;
CX;61;0;
CY;357;;Republic of Cyprus
CZ;420;;Czech Republic
DE;49;0;Federal Republic of Germany
DJ;253;;Republic of Djibouti
DK;45;;Kingdom of Denmark
DM;1;1;Commonwealth of Dominica
DO;1;1;
DZ;213;0;People's Democratic Republic of Algeria
EC;593;0;Republic of Ecuador
EE;372;;Republic of Estonia
EG;20;0;Arab Republic of Egypt
EH;212;0;
ER;291;0;the State of Eritrea
ES;34;;Kingdom of Spain
ET;251;0;Federal Democratic Republic of Ethiopia
FI;358;0;Republic of Finland
FJ;679;;Republic of Fiji
FK;500;;
FM;691;;Federated States of Micronesia
FO;298;;
FR;33;0;French Republic
GA;241;;Gabonese Republic
GB;44;0;United Kingdom of Great Britain and Northern Ireland
GD;1;1;
GE;995;0;
GF;594;0;
GG;44;0;
GH;233;0;Republic of Ghana
GI;350;;
GL;299;;
GM;220;;Republic of the Gambia
GN;224;;Republic of Guinea
GP;590;0;
GQ;240;;Republic of Equatorial Guinea
GR;30;;Hellenic Republic
GS;500;;
GT;502;;Republic of Guatemala
GU;1;1;
GW;245;;Republic of Guinea-Bissau
GY;592;;Republic of Guyana
HK;852;;Hong Kong Special Administrative Region of China
HM;672;;
HN;504;;Republic of Honduras
HR;385;0;Republic of Croatia
HT;509;;Republic of Haiti
HU;36;06;
ID;62;0;Republic of Indonesia
IE;353;0;
IL;972;0;State of Israel
IM;44;0;
IN;91;0;Republic of India
IO;246;;
IQ;964;0;Republic of Iraq
IR;98;0;Islamic Republic of Iran
IS;354;;Republic of Iceland
IT;39;;Italian Republic
JE;44;0;
JM;1;1;
JO;962;0;Hashemite Kingdom of Jordan
JP;81;0;
KE;254;0;Republic of Kenya
KG;996;0;Kyrgyz Republic
KH;855;0;Kingdom of Cambodia
KI;686;;Republic of Kiribati
KM;269;;Union of the Comoros
KN;1;1;
KP;850;0;Democratic People's Republic of Korea
KR;82;0;Republic of Korea
KW;965;;State of Kuwait
KY;1;1;
KZ;7;8;Republic of Kazakhstan
LA;856;0;Lao People's Democratic Republic
LB;961;0;Lebanese Republic
LC;1;1;
LI;423;;Principality of Liechtenstein
LK;94;0;Democratic Socialist Republic of Sri Lanka
LR;231;0;Republic of Liberia
LS;266;;Kingdom of Lesotho
LT;370;8;Republic of Lithuania
LU;352;;Grand Duchy of Luxembourg
LV;371;;Republic of Latvia
LY;218;0;State of Libya
MA;212;0;Kingdom of Morocco
MC;377;;Principality of Monaco
MD;373;0;Republic of Moldova
ME;382;0;
MF;590;0;
MG;261;0;Republic of Madagascar
MH;692;1;Republic of the Marshall Islands
MK;389;0;Republic of North Macedonia
ML;223;;Republic of Mali
MM;95;0;Republic of the Union of Myanmar
MN;976;0;
MO;853;;Macao Special Administrative Region of China
MP;1;1;Commonwealth of the Northern Mariana Islands
MQ;596;0;
MR;222;;Islamic Republic of Mauritania
MS;1;1;
MT;356;;Republic of Malta
MU;230;;Republic of Mauritius
MV;960;;Republic of Maldives
MW;265;0;Republic of Malawi
MX;52;;United Mexican States
MY;60;0;
MZ;258;;Republic of Mozambique
NA;264;0;Republic of Namibia
NC;687;;
NE;227;;Republic of the Niger
NF;672;;
NG;234;0;Federal Republic of Nigeria
NI;505;;Republic of Nicaragua
NL;31;0;Kingdom of the Netherlands
NO;47;;Kingdom of Norway
NP;977;0;Federal Democratic Republic of Nepal
NR;674;;Republic of Nauru
NU;683;;
NZ;64;0;
OM;968;;Sultanate of Oman
PA;507;;Republic of Panama
PE;51;0;Republic of Peru
PF;689;;
PG;675;;Independent State of Papua New Guinea
PH;63;0;Republic of the Philippines
PK;92;0;Islamic Republic of Pakistan
PL;48;;Republic of Poland
PM;508;0;
PN;64;0;
PR;1;1;
PS;970;0;State of Palestine
PT;351;;Portuguese Republic
PW;680;;Republic of Palau
PY;595;0;Republic of Paraguay
QA;974;;State of Qatar
RE;262;0;
RO;40;0;
RS;381;0;Republic of Serbia
RU;7;8;Russian Federation
RW;250;0;Rwandese Republic
SA;966;0;Kingdom of Saudi Arabia
SB;677;;
SC;248;;Republic of Seychelles
SD;249;0;Republic of the Sudan
SE;46;0;Kingdom of Sweden
SG;65;;Republic of Singapore
SH;290;;Saint Helena, Ascension and Tristan da Cunha
SI;386;0;Republic of Slovenia
SJ;47;;
SK;421;0;Slovak Republic
SL;232;0;Republic of Sierra Leone
SM;378;;Republic of San Marino
SN;221;;Republic of Senegal
SO;252;0;Federal Republic of Somalia
SR;597;;Republic of Suriname
SS;211;0;Republic of South Sudan
ST;239;;Democratic Republic of Sao Tome and Principe
SV;503;;Republic of El Salvador
SX;1;1;
SY;963;0;Syrian Arab Republic
SZ;268;;Kingdom of Eswatini
TC;1;1;
TD;235;;Republic of Chad
TF;262;;
TG;228;;Togolese Republic
TH;66;0;Kingdom of Thailand
TJ;992;;Republic of Tajikistan
TK;690;;
TL;670;;Democratic Republic of Timor-Leste
TM;993;8;
TN;216;;Republic of Tunisia
TO;676;;Kingdom of Tonga
TR;90;0;Republic of Türkiye
TT;1;1;Republic of Trinidad and Tobago
TV;688;;
TW;886;0;Taiwan, Province of China
TZ;255;0;United Republic of Tanzania
UA;380;0;
UG;256;0;Republic of Uganda
UM;1;1;United States Minor Outlying Islands
US;1;1;United States of America
UY;598;0;Eastern Republic of Uruguay
UZ;998;;Republic of Uzbekistan
VA;39;;Holy See (Vatican City State)
VC;1;1;
VE;58;0;Bolivarian Republic of Venezuela
VG;1;1;British Virgin Islands
VI;1;1;Virgin Islands of the United States
VN;84;0;Socialist Republic of Viet Nam
VU;678;;Republic of Vanuatu
WF;681;;
WS;685;;Independent State of Samoa
YE;967;0;Republic of Yemen
YT;262;0;
ZA;27;0;Republic of South Africa
ZM;260;0;Republic of Zambia
ZW;263;0;Republic of Zimbabwe
"""

# common names where Babel's say more than the name
NAMES = {
    "CD": "Congo, The Democratic Republic of the",
    "CG": "Congo",
    "HK": "Hong Kong",
    "MM": "Myanmar",
    "MO": "Macao",
    "PS": "Palestine",
    "UM": "United States Minor Outlying Islands",
}

# numeric codes where Babel's table has those of former countries beside the present one
NUMERIC = {"DE": "276", "ET": "231", "FR": "250", "SD": "729", "YE": "887"}
ALPHA_3 = {"CD": "COD", "DE": "DEU", "FR": "FRA", "MM": "MMR", "TL": "TLS", "YE": "YEM"}
