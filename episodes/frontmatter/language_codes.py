"""Lists the codes of languages and countries: ISO 639 and ISO 3166.

A code has two letters if the language has one, as Apple and the RSS Advisory Board ask, else three
(ISO 639-2), like `sco` for Scots. Codes of ISO 639-3 alone are left out: hardly any app knows them,
and most are typing mistakes.
"""

from __future__ import annotations

import re

_LANGUAGES = """
aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv
dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie
ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv
mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm
rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr
ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
ace ach ada ady afh ain akk ale alt ang anp arc arn arp arw ast awa bal ban bas bej bem bho bik
bin bla bnt bra bua bug byn cad car ceb chb chg chk chm chn cho chp chr chy cnr cop cpe cpf cpp
crh crp csb dak dar del den dgr din doi dsb dua dum dyu efi egy eka elx enm ewo fan fat fil fon
frm fro frr frs fur gaa gay gba gez gil gmh goh gon gor got grb grc gsw gwi hai haw hil hit hmn
hsb hup iba ilo inh jbo jpr jrb kaa kab kac kam kaw kbd kha kho kmb kok kos kpe krc krl kru kum
kut lad lah lam lez lol loz lua lui lun luo lus mad mag mai mak man mas mdf mdr men mga mic min
mnc mni moh mos mus mwl mwr myv nap nds new nia niu nog non nqo nso nwc nym nyn nyo nzi osa ota
pag pal pam pap pau peo phn pon pro raj rap rar rom rup sad sah sai sam sas sat scn sco sel sga
shn sid sma smj smn sms snk sog srn srr suk sus sux syc syr tem ter tet tig tiv tkl tlh tli tmh
tog tpi tsi tum tvl tyv udm uga umb vai vot wal war was xal yao yap zap zbl zen zgh zun zza
"""
_COUNTRIES = """
ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq br bs bt
bv bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg eh
er es et fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht
hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls
lt lu lv ly ma mc md me mf mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni
nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg
sh si sj sk sl sm sn so sr ss st sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug
um us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw
"""
LANGUAGES, COUNTRIES = frozenset(_LANGUAGES.split()), frozenset(_COUNTRIES.split())
_CODE = re.compile(r"([a-z]+)(?:-[a-z]{4})?(?:-([a-z]{2}|\d{3}))?(?:-[a-z0-9]{5,8})*")


def is_language(code: str) -> bool:
    """Return whether a lower-case code is that of a language."""
    match = _CODE.fullmatch(code)
    if not match or match[1] not in LANGUAGES:
        return False
    return not match[2] or match[2] in COUNTRIES or match[2].isdecimal()


def nearest_language(code: str) -> str:
    """Return the code that was probably meant, "" if that is not certain."""
    better = code.lower().replace("_", "-").replace(" ", "")
    better = re.sub(r"-uk$", "-gb", better)
    return better if is_language(better) else ""
